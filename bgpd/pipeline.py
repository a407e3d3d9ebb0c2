"""From one table to the kernel and the neighbors: the second half of a route's way (architecture §5)."""

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from time import thread_time
from typing import Final, Protocol

from bgpd.offers import Offers
from bgpd.walks import Renewal, Walks
from messages.families.prefix import PrefixKey
from rib.egress import GroupKey
from rib.loc_rib import Batch, LocRib
from rib.member import Member
from rib.next_hops import NextHops
from rib.path_group import new_group
from rib.route import Route, Source
from rib.table import Table
from rib.update_group import UpdateGroup
from rib.views import Views

TICK_SECONDS: Final = 0.015
"""CPU time after which a tick leaves the rest to the next one."""
ROUND_KEYS: Final = 1024
"""Keys worked on between two looks at the clock, shared by the update groups that must be told of them."""
MANY_MEMBERS: Final = 100
"""As many as cost as much to write to as one more update group to encode for."""
FEWEST_KEYS: Final = 32
RECHECK_PART: Final = 16
"""How many times the work on a key looking up a next hop is."""
DRAINED_AT_ONCE: Final = 4
"""Neighbors with a backlog at which others wait with being told everything again."""
BEHIND_KEYS: Final = 65_536
"""Dirty keys at which neighbors are no longer read from, until half of them are settled."""


class Reader(Protocol, Hashable):
    """Whoever fills the table and can be asked to wait."""

    def pause_reading(self) -> None: ...
    def resume_reading(self) -> None: ...


class Follower(Protocol):
    """Whoever has to know every change of the table, and is never behind."""

    @property
    def follows_all(self) -> bool:
        """Whether it needs to know of all routes to a prefix, not only of the best."""

    def follow(self, batch: Batch) -> None:
        """Take what a round has settled."""


Failed = Callable[[Source | None, Exception], None]
"""Is told of a bug that has hit what a source says or is told; None: the whole table."""


def _give_up(_source: Source | None, error: Exception) -> None:
    raise error


def _lose(_follower: Follower, error: Exception) -> None:
    raise error


class Scheduler(Protocol):
    """An event loop, as far as it is needed here."""

    def call_soon(self, callback: Callable[[], object], /) -> object: ...


class Pipeline:
    """Runs the batches of one table and hands the changes on.

    Everything that touches the table calls ``touched`` afterwards; the work is then done in ticks, each
    bounded in CPU time, with the event loop in between.
    """

    def __init__(self, table: Table, loop: Scheduler, other_family: Table | None = None) -> None:
        """``other_family`` is the table of next hops that are of the other family (RFC 8950)."""
        self.table: Final = table
        self.next_hops: Final = NextHops(table, other_family)
        self.offers: Final = Offers(table)
        """Knows how much there was to tell."""
        self._followers: list[Follower] = [self.offers]
        self.failed: Failed = _give_up
        """Ends what the bug has left half done; after one of the whole table nothing goes on by itself."""
        self.follower_failed: Callable[[Follower, Exception], None] = _lose
        """Is told of a bug in a follower that belongs to nobody; it follows no more."""
        self.route_failed: Callable[[Route, Exception], None] | None = None
        """Is told of a bug that keeps a route from being sent."""
        self.rounds = 0
        """How many were done: while there is work, this grows."""
        self._loop = loop
        self._loc_rib = LocRib(table)
        self._walks = Walks(table, self.next_hops, self._source_failed)
        self._groups: dict[GroupKey, UpdateGroup] = {}
        self._views: dict[GroupKey, Views] = {}
        """By all of the key that changes what a route looks like."""
        self._scheduled = False
        self._brakes: dict[Follower, Callable[[], bool]] = {}
        self._owners: dict[Follower, Callable[[Exception], None]] = {}
        self._halted = False
        self._paused: dict[Reader, None] = {}
        self._draining: dict[Member, UpdateGroup] = {}
        self._jobs: deque[Callable[[], None]] = deque()

    # -- what others call --------------------------------------------------------------------------

    def touched(self) -> None:
        """Ask for a tick: keys may be dirty or a neighbor may have something to be told."""
        if not self._scheduled and not self._halted:
            self._scheduled = True
            self._loop.call_soon(self._tick)

    def touched_by(self, reader: Reader) -> None:
        """The same for a neighbor that just filled the table; it waits if the pipeline is behind."""
        if (self.table.unsettled > BEHIND_KEYS or self._is_held) and reader not in self._paused:
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
            member.start_over(self.table, former=None)
            self.writable(group, member)
        self._choose_what_is_told()
        return group

    def _group(self, key: GroupKey) -> UpdateGroup:
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = new_group(key, self._views_of(key), self.table.decision)
        return group

    def _views_of(self, key: GroupKey) -> Views:
        what_is_sent = replace(key, paths=1, limited=None)
        views = self._views.get(what_is_sent)
        if views is None:
            taken = {each.number for each in self._views.values()}
            number = next(number for number in count() if number not in taken)
            views = self._views[what_is_sent] = Views(what_is_sent, number, self.route_failed)
        return views

    def forget_unused(self) -> None:
        """Let go of what a configuration leaves behind: groups that nobody is in, sources without routes."""
        self.offers.forget_gone()
        used = {key: group for key, group in self._groups.items() if group.members}
        members = [member for group in used.values() for member in group.members.values()]
        former = [member.former for member in members if isinstance(member.former, UpdateGroup)]
        shown = {group.views for group in [*used.values(), *former]}
        self._groups = used
        self._views = {key: views for key, views in self._views.items() if views in shown}

    @property
    def groups(self) -> Sequence[UpdateGroup]:
        """All that have members."""
        return [group for group in self._groups.values() if group.members]

    def attach(
        self,
        follower: Follower,
        is_behind: Callable[[], bool] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Tell a follower of every change from now on.

        While it ``is_behind`` there is less to tell: neighbors are not read from, and walks wait. When it no
        longer is, it has to call ``touched``. A bug of its own detaches it, and then ``failed`` is called.
        """
        self._followers.append(follower)
        if failed is not None:
            self._owners[follower] = failed
        if is_behind is not None:
            self._brakes[follower] = is_behind
        self._choose_what_is_told()

    def detach(self, follower: Follower) -> None:
        """Tell it no more; nothing happens if it is not told anyway."""
        if follower in self._followers:
            self._followers.remove(follower)
            self._brakes.pop(follower, None)
            self._owners.pop(follower, None)
            self.touched()
            self._choose_what_is_told()

    def _choose_what_is_told(self) -> None:
        """To follow all routes costs more than to follow the best: only on demand."""
        listeners: list[Follower | UpdateGroup] = [*self._followers, *self.groups]
        self.table.tells_all = any(listener.follows_all for listener in listeners)

    def move(self, group: UpdateGroup, key: GroupKey, member: Member) -> UpdateGroup:
        """Let a neighbor see the table in another way from now on; what it was sent is put right."""
        self.leave(group, member)
        moved = self._group(key)
        moved.members[member.source] = member
        member.start_over(self.table, group)
        self.writable(moved, member)
        self._choose_what_is_told()
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
        if member.backlog is not None and not member.is_held:
            self._draining[member] = group
            self.touched()

    def release(self, group: UpdateGroup, member: Member) -> None:
        """Begin to tell a neighbor that was held back (RFC 4724 §4.1)."""
        member.is_held = False
        if member.backlog is not None:
            member.start_over(self.table, former=None)
            self.writable(group, member)

    def leave(self, group: UpdateGroup, member: Member) -> None:
        """A neighbor's session ended."""
        group.members.pop(member.source, None)
        if group.key.limited is not None:
            self._groups.pop(group.key, None)  # it was for this member alone
        self._draining.pop(member, None)
        self._choose_what_is_told()

    def forget_reader(self, reader: Reader) -> None:
        """A reader is gone; it need not be resumed."""
        self._paused.pop(reader, None)

    def purge(self, source: Source, done: Callable[[], None]) -> None:
        """Take all routes of a source out of the table, in slices; ``done`` is called when they are gone."""
        self._walks.purge(source, done)
        self.touched()

    def sweep(self, source: Source, done: Callable[[], None] | None = None) -> None:
        """Take out what a source has not said again in its present epoch (RFC 7313 §4)."""
        self._walks.sweep(source, done)
        self.touched()

    def grow_stale(self, source: Source) -> None:
        """Keep what a source has said up to now as the last choice (RFC 9494 §4.2)."""
        self._walks.grow_stale(source)
        self.touched()

    def renew(self, source: Source, renewal: Renewal) -> None:
        """Put the successor of each route of a source in its place; None removes it."""
        self._walks.renew(source, renewal)
        self.touched()

    def set_connected(
        self,
        connected: Mapping[PrefixKey, int],
        up: Collection[int],
        by_other_family: Mapping[PrefixKey, int] | None = None,
    ) -> None:
        """The interfaces or their addresses changed: next hops may resolve differently."""
        self.next_hops.set_connected(connected, up, by_other_family)
        self.touched()

    def links_changed(
        self,
        connected: Collection[PrefixKey],
        switched: Iterable[int],
        by_other_family: Collection[PrefixKey],
    ) -> None:
        """Some of what ``set_connected`` took is not as it was: see there."""
        self.next_hops.links_changed(connected, switched, by_other_family)
        if self.next_hops.is_in_doubt:
            self.touched()

    @property
    def is_behind(self) -> bool:
        """Whether what came in has yet to be settled and handed on; neighbors may take it more slowly."""
        return bool(self.table.unsettled or self._walks or self.next_hops.is_in_doubt)

    # -- the work ----------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._scheduled = False
        deadline = thread_time() + TICK_SECONDS
        try:
            while self._round() and thread_time() < deadline:
                pass
        except Exception as error:
            self._halted = True
            self.failed(None, error)
            return
        if self._paused and self.table.unsettled < BEHIND_KEYS // 2 and not self._is_held:
            self._resume_readers()
        if self._has_work():
            self.touched()

    @property
    def has_turn(self) -> bool:
        """Whether it is to work as soon as the loop comes by, or would but for a bug."""
        return self._scheduled or self._halted

    def go_on(self) -> None:
        """Work again after a bug of the whole table."""
        self._halted = False
        self.touched()

    def _round(self) -> bool:
        """Do a little of everything that waits; return whether there is more."""
        self.rounds += 1
        told = [
            len(group.members) for group in self._groups.values() if group.members and not group.is_silent
        ]
        limit = max(FEWEST_KEYS, ROUND_KEYS // max(1, len(told) + sum(told) // MANY_MEMBERS))
        if self.next_hops.is_in_doubt and self.next_hops.recheck(max(FEWEST_KEYS, limit // RECHECK_PART)):
            self._walks.follow_next_hops()
        if not self._is_held:
            self._walks.step(limit)
        if self._jobs and len(self._draining) < DRAINED_AT_ONCE:
            self._jobs.popleft()()
        batch = self._loc_rib.run(self._intake(limit))
        if any(batch):
            self._hand_on(batch)
        self._drain(limit)
        return self._has_work()

    def _intake(self, limit: int) -> int:
        """Return how many keys to settle: less than each neighbor behind is told of, or it never catches up.

        What waits meanwhile is not worked on twice: flaps cancel out, and who causes them is not read from.
        The kernel waits as well, so there is a least number.
        """
        return max(FEWEST_KEYS // 2, limit // 32, limit // (2 * len(self._draining) + 1))

    def _has_work(self) -> bool:
        walks = self._walks and not self._is_held
        waiting = self.table.unsettled or walks or self.next_hops.is_in_doubt
        return bool(waiting or self._draining or self._jobs)

    @property
    def _is_held(self) -> bool:
        """Whether a follower has more to do than it should."""
        return any(is_behind() for is_behind in self._brakes.values())

    def _hand_on(self, batch: Batch) -> None:
        for follower in tuple(self._followers):
            try:
                follower.follow(batch)
            except Exception as error:
                self._follower_failed(follower, error)
        for group in tuple(self._groups.values()):
            if group.members:
                try:
                    group.advertise(batch)
                except Exception as error:  # what of it was sent nobody knows
                    for source in tuple(group.members):
                        self.failed(source, error)
        self.next_hops.hang_on(self.table, batch)

    def _follower_failed(self, follower: Follower, error: Exception) -> None:
        owner = self._owners.get(follower)
        self.detach(follower)
        if owner is None:
            self.follower_failed(follower, error)
        else:
            owner(error)

    def _source_failed(self, source: Source, error: Exception) -> None:
        self.failed(source, error)

    def _drain(self, limit: int) -> None:
        """Serve the neighbors that are behind, in turns."""
        for _ in range(min(len(self._draining), limit // FEWEST_KEYS)):
            member = next(iter(self._draining))
            group = self._draining.pop(member)
            share = max(FEWEST_KEYS, limit // (len(self._draining) + 1))
            try:
                if group.drain(member, self.table, share):
                    self._draining[member] = group  # at the end: the others come first next time
            except Exception as error:
                self.failed(member.source, error)

    def _resume_readers(self) -> None:
        paused, self._paused = self._paused, {}
        for reader in paused:
            reader.resume_reading()
