"""Neighbors that must be sent the same bytes (architecture §6)."""

from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple, Self, TypeAlias

from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey, make_key
from messages.update import (
    Encoded,
    encode_attributes,
    encode_end_of_rib,
    pack_announcements,
    pack_withdrawals,
)
from rib.egress import GroupKey, Withheld, egress
from rib.loc_rib import Change
from rib.policy import Policy
from rib.route import Route, Source
from rib.table import Table

View: TypeAlias = Encoded | Withheld
"""What a route looks like to a group: the bytes it is sent as, or why it is withheld."""


_ALWAYS_ENOUGH: Final = 128
"""What a message with one prefix has besides the attributes, and some more."""


class SentPrefixes:
    """How many prefixes a neighbor was told of, over all its sessions."""

    __slots__ = ("announced", "withdrawn")

    def __init__(self) -> None:
        self.announced = 0
        self.withdrawn = 0


class Member:
    """One neighbor in a group: where its bytes go, and what it is behind with.

    ``backlog`` holds the keys a member that is not in step still has to be told about, and what it may have
    been sent for them before, so that a withdrawal is due: nothing (False), something (True), or what a group
    shows of the best route, which has not changed since.
    """

    __slots__ = ("_closing", "awaits_end_of_rib", "backlog", "sent", "source", "write")

    def __init__(
        self, source: Source, write: Callable[[list[bytes]], bool], sent: SentPrefixes | None = None
    ) -> None:
        self.source = source
        self.write = write
        """Takes whole messages; returns whether the neighbor's queue has room for more."""
        self.sent = sent or SentPrefixes()
        self.backlog: dict[PrefixKey, bool | UpdateGroup] | None = None
        self.awaits_end_of_rib = True
        self._closing: list[bytes] = []

    def fall_behind(self) -> None:
        """Stop sending: from now on changed keys are collected."""
        self.backlog = self.backlog or {}

    def start_over(
        self, table: Table, sent_before: "bool | UpdateGroup", closing: Sequence[bytes] = ()
    ) -> None:
        """Tell this member everything, then ``closing``: a new session, or a refresh (RFC 2918, RFC 7313).

        ``sent_before`` is False for a new session; for a member in step it is the group that it was in.
        What others know of a dirty key is its route before the burst, even if that is gone by now. A newcomer
        must be told it, too: if it comes back within the burst, nothing will be said of it.
        """
        older = self.backlog or {}
        self.backlog = dict.fromkeys(table.slots, sent_before)
        self.backlog.update(dict.fromkeys(table.dirty, sent_before))
        self.backlog.update((key, True) for key, sent in older.items() if sent)
        if closing:
            self._closing = [*closing]

    def catch_up(self, end_of_rib: bytes) -> list[bytes]:
        """End the backlog; return what is due now, End-of-RIB the first time (RFC 4724 §2)."""
        self.backlog = None
        due, self._closing = self._closing, []
        if self.awaits_end_of_rib:
            self.awaits_end_of_rib = False
            due.insert(0, end_of_rib)
        return due


class UpdateGroup:
    """One group key and its members; a route is encoded once, however many members there are.

    Nothing is remembered per prefix: what was sent for a key follows from the old best route and
    this group's view of it.
    """

    def __init__(self, key: GroupKey, number: int) -> None:
        self.key: Final = key
        self.number: Final = number
        """Where this group's view stands in ``Route.views``."""
        self.members: dict[Source, Member] = {}
        self._end_of_rib = encode_end_of_rib(key.family)
        self._longest_key = (make_key(bytes(key.family.address_octets), key.family.max_bits),)

    @property
    def is_silent(self) -> bool:
        """Whether its members are sent no routes at all."""
        return self.key.policy is not Policy.ALL

    def greet(self, member: Member) -> None:
        """Tell a member of a silent group that this is all (RFC 4724 §2)."""
        member.write(member.catch_up(self._end_of_rib))

    def view(self, route: Route) -> View:
        """Return what this group shows of a route, worked out once per route."""
        views = route.views
        if views is None:
            views = route.views = []
        if len(views) <= self.number:
            views.extend([None] * (self.number + 1 - len(views)))
        known: View | None = views[self.number]
        if known is None:
            outcome = egress(self.key, route)
            if isinstance(outcome, Withheld):
                known = outcome
            else:
                known = self._encode(outcome)
                route.attributes.forget()
            views[self.number] = known
        return known

    def _encode(self, attributes: AttributeSet) -> View:
        """Return what goes on the wire, if a message has room for it (RFC 4271 §9.2)."""
        family, context = self.key.family, self.key.context
        encoded = encode_attributes(attributes, family, context)
        if len(encoded.attributes) + _ALWAYS_ENOUGH <= context.message_octets:
            return encoded
        return (
            encoded if pack_announcements(family, encoded, self._longest_key, context) else Withheld.TOO_LARGE
        )

    def _shows(self, route: Route | None) -> bool:
        return route is not None and not isinstance(self.view(route), Withheld)

    def advertise(self, changes: Sequence[Change]) -> None:
        """Tell every member what changed; those behind only note the keys."""
        in_step = [member for member in self.members.values() if member.backlog is None]
        behind = [member.backlog for member in self.members.values() if member.backlog is not None]
        if behind:
            touched = dict.fromkeys(chain.from_iterable(change.keys for change in changes), True)
            for backlog in behind:
                backlog.update(touched)
        if in_step and not self.is_silent:
            self._send(self._differences(changes), in_step)

    def _differences(self, changes: Sequence[Change]) -> "_Outgoing":
        outgoing = _Outgoing(self)
        for old, new, keys in changes:
            showed = self._shows(old)
            if new is None or not self._shows(new):
                if showed:
                    outgoing.withdraw(keys, but=old.source)  # type: ignore[union-attr]  # showed, so not None
                continue
            if showed:
                moved = old.source is not new.source  # type: ignore[union-attr]
                if not moved and self.view(old) == self.view(new):  # type: ignore[arg-type]
                    continue
                if moved and new.source in self.members:
                    # It is not sent its own route back; what it was sent of the other one must go.
                    outgoing.withdraw_from(new.source, keys)
            outgoing.announce(new, keys)
        return outgoing

    def _send(self, outgoing: "_Outgoing", members: Sequence[Member]) -> None:
        """Write the same bytes to every member that is the source of none of them."""
        parts = outgoing.parts()
        sources = {part.source for part in parts} | outgoing.sources_withdrawn_from()
        for_strangers = _Part.joined(None, parts)
        for member in members:
            whole = for_strangers
            if member.source in sources:
                others = [part for part in parts if part.source is not member.source]
                whole = _Part.joined(member.source, [outgoing.own_withdrawals(member.source), *others])
            if whole.messages and not whole.give(member):
                member.fall_behind()

    def drain(self, member: Member, table: Table, limit: int) -> bool:
        """Bring a member up to date by up to ``limit`` keys; return whether more is left to do now."""
        backlog = member.backlog
        if backlog is None:
            return False
        outgoing = _Outgoing(self)
        for key, sent_before in list(islice(backlog.items(), limit)):
            del backlog[key]
            best = table.best(key)
            if best is not None and best.source is not member.source and self._shows(best):
                outgoing.announce(best, [key])
            elif self._was_told(member, best, sent_before):
                outgoing.withdraw([key], but=None)
        whole = _Part.joined(None, outgoing.parts())
        finished = not backlog
        if finished:
            whole.messages.extend(member.catch_up(self._end_of_rib))
        room = whole.give(member) if whole.messages else True
        if not room:
            member.fall_behind()
        return room and not finished

    @staticmethod
    def _was_told(member: Member, best: Route | None, sent_before: "bool | UpdateGroup") -> bool:
        """Tell whether a member may have been sent what it is not to have now."""
        if isinstance(sent_before, UpdateGroup):
            return best is not None and best.source is not member.source and sent_before._shows(best)
        return sent_before


class _Part(NamedTuple):
    """Messages about routes of one source, or of several."""

    source: Source | None
    messages: list[bytes]
    announced: int = 0
    withdrawn: int = 0
    """How many prefixes."""

    @classmethod
    def joined(cls, source: Source | None, parts: Sequence["_Part"]) -> Self:
        return cls(
            source,
            list(chain.from_iterable(part.messages for part in parts)),
            sum(part.announced for part in parts),
            sum(part.withdrawn for part in parts),
        )

    def give(self, member: Member) -> bool:
        """Write all to a member, and count; return whether it has room for more."""
        member.sent.announced += self.announced
        member.sent.withdrawn += self.withdrawn
        return member.write(self.messages)


class _Outgoing:
    """What one round has to say: announcements by route, withdrawals by the source they came from."""

    def __init__(self, group: UpdateGroup) -> None:
        self._group = group
        self._announced: dict[Route, list[PrefixKey]] = {}
        self._withdrawn: dict[Source | None, list[PrefixKey]] = {}
        self._withdrawn_from: dict[Source, list[PrefixKey]] = {}

    def announce(self, route: Route, keys: list[PrefixKey]) -> None:
        known = self._announced.get(route)
        if known is None:
            self._announced[route] = keys.copy()
        else:
            known.extend(keys)

    def withdraw(self, keys: list[PrefixKey], but: Source | None) -> None:
        """From every member but the one whose route it was."""
        self._withdrawn.setdefault(but, []).extend(keys)

    def withdraw_from(self, member: Source, keys: list[PrefixKey]) -> None:
        self._withdrawn_from.setdefault(member, []).extend(keys)

    def sources_withdrawn_from(self) -> set[Source]:
        return set(self._withdrawn_from)

    def own_withdrawals(self, member: Source) -> _Part:
        """What only this member is told."""
        return self._withdrawals(member, self._withdrawn_from.get(member, []))

    def _withdrawals(self, source: Source | None, keys: list[PrefixKey]) -> _Part:
        key = self._group.key
        return _Part(source, pack_withdrawals(key.family, keys, key.context), withdrawn=len(keys))

    def parts(self) -> list[_Part]:
        """Return what is said about the routes of each source, withdrawals first."""
        key = self._group.key
        parts = [self._withdrawals(source, keys) for source, keys in self._withdrawn.items()]
        for route, keys in self._announced.items():
            encoded = self._group.view(route)
            assert isinstance(encoded, Encoded)  # only what is shown was noted
            messages = pack_announcements(key.family, encoded, keys, key.context)
            parts.append(_Part(route.source, messages, announced=len(keys)))
        return parts
