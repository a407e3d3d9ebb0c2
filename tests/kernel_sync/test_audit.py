"""Checks of a whole table: what notifications never told is found, and nothing else is suspected."""

import asyncio
from collections.abc import Callable

from kernel_sync import audit as audit_module
from kernel_sync.audit import Audit
from kernel_sync.fib import Fib
from kernel_sync.kernel import Habits, KernelTable
from kernel_sync.observer import Notification, Observer
from kernel_sync.types import PROTOCOL_BIRD, KernelRoute, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_prefix

STATIC = 4
OURS = KernelRoute(RouteKind.BLACKHOLE).canonical(IPV4_UNICAST)
OTHER = KernelRoute(RouteKind.UNREACHABLE).canonical(IPV4_UNICAST)
KEYS = [parse_prefix(f"10.{number}.0.0/16")[1] for number in range(20)]
KEY = KEYS[0]

Table = dict[PrefixKey, ObservedRoute]


def synchronized() -> tuple[Fib, Table]:
    fib = Fib(IPV4_UNICAST)
    fib.set(KEYS, OURS)
    fib.done(fib.pending(100), {})
    return fib, dict.fromkeys(KEYS, ObservedRoute(OURS, PROTOCOL_BIRD))


def is_wrong(audit: Audit, table: Table) -> bool:
    audit.begin()
    for key, observed in table.items():
        audit.see(key, observed)
    for _ in audit.look_for_missing():
        pass
    return audit.is_wrong


def test_a_table_that_is_as_believed_is_right() -> None:
    fib, table = synchronized()
    audit = Audit(fib)
    assert not any(is_wrong(audit, table) for _ in range(3))


def test_what_is_missing_is_found_the_second_time() -> None:
    fib, table = synchronized()
    del table[KEY]
    audit = Audit(fib)
    assert [is_wrong(audit, table) for _ in range(2)] == [False, True]


def test_a_route_that_became_another_is_found() -> None:
    fib, table = synchronized()
    table[KEY] = ObservedRoute(OTHER, PROTOCOL_BIRD)
    audit = Audit(fib)
    assert [is_wrong(audit, table) for _ in range(2)] == [False, True]


def test_a_stray_of_ours_and_an_unknown_alien_are_found() -> None:
    for observed in (ObservedRoute(OTHER, PROTOCOL_BIRD), ObservedRoute(OTHER, STATIC)):
        fib, table = synchronized()
        table[parse_prefix("192.0.2.0/24")[1]] = observed
        audit = Audit(fib)
        assert [is_wrong(audit, table) for _ in range(2)] == [False, True]


def test_an_alien_that_went_without_a_word_is_found() -> None:
    fib, table = synchronized()
    alien = parse_prefix("192.0.2.0/24")[1]
    Observer(fib).observe(Notification(alien, ObservedRoute(OTHER, STATIC), present=True), 0.0)
    audit = Audit(fib)
    assert [is_wrong(audit, table) for _ in range(2)] == [False, True]


def test_what_is_known_already_is_nothing_new() -> None:
    """Strays that wait for the first feed, aliens, what the kernel refused."""
    fib, table = synchronized()
    observer = Observer(fib)
    for number, (protocol, metric) in enumerate([(PROTOCOL_BIRD, 0), (PROTOCOL_BIRD, 7), (STATIC, 0)]):
        key = parse_prefix(f"192.0.{number}.0/24")[1]
        table[key] = ObservedRoute(OTHER._replace(metric=metric), protocol)
        observer.observe(Notification(key, table[key], present=True), 0.0)
    observer.observe(Notification(KEY, table.pop(KEY), present=False), 0.0)
    audit = Audit(fib)
    assert not any(is_wrong(audit, table) for _ in range(3))


def test_a_deviation_that_passes_is_no_error() -> None:
    """The dump and the notifications come from different moments."""
    fib, table = synchronized()
    audit = Audit(fib)
    for key in KEYS:
        observed = table.pop(key)
        assert not is_wrong(audit, table)
        table[key] = observed


def test_an_empty_table_needs_no_second_look() -> None:
    fib, _ = synchronized()
    fib.set([parse_prefix(f"11.{number >> 8}.{number & 255}.0/24")[1] for number in range(10_001)], OURS)
    while not fib.settled:
        fib.done(fib.pending(10_000), {})
    assert is_wrong(Audit(fib), {})


def test_every_part_of_a_large_table_has_its_turn() -> None:
    fib, table = synchronized()
    audit = Audit(fib)
    at_once = audit_module._AT_ONCE
    audit_module._AT_ONCE = 5  # type: ignore[misc]  # five parts
    try:
        del table[KEY]
        assert [is_wrong(audit, table) for _ in range(10)].count(True) == 1
    finally:
        audit_module._AT_ONCE = at_once  # type: ignore[misc]


async def test_a_check_finds_what_was_never_notified(namespace: None) -> None:
    """The view of the table is spoiled here, as a lost notification would."""
    table = KernelTable(IPV4_UNICAST, habits=Habits(check_interval=0.05))
    await table.start()
    try:
        table.set(KEYS, OURS)
        await table.settle()
        await until(lambda: table.report().checks > 2)
        assert table.report().dumps == 1
        table.fib.aliens.evict(KEY, 0)
        table.fib.wanted[parse_prefix("192.0.2.0/24")[1]] = OURS
        await until(lambda: table.report().dumps == 2)
        await table.settle()
        assert table.report().written == len(KEYS) + 1
        assert table.report().last_check is not None
    finally:
        await table.stop(persist=False)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - the kernel sets no event
            await asyncio.sleep(0.01)
