"""Neighbors that must be sent the same bytes (architecture §6)."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from messages.families.prefix import PrefixKey
from messages.update import Encoded, encode_end_of_rib
from rib.egress import GroupKey
from rib.loc_rib import Batch
from rib.member import Member, Told, WasTold
from rib.outgoing import Outgoing, Part, may_hear, own_gateway
from rib.policy import Policy
from rib.quota import ExportQuota
from rib.route import Route, Source
from rib.slot import Path, Slot, paths_of, winner
from rib.table import Table
from rib.views import View, Views

_SILENT: Final = frozenset({Policy.NONE, Policy.MISSING})


class UpdateGroup:
    """One group key and its members; a route is encoded once, however many members there are.

    Nothing is remembered per prefix: what was sent for a key follows from the old best route and
    this group's view of it.
    """

    def __init__(self, key: GroupKey, views: Views) -> None:
        """``views`` are shared by all groups that show the same."""
        self.views: Final = views
        self.members: dict[Source, Member] = {}
        self._key: Final = key
        self._end_of_rib = encode_end_of_rib(key.family)

    @property
    def key(self) -> GroupKey:
        """What its members have in common."""
        return self._key

    @property
    def quota(self) -> ExportQuota | None:
        """The limit of its one member, if that has one."""
        if self._key.limited is None:
            return None
        return next((member.quota for member in self.members.values()), None)

    @property
    def follows_all(self) -> bool:
        """Whether it needs to know of all routes to a prefix."""
        return False

    @property
    def is_silent(self) -> bool:
        """Whether its members are sent no routes at all."""
        return self._key.policy in _SILENT

    def greet(self, member: Member) -> None:
        """Tell a member of a silent group that this is all (RFC 4724 §2)."""
        member.write(member.catch_up(self._end_of_rib))

    # What a route looks like

    def view(self, route: Route, key: PrefixKey, *, silent: bool = False) -> View:
        """Return what this group shows of a route to a prefix; ``silent`` asks about the past."""
        return self.views.view(route, key, silent=silent)

    def shows(self, route: Route | None, key: PrefixKey, *, silent: bool = False) -> bool:
        """Tell whether members are sent this route to a prefix."""
        return route is not None and self.views.shows(route, key, silent=silent)

    def showed(self, route: Route | None, key: PrefixKey) -> bool:
        """Tell whether members were sent this route, while it was the best one."""
        return self.shows(route, key, silent=True)

    def looks_alike(self, old: Route, new: Route, key: PrefixKey) -> bool:
        """Tell whether a route that takes the place of another is no news to anybody."""
        if old.epoch != new.epoch:  # since then the neighbor may be somebody else, who is told so
            return False
        before, now = (self.view(route, key, silent=True) for route in (old, new))
        return before == now and own_gateway(old) == own_gateway(new)

    def shown(self, slot: Slot | None, key: PrefixKey, *, silent: bool = False) -> Sequence[Path]:
        """Return what members are sent of a prefix's slot, each but its own."""
        best = winner(slot)
        return paths_of(best) if self.shows(best, key, silent=silent) else ()

    def told(self, key: PrefixKey, slot: Slot | None, source: Source) -> WasTold:
        """Return what a member in step with this source was told of the routes in a prefix's slot."""
        best = winner(slot)
        was_shown = best is not None and best.source is not source and self.showed(best, key)
        return Told.SOMETHING if was_shown else Told.NOTHING

    # What members are told

    def advertise(self, batch: Batch) -> None:
        """Tell every member what changed; those behind only note the keys."""
        in_step = [member for member in self.members.values() if member.backlog is None]
        behind = [
            member for member in self.members.values() if member.backlog is not None and not member.is_held
        ]
        if behind:
            touched = self.touched(batch)
            for member in behind:
                other = None if member.former is self else member.former
                member.miss(touched, touched if other is None else other.touched(batch))
        if in_step and not self.is_silent:
            self._send(self._differences(batch), in_step)

    def touched(self, batch: Batch) -> Mapping[PrefixKey, WasTold]:
        """Return the keys that changed with what members were told of them before."""
        touched: dict[PrefixKey, WasTold] = {}
        for old, _new, changed in batch.changes:
            for keys in self._key.policy.by_kind(changed):
                told = Told.SOMETHING if self.showed(old, keys[0]) else Told.NOTHING
                touched.update(dict.fromkeys(keys, told))
        return touched

    def _differences(self, batch: Batch) -> Outgoing:
        outgoing = Outgoing(self)
        changes = batch.changes
        if self._key.limited is None:
            changes = self.views.say_plainly(changes, outgoing)
        by_kind = self._key.policy.by_kind
        for old, new, changed in changes:
            for keys in by_kind(changed):
                self._difference(outgoing, old, new, keys)
        return outgoing

    def _difference(
        self, outgoing: Outgoing, old: Route | None, new: Route | None, keys: Sequence[PrefixKey]
    ) -> None:
        """Note what a change of best route means for prefixes that the export filter treats alike."""
        key = keys[0]
        showed = self.showed(old, key)
        view = None if new is None else self.view(new, key)
        if new is None or not isinstance(view, Encoded):
            if old is not None and showed:
                outgoing.withdraw(keys, but=old.source)
            return
        if old is not None and showed:
            moved = old.source is not new.source
            if not moved and self.looks_alike(old, new, key):
                return
            if moved and new.source in self.members:
                # It is not sent its own route back; what it was sent of the other one must go.
                outgoing.withdraw_from(new.source, keys)
        outgoing.announce(new, keys, view)

    def _send(self, outgoing: Outgoing, members: Sequence[Member]) -> None:
        """Write the same bytes to every member that is the source of none of them."""
        parts = outgoing.parts()
        sources = {part.source for part in parts} | outgoing.sources_withdrawn_from()
        for_strangers = Part.joined(None, parts)
        for member in members:
            whole = for_strangers
            if member.source in sources:
                others = [part for part in parts if part.is_for(member)]
                whole = Part.joined(member.source, [outgoing.own_withdrawals(member.source), *others])
            if whole.messages and not whole.give(member):
                member.fall_behind()

    def drain(self, member: Member, table: Table, limit: int) -> bool:
        """Bring a member up to date by up to ``limit`` keys; return whether more is left to do now."""
        backlog = member.backlog
        if backlog is None:
            return False
        outgoing = Outgoing(self)
        for key, noted in list(islice(backlog.items(), limit)):
            told = member.was_told(key, noted, table)
            del backlog[key]
            self._put_right(outgoing, member, key, table.settled(key), told)
        whole = Part.joined(None, outgoing.parts())
        finished = not backlog
        if finished:
            if self.quota is not None:
                self.quota.has_learned()
            whole.messages.extend(member.catch_up(self._end_of_rib))
        room = whole.give(member) if whole.messages else True
        if not room:
            member.fall_behind()
        return room and not finished

    def _put_right(
        self, outgoing: Outgoing, member: Member, key: PrefixKey, slot: Slot | None, told: WasTold
    ) -> None:
        """Tell a member of one prefix as it is now."""
        quota = self.quota
        if quota is not None and quota.takes_back(key, was_told=told != Told.NOTHING):
            outgoing.withdraw([key], but=None)
            return
        best = winner(slot)
        view = None
        if best is not None and may_hear(member.source, best):
            view = self.view(best, key)
        if best is not None and isinstance(view, Encoded):
            outgoing.announce(best, [key], view)
        elif told != Told.NOTHING:
            outgoing.withdraw([key], but=None)
