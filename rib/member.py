"""One neighbor in an update group: where its bytes go, and what it is behind with (architecture §6)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

from messages.families.prefix import PrefixKey
from rib.loc_rib import Batch
from rib.quota import ExportQuota
from rib.route import Route, Source
from rib.slot import Slot
from rib.table import Table


class Told:
    """What a member may have been told of a prefix that it is behind with.

    Plain numbers: a backlog of a million prefixes that holds anything else is looked through by the cyclic
    collector again and again.
    """

    NOTHING: Final = 0
    SOMETHING: Final = 1
    PRESENT: Final = 2
    """What its former group shows of the routes that are there now: they have not changed since."""


WasTold: TypeAlias = int | Mapping[int, Route]
"""To a neighbor that is sent several paths: by Path Identifier."""


class Viewer(Protocol):
    """A group, as far as a member asks it about the past."""

    @property
    def follows_all(self) -> bool:
        """Whether its members are told of several paths to a prefix."""

    def told(self, key: PrefixKey, slot: Slot | None, source: Source) -> WasTold:
        """Return what a member in step with this source was told of the routes in a prefix's slot."""

    def touched(self, batch: Batch) -> Mapping[PrefixKey, WasTold]:
        """Return the keys that changed with what members were told of them before."""


class SentPrefixes:
    """How many prefixes a neighbor was told of, over all its sessions."""

    __slots__ = ("announced", "withdrawn")

    def __init__(self) -> None:
        self.announced = 0
        self.withdrawn = 0


class Member:
    """One neighbor. While ``backlog`` is there it is not in step, but has yet to be told of these keys."""

    __slots__ = (
        "_closing",
        "awaits_end_of_rib",
        "backlog",
        "former",
        "is_held",
        "quota",
        "sent",
        "source",
        "write",
    )

    def __init__(
        self,
        source: Source,
        write: Callable[[list[bytes]], bool],
        sent: SentPrefixes | None = None,
        quota: ExportQuota | None = None,
    ) -> None:
        self.source = source
        self.write = write
        """Takes whole messages; returns whether the neighbor's queue has room for more."""
        self.sent = sent or SentPrefixes()
        self.quota = quota
        """How much it may be told, if there is a limit; then it has a group for itself."""
        self.backlog: dict[PrefixKey, WasTold] | None = None
        self.awaits_end_of_rib = True
        self.is_held = False
        """Whether it is told nothing for now, as it has been told nothing before (RFC 4724 §4.1).

        Its backlog is empty meanwhile: it would be the whole table, for each of those who wait.
        """
        self._closing: list[bytes] = []
        self.former: Viewer | None = None
        """The group whose view it was told what is ``PRESENT`` in the backlog."""

    def fall_behind(self) -> None:
        """Stop sending: from now on changed keys are collected."""
        self.backlog = self.backlog or {}

    def miss(self, touched: Mapping[PrefixKey, WasTold], formerly: Mapping[PrefixKey, WasTold]) -> None:
        """Note keys that change, with what members in step were told of them until now.

        What was noted before remains: this member has not been told anything since. But what was present
        when it was noted is no more; ``formerly`` has what members of the former group were told.
        """
        backlog = self.backlog
        assert backlog is not None
        if self.former is not None:
            backlog.update({key: formerly[key] for key in touched if backlog.get(key) == Told.PRESENT})
        backlog.update({key: told for key, told in touched.items() if key not in backlog})

    def start_over(self, table: Table, former: Viewer | None, closing: Sequence[bytes] = ()) -> None:
        """Tell this member everything, then ``closing``: a new session, or a refresh (RFC 2918, RFC 7313).

        ``former`` is None for a new session, else the group that this member was in. What others know of a
        dirty key is its route before the burst, even if that is gone by now. A newcomer must be told it, too:
        if it comes back within the burst, nothing will be said of it.
        """
        if closing:
            self._closing = [*closing]
        if self.is_held:
            self.fall_behind()
            return
        older = self._told_before(table, former)
        before = Told.NOTHING if former is None else Told.PRESENT
        self.former = former
        table.spill()
        self.backlog = dict.fromkeys(table.slots, before)
        self.backlog.update(dict.fromkeys(table.dirty, before))
        self.backlog.update(older)

    def _told_before(self, table: Table, former: Viewer | None) -> Mapping[PrefixKey, WasTold]:
        """Return the backlog as it is true if another group is the former one from now on."""
        older = self.backlog or {}
        if self.former is None or self.former is former:
            return older
        if not self.former.follows_all:  # to look at each key would take too long at a time
            return {key: Told.SOMETHING if told == Told.PRESENT else told for key, told in older.items()}
        return {key: self.was_told(key, told, table) for key, told in older.items()}

    def was_told(self, key: PrefixKey, told: WasTold, table: Table) -> WasTold:
        """Return what it was told of a prefix in its backlog, by the routes of then."""
        if told != Told.PRESENT or self.former is None:
            return told
        return self.former.told(key, table.settled(key), self.source)

    def catch_up(self, end_of_rib: bytes) -> list[bytes]:
        """End the backlog; return what is due now, End-of-RIB the first time (RFC 4724 §2)."""
        self.backlog = self.former = None
        due, self._closing = self._closing, []
        if self.awaits_end_of_rib:
            self.awaits_end_of_rib = False
            due.insert(0, end_of_rib)
        return due
