"""The short way for many prefixes does what the long way does."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.alike import plan_alike, settle_alike
from kernel_sync.fib import Fib
from kernel_sync.observer import Notification, Observer
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.planning import plan
from kernel_sync.types import PROTOCOL_BIRD, Failure, KernelRoute, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_prefix

KEYS = [parse_prefix(f"10.{number}.0.0/16")[1] for number in range(4)]
ROUTES = [
    KernelRoute(kind, metric=metric).canonical(IPV4_UNICAST)
    for kind in (RouteKind.BLACKHOLE, RouteKind.PROHIBIT)
    for metric in (0, 7)
]

keys = st.sampled_from(KEYS)
wishes = st.tuples(st.just("want"), st.lists(keys, min_size=1), st.none() | st.sampled_from(ROUTES))
news = st.tuples(
    st.just("news"), keys, st.sampled_from(ROUTES), st.sampled_from([PROTOCOL_BIRD, 4]), st.booleans()
)
answers = st.tuples(st.just("answer"), st.booleans())
scripts = st.lists(st.one_of(wishes, wishes, news, answers), max_size=8)


def played(script: Sequence[tuple[Any, ...]]) -> Fib:
    fib = Fib(IPV4_UNICAST)
    observer = Observer(fib)
    for step in script:
        match step:
            case ("want", some, route):
                fib.set(some, route)
            case ("news", key, route, protocol, present):
                observer.observe(Notification(key, ObservedRoute(route, protocol), present), 0.0)
            case ("answer", refused):
                operations = fib.pending(4)
                refusals = {0: Failure(22, "Invalid argument")} if refused and operations else {}
                fib.done(operations, refusals)
    return fib


def books(fib: Fib) -> dict[str, Any]:
    """Return all that is noted."""
    hidden = {"aliens", "fights"}
    return {name: value for name, value in vars(fib).items() if name not in hidden}


@given(scripts, st.lists(keys, min_size=1, unique=True))
def test_what_is_planned_together_is_what_is_planned_one_by_one(
    script: list[tuple[Any, ...]], some: list[PrefixKey]
) -> None:
    fib, other = played(script), played(script)
    together = plan_alike(fib, some)
    if together is not None:
        singly = [
            operation
            for key in some
            for operation in plan(other, key, fib.wanted.get(key), other.actual.get(key, fib.wanted.get(key)))
        ]
        assert together == singly
        assert books(fib) == books(other)


@given(scripts, st.integers(1, 4))
def test_what_is_settled_together_is_what_is_settled_one_by_one(
    script: list[tuple[Any, ...]], limit: int
) -> None:
    fib, other = played(script), played(script)
    operations, others = fib.pending(limit), other.pending(limit)
    if settle_alike(fib, operations):
        for operation in others:
            other.done([operation], {-1: Failure(0, "what makes it take the long way")})
        assert fib.actual == other.actual
        assert fib.wanted == other.wanted


def test_a_table_that_is_fed_or_lost_takes_the_short_way() -> None:
    fib = Fib(IPV4_UNICAST)
    fib.set(KEYS, ROUTES[0])
    operations = plan_alike(fib, KEYS)
    assert operations == [Operation(key, OperationKind.ADD, ROUTES[0]) for key in KEYS]
    assert settle_alike(fib, operations)
    fib.set(KEYS, None)
    operations = plan_alike(fib, KEYS)
    assert operations == [Operation(key, OperationKind.DELETE, ROUTES[0]) for key in KEYS]
    assert settle_alike(fib, operations)
    assert not fib.actual
