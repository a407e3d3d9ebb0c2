"""A neighbor that comes and goes at random, beside an account of what has to be there (RFC 9494 §4.2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from types import SimpleNamespace
from typing import Final, NamedTuple, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from bgpd.logs.journal import Journal
from bgpd.pipeline import Pipeline
from bgpd.protocols.neighbor_routes import NeighborRoutes
from bgpd.protocols.stale_routes import Limits, StaleRoutes
from bgpd.settings import NeighborSettings
from fsm.long_lived_restart import LongLived
from fsm.restart import Restart
from messages.attributes import COMMUNITIES
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from messages.iana import WellKnownCommunity
from rib.long_lived_stale import is_long_lived_stale
from rib.route import Route
from rib.slot import entries_of, route_of
from rib.table import Table
from tests.protocols.turns import Turns
from tests.protocols.virtual_time import VirtualTime
from tests.rib.building import attributes, key

BEYOND, LONGEST = 20, 50
PREFIXES: Final = [key(f"10.{number}.0.0/16") for number in range(4)]
SAYINGS: Final = ((), (WellKnownCommunity.LLGR_STALE,), (WellKnownCommunity.NO_LLGR,), (7,))
FAMILY: Final = frozenset({IPV4_UNICAST})


class Wish(NamedTuple):
    """What the neighbor's OPEN says."""

    time: int
    is_listed: bool
    """Whether our family is among those that may be kept for a restart."""
    is_preserved: bool
    stale_time: int
    is_long_preserved: bool

    @property
    def agreed(self) -> Restart:
        return Restart(
            time=self.time,
            families=(IPV4_UNICAST,) if self.is_listed else (),
            preserved=FAMILY if self.is_listed and self.is_preserved else frozenset(),
            is_restarting=False,
            after_notification=False,
            is_helped=False,
            long_lived=LongLived(
                {IPV4_UNICAST: self.stale_time} if self.stale_time else {},
                FAMILY if self.is_long_preserved else frozenset(),
            ),
        )

    @property
    def survives(self) -> bool:
        return bool(self.stale_time or (self.time and self.is_listed))


@dataclass
class Account:
    """What has to be there: three shelves, and when the two for what is kept are cleared."""

    fresh: dict[PrefixKey, tuple[int, ...]] = field(default_factory=dict)
    stale: dict[PrefixKey, tuple[int, ...]] = field(default_factory=dict)
    long: dict[PrefixKey, tuple[int, ...]] = field(default_factory=dict)
    wish: Wish | None = None
    """Of the present session."""
    last: Wish | None = None
    away_until: float = inf
    end: float = inf
    long_until: float = inf

    def say(self, prefix: PrefixKey, communities: tuple[int, ...] | None) -> None:
        for shelf in (self.fresh, self.stale, self.long):
            shelf.pop(prefix, None)
        if communities is not None:
            self.fresh[prefix] = communities

    def lose(self, now: float) -> None:
        assert self.wish is not None
        wish, self.wish, self.last = self.wish, None, self.wish
        before, self.fresh = self.fresh, {}
        if not wish.survives:
            self.stale, self.long = {}, {}
            self.away_until = self.end = self.long_until = inf
        elif self.long_until < inf:
            self._grow(before)
        elif wish.time and wish.is_listed:
            self.stale |= before
            self.away_until = now + wish.time
            self.end = min(self.end, self.away_until + BEYOND)
        else:
            before |= self.stale
            self._begin_long(before, wish, now)

    def _begin_long(self, routes: dict[PrefixKey, tuple[int, ...]], wish: Wish, now: float) -> None:
        self.stale, self.away_until, self.end = {}, inf, inf
        self.long_until = now + min(wish.stale_time, LONGEST)
        self._grow(routes)

    def _grow(self, routes: dict[PrefixKey, tuple[int, ...]]) -> None:
        self.long |= {p: said for p, said in routes.items() if WellKnownCommunity.NO_LLGR not in said}

    def back(self, wish: Wish) -> None:
        self.wish, self.away_until = wish, inf
        if not (wish.is_listed and wish.is_preserved):
            self.stale, self.end = {}, inf
        if not wish.is_long_preserved:
            self.long, self.long_until = {}, inf

    def end_of_rib(self) -> None:
        self.stale, self.long = {}, {}
        self.end = self.long_until = inf

    def pass_by(self, now: float) -> None:
        due = min(self.away_until, self.end)
        if due <= now and self.wish is None and self.last is not None and self.last.stale_time:
            self._begin_long(self.stale, self.last, due)
        elif due <= now:
            self.stale, self.away_until, self.end = {}, inf, inf
        if self.long_until <= now:
            self.long, self.long_until = {}, inf

    @property
    def routes(self) -> dict[PrefixKey, bool]:
        """Return the prefixes, and whether their routes are long-lived stale."""
        said = {p: WellKnownCommunity.LLGR_STALE in each for p, each in (self.stale | self.fresh).items()}
        return dict.fromkeys(self.long, True) | said


class Life:
    """The real thing, and the account of it."""

    def __init__(self) -> None:
        self.time, self.turns = VirtualTime(), Turns()
        self.pipeline = Pipeline(Table("master", IPV4_UNICAST), self.turns)
        self.pipeline.next_hops.set_connected({key("192.0.2.0/24"): 2}, {2})
        who = SimpleNamespace(name="tor1", preference=100, families=(IPV4_UNICAST,))
        self.routes = NeighborRoutes(
            cast("NeighborSettings", who), {IPV4_UNICAST: self.pipeline}, lambda: None
        )
        self.source = self.routes.ties[IPV4_UNICAST].source
        self.has_session = False
        self.stale = StaleRoutes(
            Journal("tor1"),
            Limits(BEYOND, LONGEST),
            self.time,
            lambda family: self.routes.sweep(family, has_session=self.has_session),
            self.routes.grow_stale,
        )
        self.account = Account()

    def say(self, prefix: PrefixKey, communities: tuple[int, ...] | None) -> None:
        if self.account.wish is None:
            return
        self.account.say(prefix, communities)
        if communities is None:
            self.pipeline.table.withdraw(self.source, [prefix])
        else:
            said = attributes(65001, rows={COMMUNITIES: communities} if communities else {})
            way = self.pipeline.next_hops.resolve(parse_address("192.0.2.254"), self.source)
            self.pipeline.table.announce(Route(self.source, said, *way[:1], 0), [prefix])
        self.pipeline.touched()

    def come_or_go(self, wish: Wish) -> None:
        if self.account.wish is None:
            self.source.epoch += 1
            self.has_session = True
            self.stale.session_up(wish.agreed, [IPV4_UNICAST])
            self.account.back(wish)
            return
        agreed, self.has_session = self.account.wish.agreed, False
        retained = agreed.retained(None)
        if retained:
            self.stale.keep(retained, agreed)
        else:
            self.stale.give_up()
            self.routes.flush([IPV4_UNICAST])
            self.turns.run()  # no session begins before
        self.account.lose(self.time.time())

    def end_of_rib(self) -> None:
        if self.account.wish is not None:
            self.stale.end_of_rib(IPV4_UNICAST)
            self.account.end_of_rib()

    def pass_by(self, seconds: int) -> None:
        for _ in range(seconds):
            self.time.pass_by(1)
            self.account.pass_by(self.time.time())

    def check(self) -> None:
        self.turns.run()
        held = {
            prefix: is_long_lived_stale(route_of(entry).attributes)
            for prefix, slot in self.pipeline.table.slots.items()
            for entry in entries_of(slot)
        }
        assert held == self.account.routes
        assert self.source.routes == len(held)
        timers = self.stale.long_lived_timers
        left = {IPV4_UNICAST: self.account.long_until - self.time.time()}
        assert {family: timer.left for family, timer in timers.items()} == (
            left if self.account.long_until < inf else {}
        )


WISHES: Final = st.builds(
    Wish,
    time=st.sampled_from((0, 5, 12)),
    is_listed=st.sampled_from((True, True, False)),
    is_preserved=st.sampled_from((True, True, False)),
    stale_time=st.sampled_from((0, 30, 99)),
    is_long_preserved=st.sampled_from((True, True, False)),
)
Deed = Callable[[Life], None]
DEEDS: Final[st.SearchStrategy[Deed]] = st.one_of(
    st.builds(
        lambda prefix, said: lambda life: life.say(prefix, said),
        st.sampled_from(PREFIXES),
        st.sampled_from((*SAYINGS, None)),
    ),
    st.builds(lambda wish: lambda life: life.come_or_go(wish), WISHES),
    st.builds(lambda wish: lambda life: life.come_or_go(wish), WISHES),
    st.just(lambda life: life.end_of_rib()),
    st.builds(lambda seconds: lambda life: life.pass_by(seconds), st.integers(1, 15)),
)


@settings(deadline=None, max_examples=300)
@given(WISHES, st.lists(st.tuples(DEEDS, st.booleans()), min_size=1, max_size=30))
def test_what_is_there_is_what_has_to_be_there(first: Wish, deeds: list[tuple[Deed, bool]]) -> None:
    """Also if the table is behind while the next thing happens."""
    life = Life()
    life.come_or_go(first)
    for prefix, communities in zip(PREFIXES, SAYINGS, strict=True):
        life.say(prefix, communities)
    for deed, looks in deeds:
        deed(life)
        if looks:
            life.check()
    life.check()
