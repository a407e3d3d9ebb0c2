"""A router without sockets: what neighbors send goes all the way to what other neighbors hold of it.

The way is that of the daemon: bytes, Framer, decoder, Ingress, Table, LocRib, UpdateGroup. Members of the
groups decode what they are sent, so that what a group believes to have shown can be compared with it.
"""

from contextlib import suppress
from typing import Final

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.context import Context
from messages.errors import NotificationError
from messages.families import FAMILIES, Family
from messages.families.path import PathKey
from messages.families.prefix import PrefixKey, make_key, parse_address, render_prefix
from messages.framing import Framer
from messages.iana import EXTENDED_MESSAGE_OCTETS, MessageType
from messages.keepalive import check_keepalive
from messages.notification import Notification, decode_notification, encode_notification
from messages.open import decode_open, encode_open
from messages.route_refresh import RouteRefresh, decode_route_refresh, encode_route_refresh
from messages.update import Encoded, decode_update, encode_attributes, pack_announcements
from rib.egress import GroupKey, NextHopRule, Withheld
from rib.ingress import Admission, Ingress
from rib.loc_rib import LocRib
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import Source, SourceKind
from rib.table import Table
from rib.update_group import Member, UpdateGroup

LOCAL_AS: Final = 64512
_FAMILIES: Final = frozenset(FAMILIES.values())
_ADD_PATH: Final = Context(families=_FAMILIES, add_path_receive=_FAMILIES, add_path_send=_FAMILIES)
_OWN_NEXT_HOPS: Final = {4: parse_address("198.18.0.1"), 16: parse_address("2001:db8:ffff::1")}
_ALL: Final = 1 << 30

CONTEXTS: Final = {
    "external": Context(external=True, families=_FAMILIES),
    "internal": Context(external=False, families=_FAMILIES, message_octets=EXTENDED_MESSAGE_OCTETS),
    "two-octet": Context(external=True, as_number_octets=2, families=_FAMILIES),
}
"""One feeding neighbor for each, and one that only listens."""


class DisagreementError(AssertionError):
    """What a member holds is not what its group shows."""


class Listener:
    """The far end of a session: what it holds is what it was sent."""

    def __init__(self, context: Context) -> None:
        self._sets = AttributeSetTable(context)
        self._framer = Framer(context.message_octets)
        self.held: dict[Family, dict[PrefixKey, AttributeSet]] = {family: {} for family in _FAMILIES}
        self.is_slow = False

    def receive(self, messages: list[bytes]) -> bool:
        """Take what the router writes, which has to be flawless; return whether there may be more."""
        for kind, body in self._framer.feed(b"".join(messages)):
            update = decode_update(body, self._sets)
            if kind != MessageType.UPDATE or update.errors:
                raise DisagreementError(f"sent a message with {update.errors}: {body.hex()}")
            for family, keys in update.withdrawn:
                for key in keys:
                    self.held[family].pop(key, None)
            for family, attributes, keys in update.announced:
                self.held[family].update(dict.fromkeys(keys, attributes))
        return not self.is_slow


class PathReader:
    """A session with ADD-PATH (RFC 7911), of which there is only the codec: what it reads it can write."""

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
        self.groups = {
            name: UpdateGroup(_group_key(family, context), number)
            for number, (name, context) in enumerate(CONTEXTS.items())
        }

    def settle(self) -> None:
        """Select, and tell the groups."""
        changes = self.loc_rib.run(_ALL)
        for group in self.groups.values():
            group.advertise(changes)

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
        self.source = Source(f"{name}{number}", SourceKind.BGP)
        self.source.external = self.context.external
        self.source.router_id = number
        self.source.address = bytes((192, 0, 2, number))
        self.source.interface = 2
        self.ribs = ribs
        admission = Admission(LOCAL_AS, 1, Policy.ALL, frozenset(_OWN_NEXT_HOPS.values()))
        self.ingresses = {
            family: Ingress(self.source, admission, rib.next_hops) for family, rib in ribs.items()
        }
        self.members: dict[Family, Member] = {}
        self.connect()

    def connect(self) -> None:
        """Begin a session: nothing is left of the one before."""
        self.framer = Framer(self.context.message_octets)
        self.sets = AttributeSetTable(self.context)
        self.listener = Listener(self.context)
        for family, rib in self.ribs.items():
            rib.table.withdraw(self.source, list(rib.table.slots))
            member = self.members[family] = Member(self.source, self.listener.receive)
            member.start_over(rib.table, sent_before=False)
            rib.groups[self.name].members[self.source] = member

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
            self.ribs[family].table.withdraw(self.source, keys)
        for family, attributes, keys in update.announced:
            for _, row, value, _ in attributes.items():
                str(value) if row is None else row.render(value)
            self.ribs[family].table.announce(self.ingresses[family].route(attributes, now), keys)

    def _refresh(self, refresh: RouteRefresh) -> None:
        if decode_route_refresh(encode_route_refresh(refresh)[19:]) != refresh:
            raise DisagreementError(f"{refresh} is not what it is encoded as")
        family = FAMILIES.get((refresh.afi, refresh.safi))
        if family is not None:
            self.members[family].start_over(self.ribs[family].table, sent_before=True)


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


def _compare(neighbor: Neighbor, rib: Rib, held: dict[PrefixKey, AttributeSet]) -> None:
    group = rib.groups[neighbor.name]
    shown: dict[PrefixKey, Encoded] = {}
    for key in rib.table.slots:
        best = rib.table.best(key)
        if best is not None and best.source is not neighbor.source:
            view = group.view(best)
            if not isinstance(view, Withheld):
                shown[key] = view
    for key in shown.keys() | held.keys():
        has = encode_attributes(held[key], rib.family, group.key.context) if key in held else None
        if has != shown.get(key):
            prefix = render_prefix(key, rib.family)
            raise DisagreementError(
                f"{neighbor.source.name} holds {has} for {prefix}, shown is {shown.get(key)}"
            )
