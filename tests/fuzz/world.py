"""A router without sockets: what neighbors send goes all the way to what other neighbors hold of it.

The way is that of the daemon: bytes, Framer, decoder, Ingress, Table, LocRib, UpdateGroup. Members of the
groups decode what they are sent, so that what a group believes to have shown can be compared with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.context import Context
from messages.errors import NotificationError
from messages.families import FAMILIES, IPV4_UNICAST, Family
from messages.families.path import PathKey, make_path
from messages.families.prefix import make_key, parse_address
from messages.framing import Framer
from messages.iana import EXTENDED_MESSAGE_OCTETS, MessageType
from messages.keepalive import check_keepalive
from messages.notification import Notification, decode_notification, encode_notification
from messages.open import decode_open, encode_open
from messages.route_refresh import RouteRefresh, decode_route_refresh, encode_route_refresh
from messages.update import (
    Announcement,
    Update,
    decode_announcements,
    decode_update,
    encode_attributes,
    pack_announcements,
)
from rib.admission import Admission
from rib.egress import GroupKey, NextHopRule
from rib.ingress import Ingress
from rib.loc_rib import LocRib
from rib.member import Member
from rib.next_hops import NextHops
from rib.path_group import ALL_PATHS, PathGroup
from rib.policy import Policy
from rib.route import Route, Source, SourceKind
from rib.slot import paths_of
from rib.table import Table
from rib.update_group import UpdateGroup
from rib.views import View, Views

LOCAL_AS: Final = 64512
_FAMILIES: Final = frozenset(FAMILIES.values())
_ADD_PATH: Final = Context(families=_FAMILIES, add_path_receive=_FAMILIES, add_path_send=_FAMILIES)
_OWN_NEXT_HOPS: Final = {4: parse_address("198.18.0.1"), 16: parse_address("2001:db8:ffff::1")}
_ALL: Final = 1 << 30

CONTEXTS: Final = {
    "external": Context(external=True, families=_FAMILIES),
    "internal": Context(external=False, families=_FAMILIES, message_octets=EXTENDED_MESSAGE_OCTETS),
    "two-octet": Context(external=True, as_number_octets=2, families=_FAMILIES),
    "member": Context(external=False, confederation=True, families=_FAMILIES),
    "any-next-hop": Context(external=True, families=_FAMILIES, extended_next_hop=frozenset({IPV4_UNICAST})),
    "paths": _ADD_PATH,
}
"""One feeding neighbor for each, and one that only listens."""


class DisagreementError(AssertionError):
    """What a member holds is not what its group shows."""


class Listener:
    """The far end of a session: what it holds is what it was sent."""

    def __init__(self, context: Context) -> None:
        self._sets = AttributeSetTable(context)
        self._framer = Framer(context.message_octets)
        self.held: dict[Family, dict[bytes, AttributeSet]] = {family: {} for family in _FAMILIES}
        self.is_slow = False

    def receive(self, messages: list[bytes]) -> bool:
        """Take what the router writes, which has to be flawless; return whether there may be more."""
        for kind, body in self._framer.feed(b"".join(messages)):
            update = decode_update(body, self._sets)
            if kind != MessageType.UPDATE or update.errors:
                raise DisagreementError(f"sent a message with {update.errors}: {body.hex()}")
            for family, keys in update.withdrawn:
                self._drop(family, keys)
            for family, paths in update.withdrawn_paths:
                self._drop(family, paths)
            for family, attributes, keys in update.announced:
                self.held[family].update(dict.fromkeys(keys, attributes))
            for family, attributes, paths in update.announced_paths:
                self.held[family].update(dict.fromkeys(paths, attributes))
        return not self.is_slow

    def _drop(self, family: Family, keys: Sequence[bytes]) -> None:
        for key in keys:
            self.held[family].pop(key, None)


class PathReader:
    """The codec of a session with ADD-PATH (RFC 7911): what it reads it can write."""

    def __init__(self) -> None:
        self._sets = AttributeSetTable(_ADD_PATH)

    def receive(self, octets: bytes) -> None:
        """Decode what may be an announcement of paths, and what it is encoded as."""
        with suppress(NotificationError):
            for kind, body in Framer().feed(octets):
                if kind == MessageType.UPDATE:
                    for announced in decode_update(body, self._sets).announced_paths:
                        self._compare(*announced)

    def _compare(self, family: Family, attributes: AttributeSet, paths: list[PathKey]) -> None:
        encoded = encode_attributes(attributes, family, _ADD_PATH)
        found: list[PathKey] = []
        for message in pack_announcements(family, encoded, paths, _ADD_PATH):
            for other, decoded, again in decode_update(message[19:], self._sets).announced_paths:
                found += again
                if other is not family or decoded.wire != attributes.wire:
                    raise DisagreementError(f"{attributes} is read as {decoded}")
        if found and found != paths:
            raise DisagreementError(f"{paths} are read as {found}")


class Rib:
    """The table of one family, with everything before and behind it."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.table = Table("master", family)
        self.loc_rib = LocRib(self.table)
        self.next_hops = NextHops(self.table)
        everything = make_key(bytes(family.address_octets), 0)
        self.next_hops.set_connected({everything: 2}, {2})
        self.table.tells_all = True
        self.groups = {
            name: self._group(number, context) for number, (name, context) in enumerate(CONTEXTS.items())
        }

    def _group(self, number: int, context: Context) -> UpdateGroup:
        key = _group_key(self.family, context)
        if self.family in context.add_path_send:
            return PathGroup(replace(key, paths=ALL_PATHS), Views(key, number), self.table.decision)
        return UpdateGroup(key, Views(key, number))

    def settle(self) -> None:
        """Select, and tell the groups."""
        batch = self.loc_rib.run(_ALL)
        for group in self.groups.values():
            group.advertise(batch)

    def catch_up(self) -> None:
        """Bring every member that is behind up to date."""
        for group in self.groups.values():
            for member in group.members.values():
                while group.drain(member, self.table, _ALL):
                    pass


def _group_key(family: Family, context: Context) -> GroupKey:
    next_hop = _OWN_NEXT_HOPS[family.address_octets]
    return GroupKey(family, context, LOCAL_AS, Policy.ALL, NextHopRule.AUTO, next_hop)


class Neighbor:
    """One neighbor: its bytes come in, and it is told what the others say."""

    def __init__(self, name: str, number: int, ribs: dict[Family, Rib]) -> None:
        self.name = name
        self.context = CONTEXTS[name]
        self.label = f"{name}{number}"
        self.sources = {family: self._source(number) for family in ribs}
        self.ribs = ribs
        admission = Admission(LOCAL_AS, 1, Policy.ALL, frozenset(_OWN_NEXT_HOPS.values()))
        self.ingresses = {
            family: Ingress(self.sources[family], admission, rib.next_hops) for family, rib in ribs.items()
        }
        self.members: dict[Family, Member] = {}
        self.connect()

    def _source(self, number: int) -> Source:
        """Return what it is to one table; each has its own, as in the daemon."""
        source = Source(self.label, SourceKind.BGP)
        source.external = self.context.external
        source.confederation = self.context.confederation
        source.router_id = number
        source.address = bytes((192, 0, 2, number))
        source.interface = 2
        return source

    def connect(self) -> None:
        """Begin a session: nothing is left of the one before."""
        self.framer = Framer(self.context.message_octets)
        self.sets = AttributeSetTable(self.context)
        self.listener = Listener(self.context)
        for family, rib in self.ribs.items():
            source = self.sources[family]
            rib.table.withdraw(source, list(rib.table.slots))
            rib.table.withdraw_paths(source, list(self._paths(rib.table, source)))
            member = self.members[family] = Member(source, self.listener.receive)
            member.start_over(rib.table, former=None)
            rib.groups[self.name].members[source] = member

    def _paths(self, table: Table, source: Source) -> Iterator[PathKey]:
        for key, slot in table.slots.items():
            yield from (
                make_path(path.identifier, key) for path in paths_of(slot) if path.route.source is source
            )

    def receive(self, octets: bytes, now: int) -> None:
        """Take bytes off the wire; what ends the session begins the next."""
        try:
            for kind, body in self.framer.feed(octets):
                self._handle(kind, body, now)
        except NotificationError as error:
            # What does not fit the answer is left out by the session.
            encode_notification(
                Notification(error.code, error.subcode, error.data[: self.context.message_octets - 21])
            )
            self.connect()

    def _handle(self, kind: int, body: bytes, now: int) -> None:
        match kind:
            case MessageType.UPDATE:
                self._update(body, now)
            case MessageType.ROUTE_REFRESH:
                self._refresh(decode_route_refresh(body))
            case MessageType.OPEN:
                message = decode_open(body)
                if decode_open(encode_open(message)[19:]) != message:
                    raise DisagreementError(f"{message} is not what it is encoded as")
                str(message.capabilities)
            case MessageType.NOTIFICATION:
                str(decode_notification(body).shutdown_communication)
            case _:
                check_keepalive(body)

    def _update(self, body: bytes, now: int) -> None:
        update = decode_update(body, self.sets)
        for family, keys in update.withdrawn:
            self.ribs[family].table.withdraw(self.sources[family], keys)
        for family, paths in update.withdrawn_paths:
            self.ribs[family].table.withdraw_paths(self.sources[family], paths)
        if plain := decode_announcements([body], 0, self.sets):
            _check_alike(plain[0], update)
            for route, keys in self.ingresses[IPV4_UNICAST].plain_routes(plain, now):
                self.ribs[IPV4_UNICAST].table.announce(route, keys)
        else:
            for family, attributes, keys in update.announced:
                self.ribs[family].table.announce(self._route(family, attributes, now), keys)
        for family, attributes, paths in update.announced_paths:
            self.ribs[family].table.announce_paths(self._route(family, attributes, now), paths)

    def _route(self, family: Family, attributes: AttributeSet, now: int) -> Route:
        for _, row, value, _ in attributes.items():
            str(value) if row is None else row.render(value)
        return self.ingresses[family].route(attributes, now)

    def _refresh(self, refresh: RouteRefresh) -> None:
        if decode_route_refresh(encode_route_refresh(refresh)[19:]) != refresh:
            raise DisagreementError(f"{refresh} is not what it is encoded as")
        family = FAMILIES.get((refresh.afi, refresh.safi))
        if family is not None:
            rib = self.ribs[family]
            self.members[family].start_over(rib.table, former=rib.groups[self.name])


def _check_alike(plain: Announcement, update: Update) -> None:
    """The short way of the decoder must come to what the long one does."""
    (_, attributes, keys), *others = update.announced
    if others or update.errors or update.withdrawn or plain != (attributes.wire, keys):
        raise DisagreementError(f"{plain} is decoded otherwise than {update}")


class World:
    """A router between neighbors of every kind."""

    def __init__(self) -> None:
        self.ribs = {family: Rib(family) for family in sorted(_FAMILIES, key=lambda family: family.afi)}
        self.feeders = [Neighbor(name, number, self.ribs) for number, name in enumerate(CONTEXTS, 2)]
        self.observers = [Neighbor(name, number, self.ribs) for number, name in enumerate(CONTEXTS, 12)]
        self.path_reader = PathReader()
        self.catch_up()

    def step(self, feeder: int, octets: bytes, now: int) -> None:
        """Let a neighbor send bytes, and all others be told."""
        self.feeders[feeder].receive(octets, now)
        self.path_reader.receive(octets)
        for rib in self.ribs.values():
            rib.settle()

    def catch_up(self) -> None:
        """Tell the members that are behind what they have missed."""
        for rib in self.ribs.values():
            rib.catch_up()

    def check(self) -> None:
        """Raise DisagreementError unless every member holds exactly what its group shows."""
        self.catch_up()
        for neighbor in (*self.feeders, *self.observers):
            for family, rib in self.ribs.items():
                _compare(neighbor, rib, neighbor.listener.held[family])


def _compare(neighbor: Neighbor, rib: Rib, held: dict[bytes, AttributeSet]) -> None:
    group = rib.groups[neighbor.name]
    shown: dict[bytes, View] = {}
    for key in rib.table.slots:
        for path in group.shown(rib.table.settled(key), key):
            if path.route.source is not neighbor.sources[rib.family]:
                said: bytes = make_path(path.sent, key) if group.follows_all else key
                shown[said] = group.view(path.route, key)
    for nlri in shown.keys() | held.keys():
        has = encode_attributes(held[nlri], rib.family, group.key.context) if nlri in held else None
        if has != shown.get(nlri):
            raise DisagreementError(
                f"{neighbor.label} holds {has} for {nlri.hex()}, shown is {shown.get(nlri)}"
            )
