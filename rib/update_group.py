"""Neighbors that must be sent the same bytes (architecture §6)."""

from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import Final, TypeAlias

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
from rib.route import Route, Source
from rib.table import Table

View: TypeAlias = Encoded | Withheld
"""What a route looks like to a group: the bytes it is sent as, or why it is withheld."""


_ALWAYS_ENOUGH: Final = 128
"""What a message with one prefix has besides the attributes, and some more."""


class Member:
    """One neighbor in a group: where its bytes go, and what it is behind with.

    ``backlog`` holds the keys a member that is not in step still has to be told about, and whether it
    may have been sent something for them before (so that a withdrawal is due).
    """

    __slots__ = ("_awaits_end_of_rib", "backlog", "source", "write")

    def __init__(self, source: Source, write: Callable[[list[bytes]], bool]) -> None:
        self.source = source
        self.write = write
        """Takes whole messages; returns whether the neighbor's queue has room for more."""
        self.backlog: dict[PrefixKey, bool] | None = None
        self._awaits_end_of_rib = True

    def fall_behind(self) -> None:
        """Stop sending: from now on changed keys are collected."""
        self.backlog = self.backlog or {}

    def start_over(self, table: Table, sent_before: bool) -> None:
        """Tell this member everything: a new session, or a ROUTE-REFRESH (RFC 2918).

        What others know of a dirty key is its route before the burst, even if that is gone by now. A newcomer
        must be told it, too: if it comes back within the burst, nothing will be said of it.
        """
        older = self.backlog or {}
        self.backlog = dict.fromkeys(table.slots, sent_before)
        self.backlog.update(dict.fromkeys(table.dirty, sent_before))
        self.backlog.update((key, True) for key, sent in older.items() if sent)

    def catch_up(self) -> bool:
        """End the backlog; return whether End-of-RIB is due (RFC 4724 §2)."""
        self.backlog = None
        due, self._awaits_end_of_rib = self._awaits_end_of_rib, False
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
        in_step = []
        for member in self.members.values():
            if member.backlog is None:
                in_step.append(member)
            else:
                for change in changes:
                    member.backlog.update(dict.fromkeys(change.keys, True))
        if in_step:
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
        sources = {source for source, _ in parts} | outgoing.sources_withdrawn_from()
        for_strangers = list(chain.from_iterable(messages for _, messages in parts))
        for member in members:
            messages = for_strangers
            if member.source in sources:
                messages = outgoing.own_withdrawals(member.source)
                for source, part in parts:
                    if source is not member.source:
                        messages += part
            if messages and not member.write(messages):
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
            elif sent_before:
                outgoing.withdraw([key], but=None)
        messages = list(chain.from_iterable(part for _, part in outgoing.parts()))
        finished = not backlog
        if finished and member.catch_up():
            messages.append(self._end_of_rib)
        room = member.write(messages) if messages else True
        if not room:
            member.fall_behind()
        return room and not finished


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

    def own_withdrawals(self, member: Source) -> list[bytes]:
        """What only this member is told."""
        key = self._group.key
        return pack_withdrawals(key.family, self._withdrawn_from.get(member, []), key.context)

    def parts(self) -> list[tuple[Source | None, list[bytes]]]:
        """Return (source the routes came from, messages), withdrawals first."""
        key = self._group.key
        parts: list[tuple[Source | None, list[bytes]]] = [
            (source, pack_withdrawals(key.family, keys, key.context))
            for source, keys in self._withdrawn.items()
        ]
        for route, keys in self._announced.items():
            encoded = self._group.view(route)
            assert isinstance(encoded, Encoded)  # only what is shown was noted
            parts.append((route.source, pack_announcements(key.family, encoded, keys, key.context)))
        return parts
