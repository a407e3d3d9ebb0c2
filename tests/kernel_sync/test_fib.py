"""The difference between wanted and installed, against a model of the kernel that is a dict."""

from collections.abc import Iterator, Sequence
from errno import EEXIST, EINVAL, ENOENT, ESRCH
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.fib import Fib
from kernel_sync.observer import Notification, Observer
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.types import PROTOCOL_BIRD, Failure, KernelRoute, NextHop, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import PrefixKey, parse_prefix

STATIC = 4
KEYS = [parse_prefix(f"10.{number}.0.0/16")[1] for number in range(3)]
KEY = KEYS[0]


def via(last_octet: int, metric: int = 0) -> KernelRoute:
    hop = NextHop(bytes((10, 0, 0, last_octet)), 2)
    return KernelRoute(RouteKind.UNICAST, (hop,), metric).canonical(IPV4_UNICAST)


BLACKHOLE = KernelRoute(RouteKind.BLACKHOLE).canonical(IPV4_UNICAST)
REFUSED = via(99)
"""The model refuses it, as Linux does a gateway that no interface reaches."""
ROUTES = [via(2), via(3), via(4, metric=7), BLACKHOLE, REFUSED]


class Kernel:
    """A routing table: one route for each prefix and metric, whoever put it there."""

    def __init__(self, fib: Fib) -> None:
        self.fib = fib
        self.observer = Observer(fib)
        self.now = 0.0
        self.table: dict[tuple[PrefixKey, int], ObservedRoute] = {}
        self.displaced: list[ObservedRoute] = []

    def write(self, operation: Operation) -> Failure | None:
        key, kind, route = operation
        place = (key, route.metric)
        there = self.table.get(place)
        if kind is OperationKind.DELETE:
            if there is None or there.protocol != PROTOCOL_BIRD or there.route.kind is not route.kind:
                return Failure(ESRCH, "No such process")
            del self.table[place]
            return None
        if kind is OperationKind.ADD and there is not None:
            return Failure(EEXIST, "File exists")
        if kind is OperationKind.REPLACE and there is None:
            return Failure(ENOENT, "No such file or directory")
        if route.next_hops == REFUSED.next_hops:
            return Failure(EINVAL, "Invalid argument")
        if there is not None and there.protocol != PROTOCOL_BIRD:
            self.displaced.append(there)
        self.table[place] = ObservedRoute(route, PROTOCOL_BIRD)
        return None

    def put(self, key: PrefixKey, observed: ObservedRoute) -> None:
        """Another program writes, whatever is there."""
        place = (key, observed.route.metric)
        replaced = place in self.table
        self.table[place] = observed
        self.tell(key, observed, present=True, replaced=replaced)

    def take(self, key: PrefixKey, metric: int) -> None:
        """Another program deletes."""
        gone = self.table.pop((key, metric), None)
        if gone is not None:
            self.tell(key, gone, present=False)

    def tell(self, key: PrefixKey, observed: ObservedRoute, *, present: bool, replaced: bool = False) -> None:
        """Another program has done something."""
        self.observer.observe(Notification(key, observed, present, replaced, port=4711), self.now)

    def lose(self, key: PrefixKey, metric: int) -> None:
        """The kernel drops a route and says nothing."""
        self.table.pop((key, metric), None)

    def dump(self) -> None:
        self.observer.begin_dump()
        for (key, _), observed in self.table.items():
            self.observer.observe_dumped(key, observed)
        while not self.observer.end_dump(limit=1):
            pass

    def flush(self, limit: int = 2) -> None:
        for _ in range(100):
            if self.fib.settled:
                return
            operations = self.fib.pending(limit)
            self.fib.done(operations, dict(self.answers(operations)))
        raise AssertionError("the table does not come to rest")

    def answers(self, operations: Sequence[Operation]) -> Iterator[tuple[int, Failure]]:
        for position, operation in enumerate(operations):
            failure = self.write(operation)
            if failure is not None:
                yield position, failure

    def ours(self) -> dict[PrefixKey, KernelRoute]:
        return {key: row.route for (key, _), row in self.table.items() if row.protocol == PROTOCOL_BIRD}


def new() -> tuple[Fib, Kernel]:
    fib = Fib(IPV4_UNICAST)
    return fib, Kernel(fib)


def operations_of(fib: Fib) -> list[tuple[OperationKind, KernelRoute]]:
    return [(kind, route) for _, kind, route in fib.pending(10)]


keys, metrics = st.sampled_from(KEYS), st.sampled_from([0, 7])
observed = st.builds(ObservedRoute, st.sampled_from(ROUTES[:4]), st.sampled_from([STATIC, PROTOCOL_BIRD]))
actions = st.lists(
    st.one_of(
        st.tuples(st.just("set"), keys, st.none() | st.sampled_from(ROUTES)),
        st.tuples(st.just("put"), keys, observed),
        st.tuples(st.just("take"), keys, metrics),
        st.tuples(st.just("lose"), keys, metrics),
        st.tuples(st.just("dump")),
        st.tuples(st.just("flush")),
        st.tuples(st.just("complete")),
    ),
    max_size=25,
)


@given(actions)
def test_the_kernel_ends_up_as_wanted_and_aliens_are_untouched(script: list[tuple[Any, ...]]) -> None:
    fib, kernel = new()
    aliens = set()
    for action in script:
        perform(fib, kernel, action)
        if action[0] == "flush":
            assert not kernel.displaced
        aliens = {place for place, row in kernel.table.items() if row.protocol == STATIC}
    fib.complete()
    kernel.dump()
    kernel.flush()
    assert not kernel.displaced
    assert {place for place, row in kernel.table.items() if row.protocol == STATIC} == aliens
    check_converged(fib, kernel)


def perform(fib: Fib, kernel: Kernel, action: tuple[Any, ...]) -> None:
    match action:
        case ("set", key, route):
            fib.set([key], route)
        case ("complete",):
            fib.complete()
        case (name, *arguments):
            getattr(kernel, str(name))(*arguments)


def check_converged(fib: Fib, kernel: Kernel) -> None:
    expected = {}
    for key, route in fib.wanted.items():
        blocked = (key, route.metric) in kernel.table and (
            kernel.table[key, route.metric].protocol != PROTOCOL_BIRD
        )
        refused = route.next_hops == REFUSED.next_hops
        assert (fib.problem(key) is not None) == (blocked or refused)
        if not blocked and not refused:
            expected[key] = route
    assert kernel.ours() == expected
    assert len([row for row in kernel.table.values() if row.protocol == PROTOCOL_BIRD]) == len(expected)
    assert fib.installed() == expected
    assert {key for key in KEYS if fib.is_written(key)} == expected.keys()
    assert len(fib) == len(expected)


@given(
    st.lists(st.tuples(keys, st.none() | st.sampled_from(ROUTES[:4]))),
    keys,
    st.none() | observed,
    st.integers(0, 3),
)
def test_a_write_of_others_in_the_middle_of_a_batch_is_sorted_out(
    wanted: list[tuple[PrefixKey, KernelRoute | None]],
    key: PrefixKey,
    intruder: ObservedRoute | None,
    moment: int,
) -> None:
    """Whether it came before or after ours cannot be seen: delete what may be ours and add exclusively."""
    fib, kernel = new()
    fib.complete()
    fib.set(KEYS, via(9))
    kernel.flush()
    for changed, route in wanted:
        fib.set([changed], route)
    operations = fib.pending(10)
    failures = dict(kernel.answers(operations[:moment]))
    before = kernel.table.get((key, 0))
    if intruder is not None:
        kernel.table[key, intruder.route.metric] = intruder
    else:
        kernel.lose(key, 0)
    late = dict(kernel.answers(operations[moment:]))
    fib.done(operations, failures | {moment + position: failure for position, failure in late.items()})
    if intruder is not None:
        kernel.tell(key, intruder, present=True, replaced=before is not None and not intruder.route.metric)
    elif before is not None:
        kernel.tell(key, before, present=False)
    for operation in operations:
        if operation.key == key:
            fib.doubt(operation)
    kernel.flush()
    if intruder is None or intruder.protocol == PROTOCOL_BIRD or not kernel.displaced:
        check_converged(fib, kernel)


def test_what_appears_at_another_metric_while_ours_is_deleted_is_not_forgotten() -> None:
    fib, kernel = new()
    fib.complete()
    fib.set([KEY], via(9))
    kernel.flush()
    fib.set([KEY], None)
    [deletion] = fib.pending(10)
    fib.done([deletion], dict(kernel.answers([deletion])))
    kernel.put(KEY, ObservedRoute(via(4, metric=7), PROTOCOL_BIRD))
    fib.doubt(deletion)
    kernel.flush()
    assert kernel.ours() == {}


def test_what_a_dump_shows_of_a_prefix_that_nobody_wants_any_more_is_removed() -> None:
    """It was wanted for a moment, and somebody wrote ours at another metric meanwhile."""
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.put(KEY, ObservedRoute(via(4, metric=7), PROTOCOL_BIRD))
    fib.set([KEY], None)
    fib.complete()
    kernel.dump()
    kernel.flush()
    assert kernel.ours() == {}


def test_each_change_is_one_message() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    assert operations_of(fib) == [(OperationKind.ADD, via(2))]
    fib.set([KEY], via(2))
    kernel.flush()
    fib.set([KEY], via(3))
    assert operations_of(fib) == [(OperationKind.REPLACE, via(3))]
    fib.set([KEY], via(3))
    kernel.flush()
    fib.set([KEY], None)
    assert operations_of(fib) == [(OperationKind.DELETE, via(3))]


def test_a_change_of_metric_leaves_no_moment_without_a_route() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2, metric=1024))
    kernel.flush()
    fib.set([KEY], via(2, metric=512))
    assert operations_of(fib) == [
        (OperationKind.ADD, via(2, metric=512)),
        (OperationKind.DELETE, via(2, metric=1024)),
    ]


def test_nothing_is_sent_for_what_is_as_wanted() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    fib.set([KEY], via(3))
    fib.set([KEY], via(2))
    assert operations_of(fib) == []
    assert fib.settled


def test_routes_of_an_earlier_process_are_adopted_replaced_or_removed() -> None:
    fib, kernel = new()
    equal, different, unwanted = KEYS
    for key in KEYS:
        kernel.put(key, ObservedRoute(via(2), PROTOCOL_BIRD))
    fib.set([equal], via(2))
    fib.set([different], via(3))
    assert operations_of(fib) == [(OperationKind.REPLACE, via(3))]
    assert unwanted in fib.installed()
    fib.complete()
    assert (unwanted, OperationKind.DELETE, via(2)) in fib.pending(10)


def test_what_is_left_over_is_counted() -> None:
    fib, kernel = new()
    for key in KEYS:
        kernel.put(key, ObservedRoute(via(2), PROTOCOL_BIRD))
    counts = [fib.unwanted]
    fib.set([KEYS[0]], via(2))
    counts.append(fib.unwanted)
    kernel.take(KEYS[1], 0)
    counts.append(fib.unwanted)
    fib.complete()
    kernel.flush()
    counts.append(fib.unwanted)
    assert counts == [3, 2, 1, 0]


def test_nothing_unwanted_is_removed_before_the_feed_is_complete() -> None:
    fib, kernel = new()
    kernel.put(KEY, ObservedRoute(via(2), PROTOCOL_BIRD))
    kernel.put(KEY, ObservedRoute(via(2, metric=7), PROTOCOL_BIRD))
    kernel.dump()
    assert operations_of(fib) == []


def test_an_alien_is_named_as_the_problem_and_its_end_frees_the_prefix() -> None:
    fib, kernel = new()
    kernel.put(KEY, ObservedRoute(via(5), STATIC))
    fib.set([KEY], via(2))
    kernel.flush()
    assert fib.problem(KEY) == "File exists: an alien route, proto static"
    assert fib.reported == [KEY]
    kernel.take(KEY, 0)
    kernel.flush()
    assert kernel.ours() == {KEY: via(2)}
    assert fib.problem(KEY) is None


def test_an_alien_of_another_metric_is_in_nobodys_way() -> None:
    fib, kernel = new()
    kernel.put(KEY, ObservedRoute(via(5, metric=100), STATIC))
    fib.set([KEY], via(2))
    kernel.flush()
    assert kernel.ours() == {KEY: via(2)}


def test_an_alien_that_replaced_our_route_keeps_the_place() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    kernel.put(KEY, ObservedRoute(via(5), STATIC))
    fib.set([KEY], via(3))
    kernel.flush()
    assert kernel.table == {(KEY, 0): ObservedRoute(via(5), STATIC)}


def test_a_refused_replacement_removes_the_stale_route() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    fib.set([KEY], REFUSED)
    kernel.flush()
    assert kernel.table == {}
    assert fib.problem(KEY) == "Invalid argument"


def test_what_was_refused_is_tried_again_on_request_only() -> None:
    fib, kernel = new()
    fib.set([KEY], REFUSED)
    kernel.flush()
    assert fib.settled
    fib.retry()
    assert operations_of(fib) == [(OperationKind.ADD, REFUSED)]


def test_a_notification_is_newer_than_the_dump_that_is_running() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    kernel.observer.begin_dump()
    kernel.tell(KEY, ObservedRoute(via(2), PROTOCOL_BIRD), present=False)
    kernel.observer.observe_dumped(KEY, ObservedRoute(via(2), PROTOCOL_BIRD))
    assert kernel.observer.end_dump(limit=10)
    assert operations_of(fib) == [(OperationKind.ADD, via(2))]


def test_a_part_of_a_multipath_route_that_others_removed_is_restored() -> None:
    """IPv6 tells of the next hop that was removed only."""
    fib, kernel = new()
    both = KernelRoute(RouteKind.UNICAST, via(2).next_hops + via(3).next_hops).canonical(IPV4_UNICAST)
    fib.set([KEY], both)
    kernel.flush()
    kernel.tell(KEY, ObservedRoute(via(3), PROTOCOL_BIRD), present=False)
    (first, *others, last) = operations_of(fib)
    assert (first, last) == ((OperationKind.DELETE, both), (OperationKind.ADD, both))
    assert {(kind, route.kind) for kind, route in others} == {
        (OperationKind.DELETE, kind)
        for kind in (RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT)
    }


def test_the_kernels_form_of_a_route_counts_as_equal() -> None:
    """An interface that was left to the kernel, an IPv6 metric of 0, the order and weight of next hops."""
    fib = Fib(IPV6_UNICAST)
    kernel = Kernel(fib)
    key = parse_prefix("2001:db8::/32")[1]
    gateways = [bytes(15) + bytes((number,)) for number in (3, 2)]
    fib.set([key], KernelRoute(RouteKind.UNICAST, tuple(NextHop(gateway, 0) for gateway in gateways)))
    shown = tuple(NextHop(gateway, 5) for gateway in gateways)
    route = KernelRoute(RouteKind.UNICAST, shown, 1024).canonical(IPV6_UNICAST)
    kernel.tell(key, ObservedRoute(route, PROTOCOL_BIRD), present=True)
    assert operations_of(fib) == []
    assert fib.settled


def test_the_number_of_prefixes_looked_at_is_bounded() -> None:
    fib, kernel = new()
    fib.set(KEYS, via(2))
    kernel.flush()
    many = [parse_prefix(f"11.{number}.0.0/16")[1] for number in range(200)]
    fib.set(many, via(2))
    fib.set(many, None)
    assert fib.pending(1) == []
    assert not fib.settled


def test_a_route_beside_an_alien_is_never_replaced() -> None:
    """IPv4 holds several routes of one prefix and metric, and a replacement would hit the first."""
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    kernel.tell(KEY, ObservedRoute(via(5), STATIC), present=True)
    fib.set([KEY], via(3))
    assert operations_of(fib) == [(OperationKind.DELETE, via(2))]


def test_a_dump_shows_that_an_alien_went_silently() -> None:
    fib, kernel = new()
    kernel.put(KEY, ObservedRoute(via(5), STATIC))
    fib.set([KEY], via(2))
    kernel.flush()
    kernel.lose(KEY, 0)
    kernel.dump()
    kernel.flush()
    assert kernel.ours() == {KEY: via(2)}


def test_a_dump_shows_that_a_leftover_of_another_metric_went_silently() -> None:
    fib, kernel = new()
    kernel.put(KEY, ObservedRoute(via(2), PROTOCOL_BIRD))
    kernel.put(KEY, ObservedRoute(via(2, metric=7), PROTOCOL_BIRD))
    kernel.lose(KEY, 7)
    kernel.dump()
    fib.complete()
    assert operations_of(fib) == [(OperationKind.DELETE, via(2))]


def test_an_exclusive_addition_proves_that_no_alien_is_left() -> None:
    fib, kernel = new()
    kernel.tell(KEY, ObservedRoute(via(5), STATIC), present=True)
    fib.set([KEY], via(2))
    fib.doubt(Operation(KEY, OperationKind.ADD, via(2)))
    kernel.flush()
    assert fib.aliens.at(KEY, 0) is None


def test_a_changed_route_is_put_back_even_before_the_feed_is_complete() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    kernel.put(KEY, ObservedRoute(via(3), PROTOCOL_BIRD))
    kernel.flush()
    assert kernel.ours() == {KEY: via(2)}


def test_a_replacement_of_what_is_gone_becomes_an_addition() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    kernel.lose(KEY, 0)
    fib.set([KEY], via(3))
    kernel.flush()
    assert kernel.ours() == {KEY: via(3)}
    assert not fib.reported


def test_a_new_route_is_not_blamed_for_the_problem_of_the_old_one() -> None:
    fib, kernel = new()
    fib.set([KEY], via(2))
    kernel.flush()
    fib.set([KEY], REFUSED)
    operations = fib.pending(1)
    fib.done(operations, dict(kernel.answers(operations)))
    fib.set([KEY], via(3))
    assert operations_of(fib) == [(OperationKind.REPLACE, via(3))]


def hop(last_octet: int) -> NextHop:
    return NextHop(bytes(15) + bytes((last_octet,)), 2)


def test_ipv6_next_hops_of_others_at_our_place_are_not_ours() -> None:
    """The kernel makes one route of all, tells of it with the newest protocol, and would remove them all."""
    fib = Fib(IPV6_UNICAST)
    kernel = Kernel(fib)
    key = parse_prefix("2001:db8::/32")[1]
    ours = KernelRoute(RouteKind.UNICAST, (hop(2),)).canonical(IPV6_UNICAST)
    fib.set([key], ours)
    kernel.flush()
    both = ours._replace(next_hops=(hop(2), hop(3)))
    kernel.tell(key, ObservedRoute(both, STATIC), present=True)
    assert [each.route.next_hops for each in fib.aliens.all_at(key)] == [(hop(3),)]
    assert fib.is_written(key)
    assert operations_of(fib) == []
    fib.set([key], ours._replace(next_hops=(hop(7),)))
    assert operations_of(fib) == [(OperationKind.DELETE_EXACTLY, ours)]


def test_forms_that_the_kernel_shows_otherwise_are_known() -> None:
    """Else they would be written again at each dump."""
    nowhere = KernelRoute(RouteKind.UNICAST, (hop(2),), preferred_source=bytes(16))
    assert nowhere.canonical(IPV6_UNICAST).preferred_source == b""
    same = KernelRoute(RouteKind.UNICAST, (hop(2)._replace(weight=2), hop(2)._replace(weight=2)))
    assert same.canonical(IPV6_UNICAST).next_hops == (hop(2),)
    twice = KernelRoute(RouteKind.UNICAST, (hop(2), hop(3), hop(2)))
    assert twice.canonical(IPV6_UNICAST).next_hops == (hop(2), hop(3))
