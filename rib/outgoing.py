"""What one round has to say to the members of a group, packed into messages once for all of them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple, Protocol, Self, TypeAlias, cast

from messages.families.path import PathKey
from messages.families.prefix import PrefixKey
from messages.update import Encoded, JoinedUpdates, pack_announcements, pack_withdrawals
from rib.egress import GroupKey, NextHopRule
from rib.member import Member
from rib.quota import ExportQuota
from rib.route import Route, Source, SourceKind

NlriKey: TypeAlias = PrefixKey | PathKey
"""A prefix, or a path where several are sent (RFC 7911 §3)."""
_Announced: TypeAlias = tuple[Encoded, list[NlriKey]]


class Audience(Protocol):
    """The group that is spoken to."""

    @property
    def key(self) -> GroupKey: ...

    @property
    def members(self) -> Mapping[Source, Member]:
        """All of them."""

    @property
    def quota(self) -> ExportQuota | None:
        """The limit of its one member, if that has one."""


class Part(NamedTuple):
    """Messages about routes of one source, or of several."""

    source: Source | None
    messages: list[bytes]
    announced: int = 0
    withdrawn: int = 0
    """How many prefixes."""
    gateway: bytes = b""
    """Of a route of our own: the neighbor that has this address is not told of it."""

    @classmethod
    def joined(cls, source: Source | None, parts: Sequence["Part"]) -> Self:
        """Return the messages of all."""
        return cls(
            source,
            list(chain.from_iterable(part.messages for part in parts)),
            sum(part.announced for part in parts),
            sum(part.withdrawn for part in parts),
        )

    def is_for(self, member: Member) -> bool:
        """Tell whether a member is told this: not its own routes, nor those of ours that lead over it."""
        is_over = bool(self.gateway) and self.gateway == member.source.address
        return self.source is not member.source and not is_over

    def give(self, member: Member) -> bool:
        """Write all to a member, and count; return whether it has room for more."""
        member.sent.announced += self.announced
        member.sent.withdrawn += self.withdrawn
        return member.write(self.messages)


class Outgoing:
    """Announcements by route, withdrawals by the source they came from."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._quota = audience.quota
        self._limited = audience.key.limited
        self._announced: dict[tuple[Source, bytes], dict[Hashable, _Announced]] = {}
        self._added: list[Part] = []
        self._withdrawn: dict[Source | None, list[NlriKey]] = {}
        self._withdrawn_from: dict[Source, list[NlriKey]] = {}
        self._is_next_hop = audience.key.next_hop_rule is NextHopRule.SELF
        self._are_alike = audience.key.policy.kind_of is None

    def announce(self, route: Route, keys: Sequence[NlriKey], encoded: Encoded) -> None:
        """To every member but the one whose route it is."""
        if self._limited is not None and not may_hear(self._limited, route):
            self.withdraw_from(self._limited, keys)
            return
        source = route.source
        place = source, b"" if self._is_next_hop or source.kind is SourceKind.BGP else own_gateway(route)
        announced = self._announced.get(place)
        if announced is None:
            announced = self._announced[place] = {}
        alike = route if self._are_alike else (route, encoded)
        known = announced.get(alike)
        if known is None:
            announced[alike] = encoded, [*keys]
        else:
            known[1].extend(keys)

    def add(self, part: Part) -> None:
        """To every member but the one whose routes it is about."""
        self._added.append(part)

    def withdraw(self, keys: Sequence[NlriKey], but: Source | None) -> None:
        """From every member but the one whose route it was."""
        if self._quota is not None:
            keys = self._quota.release(keys)
        self._withdrawn.setdefault(but, []).extend(keys)

    def withdraw_from(self, member: Source, keys: Sequence[NlriKey]) -> None:
        """From this member only: what it was sent has been replaced by its own route."""
        if self._quota is not None:
            keys = self._quota.release(keys)
        self._withdrawn_from.setdefault(member, []).extend(keys)

    def sources_withdrawn_from(self) -> set[Source]:
        """Return who is told something by itself."""
        return set(self._withdrawn_from)

    def own_withdrawals(self, member: Source) -> Part:
        """Return what only this member is told."""
        return self._withdrawals(member, self._withdrawn_from.get(member, []))

    def _withdrawals(self, source: Source | None, keys: list[NlriKey]) -> Part:
        key = self._audience.key
        messages = pack_withdrawals(key.family, cast("list[PrefixKey]", keys), key.context)
        return Part(source, messages, withdrawn=len(keys))

    def parts(self) -> list[Part]:
        """Return what is said about the routes of each source, withdrawals first."""
        parts = [self._withdrawals(source, keys) for source, keys in self._withdrawn.items()]
        parts += self._added
        for (source, gateway), announced in self._announced.items():
            parts.append(self._announcements(source, gateway, announced.values()))
        return parts

    def _announcements(self, source: Source, gateway: bytes, announced: Iterable[_Announced]) -> Part:
        family, context = self._audience.key.family, self._audience.key.context
        messages: list[bytes] = []
        total = 0
        for encoded, keys in announced:
            # By now all that goes has made room.
            admitted = keys if self._quota is None else self._quota.admit(keys)
            messages += pack_announcements(family, encoded, cast("list[PrefixKey]", admitted), context)
            total += len(admitted)
            if gateway:
                self._withdraw_from_gateway(gateway, admitted)
        if len(messages) > 1:
            messages = [JoinedUpdates.of(messages)]
        return Part(source, messages, announced=total, gateway=gateway)

    def _withdraw_from_gateway(self, gateway: bytes, keys: Sequence[NlriKey]) -> None:
        """What the gateway itself was told before must go."""
        for source in self._audience.members:
            if source.address == gateway:
                self._withdrawn_from.setdefault(source, []).extend(keys)


def own_gateway(route: Route) -> bytes:
    """Return where a route of our own leads over one gateway; empty for all others.

    Told to the gateway, it would have its own address as next hop (RFC 4271 §5.1.3), unless we are always the
    next hop.
    """
    hops = route.destination.next_hops
    if route.source.kind is SourceKind.BGP or len(hops) != 1:
        return b""
    return hops[0].gateway


def may_hear(member: Source, route: Route) -> bool:
    """Tell whether a member may be told of a route: it is neither its own, nor one of ours over it."""
    if route.source is member:
        return False
    gateway = own_gateway(route)
    return not gateway or gateway != member.address or member.next_hop_self
