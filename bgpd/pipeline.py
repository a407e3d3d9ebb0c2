"""From one table to the kernel and the neighbors: the second half of a route's way (architecture §5)."""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from time import thread_time
from typing import Final, Protocol

from bgpd.kernel_routes import KernelView
from messages.families.prefix import PrefixKey
from rib.egress import GroupKey
from rib.loc_rib import Change, LocRib
from rib.next_hops import NextHops
from rib.route import Route, Source
from rib.table import Table
from rib.update_group import Member, UpdateGroup
from rib.walk import Walk

TICK_SECONDS: Final = 0.015
"""CPU time after which a tick leaves the rest to the next one."""
ROUND_KEYS: Final = 2048
"""Keys worked on between two looks at the clock, shared by the update groups that must be told of them."""
FEWEST_KEYS: Final = 32
DRAINED_AT_ONCE: Final = 4
"""Neighbors with a backlog at which others wait with being told everything again."""
BEHIND_KEYS: Final = 65_536
"""Dirty keys at which neighbors are no longer read from, until half of them are settled."""


class Reader(Protocol, Hashable):
    """Whoever fills the table and can be asked to wait."""

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class Scheduler(Protocol):
    """An event loop, as far as it is needed here."""

    def call_soon(self, callback: Callable[[], object], /) -> object: ...


class Pipeline:
    """Runs the batches of one table and hands the changes on.

    Everything that touches the table calls ``touched`` afterwards; the work is then done in ticks, each
    bounded in CPU time, with the event loop in between.
    """

    def __init__(self, table: Table, loop: Scheduler) -> None:
        self.table: Final = table
        self.next_hops: Final = NextHops(table)
        self.kernel: KernelView | None = None
        self.followers: list[Callable[[Sequence[Change]], None]] = []
        self._loop = loop
        self._loc_rib = LocRib(table)
        self._groups: dict[GroupKey, UpdateGroup] = {}
        self._scheduled = False
        self._paused: dict[Reader, None] = {}
        self._walk: Walk | None = None
        self._lost: dict[Source, Callable[[], None]] = {}
        self._being_purged: dict[Source, Callable[[], None]] = {}
        self._swept: dict[Source, int] = {}
        self._being_swept: dict[Source, int] = {}
        self._renewed: dict[Source, Callable[[Route], Route | None]] = {}
        self._being_renewed: dict[Source, Callable[[Route], Route | None]] = {}
        self._next_hops_changed = False
        self._draining: dict[Member, UpdateGroup] = {}
        self._jobs: deque[Callable[[], None]] = deque()

    # -- what others call --------------------------------------------------------------------------

    def touched(self) -> None:
        """Ask for a tick: keys may be dirty or a neighbor may have something to be told."""
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._tick)

    def touched_by(self, reader: Reader) -> None:
        """The same for a neighbor that just filled the table; it waits if the pipeline is behind."""
        if len(self.table.dirty) > BEHIND_KEYS and reader not in self._paused:
            self._paused[reader] = None
            reader.pause_reading()
        self.touched()

    def join(self, key: GroupKey, member: Member) -> UpdateGroup:
        """Let a neighbor follow this table; it is told all of it, then End-of-RIB."""
        group = self._group(key)
        group.members[member.source] = member
        if group.is_silent:
            group.greet(member)
        else:
            member.start_over(self.table, sent_before=False)
            self.writable(group, member)
        return group

    def _group(self, key: GroupKey) -> UpdateGroup:
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = UpdateGroup(key, len(self._groups))
        return group

    def move(self, group: UpdateGroup, key: GroupKey, member: Member) -> UpdateGroup:
        """Let a neighbor see the table in another way from now on; what it was sent is put right."""
        self.leave(group, member)
        moved = self._group(key)
        moved.members[member.source] = member
        member.start_over(self.table, group)
        self.writable(moved, member)
        return moved

    def resend(self, group: UpdateGroup, member: Member, closing: Sequence[bytes] = ()) -> None:
        """Tell a neighbor the whole table again (RFC 2918 §4), and close with these messages."""
        member.start_over(self.table, group, closing)
        self.writable(group, member)

    def later(self, job: Callable[[], None]) -> None:
        """Do something that makes a backlog when few neighbors have one.

        However many are to be told everything again, the loop has its turns between them, and there are not
        as many lists of what to tell.
        """
        self._jobs.append(job)
        self.touched()

    def writable(self, group: UpdateGroup, member: Member) -> None:
        """A neighbor's queue has room again."""
        if member.backlog is not None:
            self._draining[member] = group
            self.touched()

    def leave(self, group: UpdateGroup, member: Member) -> None:
        """A neighbor's session ended."""
        group.members.pop(member.source, None)
        self._draining.pop(member, None)

    def forget_reader(self, reader: Reader) -> None:
        """A reader is gone; it need not be resumed."""
        self._paused.pop(reader, None)

    def purge(self, source: Source, done: Callable[[], None]) -> None:
        """Take all routes of a source out of the table, in slices; ``done`` is called when they are gone."""
        self._lost[source] = done
        self.touched()

    def sweep(self, source: Source) -> None:
        """Take out what a source has not said again in its present epoch (RFC 7313 §4)."""
        self._swept[source] = source.epoch
        self.touched()

    def renew(self, source: Source, renew: Callable[[Route], Route | None]) -> None:
        """Put the successor of each route of a source in its place; None removes it."""
        self._renewed[source] = renew
        self.touched()

    def set_connected(self, connected: Mapping[PrefixKey, int], up: Collection[int]) -> None:
        """The interfaces or their addresses changed: next hops may resolve differently."""
        self.next_hops.set_connected(connected, up)
        self._recheck_next_hops()

    # -- the work ----------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._scheduled = False
        deadline = thread_time() + TICK_SECONDS
        while self._round() and thread_time() < deadline:
            pass
        if len(self.table.dirty) < BEHIND_KEYS // 2 and self._paused:
            self._resume_readers()
        if self._has_work():
            self.touched()

    def _round(self) -> bool:
        """Do a little of everything that waits; return whether there is more."""
        limit = max(FEWEST_KEYS, ROUND_KEYS // max(1, len(self._groups)))
        self._step_walk(limit)
        if self._jobs and len(self._draining) < DRAINED_AT_ONCE:
            self._jobs.popleft()()
        changes = self._loc_rib.run(self._intake(limit))
        if changes:
            self._hand_on(changes)
        self._drain(limit)
        return self._has_work()

    def _intake(self, limit: int) -> int:
        """Return how many keys to settle: less than each neighbor behind is told of, or it never catches up.

        What waits meanwhile is not worked on twice: flaps cancel out, and who causes them is not read from.
        The kernel waits as well, so there is a least number.
        """
        return max(FEWEST_KEYS // 2, limit // 32, limit // (2 * len(self._draining) + 1))

    def _has_work(self) -> bool:
        return bool(self.table.dirty or self._draining or self._walk or self._jobs or self._wants_walk())

    def _wants_walk(self) -> bool:
        return bool(self._lost or self._swept or self._renewed or self._next_hops_changed)

    def _hand_on(self, changes: Sequence[Change]) -> None:
        if self.kernel is not None:
            self.kernel.apply(changes)
        for group in self._groups.values():
            if group.members:
                group.advertise(changes)
        for follower in self.followers:
            follower(changes)
        if self.next_hops.hang_on(changes):
            self._recheck_next_hops()

    def _drain(self, limit: int) -> None:
        """Serve the neighbors that are behind, in turns."""
        for _ in range(min(len(self._draining), limit // FEWEST_KEYS)):
            member = next(iter(self._draining))
            group = self._draining.pop(member)
            if group.drain(member, self.table, max(FEWEST_KEYS, limit // (len(self._draining) + 1))):
                self._draining[member] = group  # at the end: the others come first next time

    def _resume_readers(self) -> None:
        paused, self._paused = self._paused, {}
        for reader in paused:
            reader.resume_reading()

    # -- walks -------------------------------------------------------------------------------------

    def _recheck_next_hops(self) -> None:
        if self.next_hops.recheck():
            self._next_hops_changed = True
            self.touched()

    def _step_walk(self, limit: int) -> None:
        """Go on with the walk, or begin one over all causes that have gathered."""
        if self._walk is None:
            if not self._wants_walk():
                return
            self._being_purged, self._lost = self._lost, {}
            self._being_swept, self._swept = self._swept, {}
            self._being_renewed, self._renewed = self._renewed, {}
            self._next_hops_changed = False
            self._walk = Walk(self.table, self._successor)
        if self._walk.step(limit):
            self._walk = None
            purged, self._being_purged = self._being_purged, {}
            for done in purged.values():
                done()

    def _successor(self, route: Route) -> Route | None:
        source = route.source
        if source in self._being_purged or route.epoch < self._being_swept.get(source, 0):
            return None
        renew = self._being_renewed.get(source)
        return self.next_hops.successor(route) if renew is None else renew(route)
