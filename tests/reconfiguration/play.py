"""Takes a daemon from one random configuration to another, and compares it with one that starts there.

Usage: python -m tests.reconfiguration.play FAR SEED STEPS LANGUAGE, in the network namespace of the daemon;
FAR is that of its neighbors. Ends with an error if something was not as it should be, and prints what.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import cast

from tests.reconfiguration.house import House, flush_kernel_routes, kernel_routes, listening
from tests.reconfiguration.texts import Author, Language, Written
from tests.reconfiguration.ways import Journey, change
from tests.reconfiguration.world import World, patiently


class Complaints(logging.Handler):
    """What the log says of faults of ours."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.name == "asyncio":
            self.found.append(logging.Formatter().format(record))


class Play:
    """One daemon after the other, and what was wrong with them."""

    def __init__(self, far: str, seed: int, steps: int, language: Language) -> None:
        self.problems: list[str] = []
        self._random = Random(seed)
        self._world = World(far, self._random)
        author = Author(self._random, language)
        self._texts = [author.next() for _ in range(steps)]

    async def run(self) -> None:
        """Go from each to the next; then be cut short."""
        world, before = self._world, self._texts[0]
        for written in self._texts:
            await world.fresh(written)
        house = await self._begin(before)
        for written in self._texts[1:]:
            journey = await change(world, house, before, written, self._texts)
            problem = await world.become(house, await world.fresh(written)) or self._lost(journey)
            if problem:
                self._note(journey.way, problem, before, written)
                with suppress(Exception):
                    await house.stop()
                flush_kernel_routes()
                house = await self._begin(written)
            before = written
        await house.stop()
        for _ in self._texts[::4]:
            await self._cut_short()
        await world.close()

    async def _begin(self, written: Written) -> House:
        house = self._world.house(written)
        await self._world.become(house, await self._world.fresh(written))
        return house

    def _note(self, what: str, problem: str, before: Written, after: Written) -> None:
        self.problems.append(f"=== {what}:\n{problem}\n--- from\n{before.text}--- to\n{after.text}")

    def _lost(self, journey: Journey) -> str:
        fars = self._world.fars
        lost = [name for name, sessions in journey.sessions.items() if fars[name].sessions != sessions]
        return f"lost their sessions: {lost}" if lost else ""

    async def _cut_short(self) -> None:
        """End somewhere in the middle, perhaps before there is anything."""
        one, other = self._random.sample(self._texts, 2)
        tasks = asyncio.all_tasks()
        house = self._world.house(one)
        house.files["x"] = other.text
        await self._pause(0, 0.01, 0.05, 0.3)
        changes = [house.daemon.reconfigure("x"), house.daemon.reconfigure("first")]
        house.daemon.reload()
        await self._pause(0, 0.001, 0.005, 0.02, 0.05)
        await asyncio.wait_for(house.stop(), 60)
        await asyncio.gather(*changes)
        left = {"nothing was looked at"}
        async for _ in patiently(0.05):
            left = {*kernel_routes(), *listening(), *_of_the_daemon(asyncio.all_tasks() - tasks)}
            if not left:
                break
        if left:
            self._note("cut short", f"left: {left}", one, other)
            flush_kernel_routes()

    async def _pause(self, *seconds: float) -> None:
        await asyncio.sleep(self._random.choice(seconds))


def _of_the_daemon(tasks: set[asyncio.Task[object]]) -> Sequence[str]:
    names = (getattr(task.get_coro(), "__qualname__", "") for task in tasks)
    return [name for name in names if not name.startswith(("Far.", "StreamReader", "open_connection"))]


def main(far: str, seed: str, steps: str, language: str) -> int:
    """Play, and print what was wrong."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)

    async def run() -> Sequence[str]:
        play = Play(far, int(seed), int(steps), cast(Language, language))
        await play.run()
        return play.problems

    problems = [*asyncio.run(run()), *complaints.found]
    print("\n".join(problems) or "all was as it should be")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
