"""The clock of the event loop's callbacks, with clocks that the callbacks themselves put forward."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from bgpd.health.callbacks import SLOW_SECONDS, WARNING_SECONDS, WINDOW_SECONDS, CallbackClock, Longest


class Clocks:
    """CPU time and wall time, which pass when a test says so."""

    def __init__(self) -> None:
        self.cpu = 100.0
        self.wall = 5000.0

    def spend(self, cpu: float, waiting: float = 0.0) -> None:
        self.cpu += cpu
        self.wall += cpu + waiting


class Watched:
    """A clock that measures, and what it is to measure."""

    def __init__(self) -> None:
        self.clocks = Clocks()
        self.clock = CallbackClock(lambda: self.clocks.cpu, lambda: self.clocks.wall)

    async def run(self, *callbacks: Callable[[], object]) -> None:
        """Let the loop run these, each by itself."""
        loop = asyncio.get_running_loop()
        for callback in callbacks:
            loop.call_soon(callback)
        await asyncio.sleep(0)

    async def spend(self, cpu: float, waiting: float = 0.0) -> None:
        await self.run(lambda: self.clocks.spend(cpu, waiting))

    def restart_window(self) -> None:
        self.clocks.wall += WINDOW_SECONDS + 1


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    made = Watched()
    with made.clock.measuring():
        yield made


async def test_the_longest_is_known_by_its_name(watched: Watched) -> None:
    def slow() -> None:
        watched.clocks.spend(0.5)

    await watched.run(lambda: watched.clocks.spend(0.25), slow, lambda: watched.clocks.spend(0.125))
    assert watched.clock.ever == watched.clock.recent
    assert (watched.clock.ever.cpu, watched.clock.ever.wall) == (0.5, 0.5)
    assert "slow" in watched.clock.ever.what


async def test_waiting_for_the_processor_is_told_apart(watched: Watched) -> None:
    await watched.spend(0.25)
    await watched.spend(0.125, waiting=2.0)
    assert watched.clock.ever[:2] == (0.25, 2.125)


async def test_a_step_of_a_task_has_the_name_of_its_coroutine(watched: Watched) -> None:
    async def table_walk() -> None:
        watched.clocks.spend(0.5)

    await asyncio.create_task(table_walk())
    assert "table_walk" in watched.clock.ever.what


async def test_a_timer_is_measured(watched: Watched) -> None:
    done = asyncio.Event()

    def expire() -> None:
        watched.clocks.spend(0.5)
        done.set()

    asyncio.get_running_loop().call_later(0, expire)
    await done.wait()
    assert watched.clock.ever.cpu == 0.5


async def test_what_is_recent_gets_old(watched: Watched) -> None:
    await watched.spend(0.5)
    watched.restart_window()
    await watched.spend(0.25)
    assert watched.clock.recent.cpu == 0.5
    watched.restart_window()
    assert watched.clock.recent.cpu == 0.25
    watched.restart_window()
    watched.restart_window()
    assert watched.clock.recent == Longest()
    assert watched.clock.ever.cpu == 0.5


async def test_two_quiet_windows_leave_nothing(watched: Watched) -> None:
    await watched.spend(0.5)
    watched.restart_window()
    watched.restart_window()
    await watched.spend(0.0)
    assert watched.clock.recent.cpu == 0


async def test_every_slow_callback_is_counted(watched: Watched) -> None:
    for times in (3, 2, 1.5, 0.5, 4):
        await watched.spend(times * SLOW_SECONDS)
    await watched.spend(0.0, waiting=10.0)
    assert watched.clock.slow == 4


async def test_the_operator_is_told_of_the_slowest(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    await watched.spend(WARNING_SECONDS)
    assert not caplog.records
    for _ in range(20):
        await watched.spend(WARNING_SECONDS + 0.01)
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    assert 3 <= len(caplog.records) <= 9, "a burst, and then one a second"
    assert "0.26 s of CPU time" in caplog.records[0].message


async def test_it_can_start_over(watched: Watched) -> None:
    await watched.spend(0.5)
    watched.clock.start_over()
    assert watched.clock.ever == watched.clock.recent == Longest()
    await watched.spend(0.25)
    assert watched.clock.ever.cpu == 0.25


async def test_at_the_end_asyncio_is_as_it_was() -> None:
    before = asyncio.Handle._run
    watched = Watched()
    with watched.clock.measuring():
        await watched.spend(0.5)
    assert asyncio.Handle._run is before
    await watched.spend(1.0)
    assert watched.clock.ever.cpu == 0.5


async def test_what_came_of_a_task_is_not_put_in_words(watched: Watched) -> None:
    """Of a large configuration that takes longer than what was measured."""

    class Large:
        def __repr__(self) -> str:
            raise AssertionError("nobody wants to read this")

    async def read() -> Large:
        return Large()

    async def wait() -> None:
        task = asyncio.create_task(read())
        await asyncio.sleep(0)
        await task
        watched.clocks.spend(0.5)

    await asyncio.create_task(wait())
    assert watched.clock.ever.what.endswith("wait")
