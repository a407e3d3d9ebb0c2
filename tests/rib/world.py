"""One table, one group of neighbors, and what each of them holds after reading what it was sent."""

from collections.abc import Callable, Iterable
from typing import Final

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import COMMUNITIES
from messages.context import Context
from messages.families import IPV4_UNICAST, Family
from messages.families.prefix import PrefixKey
from messages.framing import Framer
from messages.iana import MessageType, WellKnownCommunity
from messages.update import decode_update
from rib.egress import GroupKey, Withheld, egress
from rib.loc_rib import LocRib
from rib.member import Member
from rib.outgoing import NlriKey
from rib.path_group import PathGroup
from rib.quota import ExportQuota
from rib.route import Route, Source
from rib.table import Table
from rib.update_group import UpdateGroup
from rib.views import Views
from tests.rib.building import SOMEWHERE, attributes, group_key, key, neighbor

KEY: Final = group_key()
PATHS: Final = Context(add_path_send=frozenset({IPV4_UNICAST}))
ALL_PATHS_KEY: Final = group_key(context=PATHS, paths=0)
KEYS: Final = [key("10.0.0.0/8"), key("10.1.0.0/16"), key("0.0.0.0/0"), key("10.1.2.3/32")]
SETS: Final = [
    attributes(65001),
    attributes(65001, med=10),
    attributes(65002),
    attributes(65002, 65003),
    attributes(65004, rows={COMMUNITIES: (WellKnownCommunity.NO_EXPORT,)}),
]
"""The group shows all but the last."""


class Receiver:
    """A neighbor's end: decodes what it is sent and holds what it announces."""

    def __init__(self, paths: bool = False) -> None:
        self.holds: dict[NlriKey, bytes] = {}
        self.ends: list[Family] = []
        self.unfounded: list[NlriKey] = []
        """What was withdrawn although it had never been announced."""
        self.has_room = True
        self.received: list[bytes] = []
        receiving = frozenset({IPV4_UNICAST}) if paths else frozenset[Family]()
        self._sets = AttributeSetTable(Context(add_path_receive=receiving))
        self._framer = Framer()

    def write(self, messages: list[bytes]) -> bool:
        self.received += messages
        for kind, body in self._framer.feed(b"".join(messages)):
            if kind != MessageType.UPDATE:
                continue
            update = decode_update(body, self._sets)
            assert not update.errors
            for _, keys in update.withdrawn:
                self._lose(keys)
            for _, paths in update.withdrawn_paths:
                self._lose(paths)
            for _, received, keys in update.announced:
                self.holds.update(dict.fromkeys(keys, received.wire))
            for _, received, paths in update.announced_paths:
                self.holds.update(dict.fromkeys(paths, received.wire))
            if update.end_of_rib is not None:
                self.ends.append(update.end_of_rib)
        return self.has_room

    def _lose(self, keys: Iterable[NlriKey]) -> None:
        for gone in keys:
            if self.holds.pop(gone, None) is None:
                self.unfounded.append(gone)


class World:
    """One table, one group or more, and neighbors that are sources and members at once."""

    def __init__(self, members: int, sources: int = 4, group: GroupKey = KEY) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.loc_rib = LocRib(self.table)
        self.groups: list[UpdateGroup] = []
        self.sources = [
            neighbor(f"n{number}", router_id=number, address=f"192.0.2.{number}") for number in range(sources)
        ]
        self.receivers: dict[Source, Receiver] = {}
        self.group = self.add_group(group)
        for source in self.sources[:members]:
            self.join(source)

    def add_group(self, group: GroupKey) -> UpdateGroup:
        """Return one more group; neighbors join the first one."""
        number = len(self.groups)
        is_plain = group.paths == 1
        views = Views(group, number)
        made = UpdateGroup(group, views) if is_plain else PathGroup(group, views, self.table.decision)
        self.groups.append(made)
        self.table.tells_all = any(each.follows_all for each in self.groups)
        return made

    def join(self, source: Source, quota: ExportQuota | None = None, *, has_turn: bool = True) -> None:
        """Let a neighbor's session come up, and tell it all if it has its turn already."""
        for group in self.groups:
            group.members.pop(source, None)
        receiver = self.receivers[source] = Receiver(paths=self.group.follows_all)
        member = self.group.members[source] = Member(source, receiver.write, quota=quota)
        member.start_over(self.table, former=None)
        if has_turn:
            self.drain(source, 100)

    def group_of(self, source: Source) -> UpdateGroup:
        return next(group for group in self.groups if source in group.members)

    def member(self, source: Source) -> Member:
        return self.group_of(source).members[source]

    def move(self, source: Source, to: UpdateGroup) -> None:
        """Let a neighbor see the table in another way."""
        group = self.group_of(source)
        member = to.members[source] = group.members.pop(source)
        member.start_over(self.table, group)

    def drain(self, source: Source, limit: int) -> None:
        group = self.group_of(source)
        while group.drain(group.members[source], self.table, limit):
            pass

    def announce(self, source: Source, received: AttributeSet, *keys: PrefixKey) -> Route:
        new = Route(source, received, SOMEWHERE, 0)
        self.table.announce(new, keys)
        return new

    def run(self, limit: int = 100) -> None:
        batch = self.loc_rib.run(limit)
        for group in self.groups:
            group.advertise(batch)

    def settle(self, run: Callable[[], None]) -> None:
        """Give everybody room and time."""
        for receiver in self.receivers.values():
            receiver.has_room = True
        while self.table.unsettled:
            run()
        for source in self.receivers:
            self.drain(source, 1)

    def should_hold(self, source: Source) -> dict[NlriKey, bytes]:
        """What a neighbor that is sent best routes must hold, worked out from scratch."""
        wanted: dict[NlriKey, bytes] = {}
        for shown in self.table.slots:
            best = self.table.best(shown)
            if best is not None and best.source is not source:
                outcome = egress(self.group_of(source).key, best, shown)
                if not isinstance(outcome, Withheld):
                    wanted[shown] = outcome.wire
        return wanted
