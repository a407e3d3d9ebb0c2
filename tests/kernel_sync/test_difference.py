"""From any table to any other, by the messages alone: a model of Linux reads the octets that are sent."""

from errno import EEXIST, ENOENT, ESRCH
from os import strerror
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.fib import Fib
from kernel_sync.observer import Observer
from kernel_sync.operations import Operation
from kernel_sync.route_messages import RoutePacker, RouteReader
from kernel_sync.rtnetlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    RTM_DELROUTE,
    Message,
    split_messages,
)
from kernel_sync.types import PROTOCOL_BIRD, Failure, KernelRoute, Metric, NextHop, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key

TABLE: Final = 1000
STATIC: Final = 4
Wanted = dict[PrefixKey, KernelRoute]
Place = tuple[PrefixKey, int]
"""Prefix and metric: where a routing table holds one route."""

World = tuple[Family, dict[Place, ObservedRoute], Wanted, Wanted]
"""What is in a table, and what is wanted in it first and then."""


class Linux:
    """One routing table, as rtnetlink(7) writes it: there is one route at a place."""

    def __init__(self, family: Family, table: dict[Place, ObservedRoute]) -> None:
        self.table = dict(table)
        self._packer = RoutePacker(family, TABLE)
        self._reader = RouteReader(family, TABLE)
        self._sequence = 0

    def write(self, operations: list[Operation]) -> dict[int, Failure]:
        self._sequence += len(operations)
        data = b"".join(self._packer.pack(operations, self._sequence))
        answers = (
            (position, self._take(data, message)) for position, message in enumerate(split_messages(data))
        )
        return {position: Failure(error, strerror(error)) for position, error in answers if error}

    def _take(self, data: bytes, message: Message) -> int:
        read = self._reader.read(data, message.start, message.end)
        assert read is not None, "a message that is not about a route of the table"
        key, (route, protocol) = read
        assert protocol == PROTOCOL_BIRD
        there = self.table.get((key, route.metric))
        if message.kind == RTM_DELROUTE:
            if there is None or there.protocol != protocol or there.route.kind is not route.kind:
                return ESRCH
            del self.table[key, route.metric]
            return 0
        if message.flags & NLM_F_EXCL and there is not None:
            return EEXIST
        if not message.flags & NLM_F_CREATE and there is None:
            return ENOENT
        if there is not None:
            assert message.flags & NLM_F_REPLACE
            assert there.protocol == PROTOCOL_BIRD, "an alien route is overwritten"
        self.table[key, route.metric] = ObservedRoute(route, protocol)
        return 0


families = st.sampled_from([IPV4_UNICAST, IPV6_UNICAST])


@st.composite
def worlds(
    draw: st.DrawFn,
) -> World:
    family = draw(families)
    octets = family.address_octets
    keys = [make_key(bytes((0x20, number)).ljust(octets, b"\0"), 16) for number in range(4)]
    gateways = st.integers(1, 3).map(
        lambda number: bytes((0x20,)).ljust(octets - 1, b"\0") + bytes((number,))
    )
    hops = st.builds(NextHop, st.just(b"") | gateways, st.integers(1, 2), st.integers(1, 2), st.booleans())
    routes = st.builds(
        KernelRoute,
        st.sampled_from([RouteKind.UNICAST, RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT]),
        st.lists(hops, min_size=1, max_size=2, unique_by=lambda hop: hop[:2]).map(tuple),
        st.sampled_from([0, 7, 1024]),
        st.just(b"") | gateways,
        st.sampled_from([0, 5]),
        st.sampled_from([(), ((int(Metric.MTU), 1400),)]),
        st.none(),
    ).map(lambda route: route.canonical(family))
    observed = st.builds(ObservedRoute, routes, st.sampled_from([PROTOCOL_BIRD, STATIC]))
    there = draw(st.lists(st.tuples(st.sampled_from(keys), observed), max_size=10))
    table = {(key, row.route.metric): row for key, row in there}
    wanted = st.dictionaries(st.sampled_from(keys), routes)
    return family, table, draw(wanted), draw(wanted)


@given(worlds(), st.integers(1, 5))
def test_the_messages_lead_exactly_there_and_touch_nothing_else(
    world: World,
    batch: int,
) -> None:
    family, table, first, then = world
    linux, fib = Linux(family, table), Fib(family)
    observer = Observer(fib)
    observer.begin_dump()
    for (key, _), row in table.items():
        observer.observe_dumped(key, row)
    while not observer.end_dump(limit=1):
        pass
    fib.complete()
    for wanted in (first, then):
        want(fib, wanted)
        for _ in range(100):
            if fib.settled:
                break
            operations = fib.pending(batch)
            fib.done(operations, linux.write(operations))
        aliens = {place: row for place, row in table.items() if row.protocol != PROTOCOL_BIRD}
        ours = {
            (key, route.metric): ObservedRoute(route, PROTOCOL_BIRD)
            for key, route in wanted.items()
            if (key, route.metric) not in aliens
        }
        assert linux.table == aliens | ours


def want(fib: Fib, wanted: dict[PrefixKey, KernelRoute]) -> None:
    for key in [key for key in fib.wanted if key not in wanted]:
        fib.set([key], None)
    for key, route in wanted.items():
        fib.set([key], route)


@given(worlds())
def test_a_prefix_that_stays_is_never_without_a_route(
    world: World,
) -> None:
    """Whatever becomes of kind, next hops and metric, after each single message there is a route of ours."""
    family, _, first, then = world
    linux, fib = Linux(family, {}), Fib(family)
    fib.complete()
    for wanted in (first, then):
        want(fib, wanted)
        stays = first.keys() & then.keys() if wanted is then else set()
        while not fib.settled:
            operations = fib.pending(1)
            failures: dict[int, Failure] = {}
            for position, operation in enumerate(operations):
                failures.update((position, each) for each in linux.write([operation]).values())
                assert stays <= {key for key, _ in linux.table}
            fib.done(operations, failures)
