"""Predicts what random configurations would change, applies them, and compares.

Usage: python -m tests.prediction.play FAR SEED CHANGES LANGUAGE, in the network namespace of the daemon; FAR
is that of its neighbors. Changes that can't be predicted do not count. Ends with an error if something came
otherwise than predicted, and prints what.
"""

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from random import Random
from typing import Final, cast

from bgpd.prediction.prediction import predict
from bgpd.reconfiguration.plan import plan
from bgpd.reconfiguration.succession import succession
from bgpd.settings import DaemonSettings
from tests.prediction.outcome import State, from_forecast, otherwise, state_of
from tests.reconfiguration.house import House, settings_of
from tests.reconfiguration.play import Complaints
from tests.reconfiguration.texts import Author, Language, Written
from tests.reconfiguration.world import FARS, NotSettledError, World, until

_ALL: Final = 1_000_000
_PAUSE: Final = 0.04
_STABLE: Final = 2
"""Looks at which nothing is new, after which nothing is expected any more."""


class Play:
    """One daemon that goes from one configuration to the next."""

    def __init__(self, far: str, seed: int, changes: int, language: Language) -> None:
        self.problems: list[str] = []
        self.seen: Counter[str] = Counter()
        """What there was to predict."""
        self._world = World(far, Random(seed))
        self._author = Author(self._world.random, language)
        self._changes = changes
        self._silent: set[str] = set()
        """Neighbors that do not connect for now: what they would say nobody can predict."""
        for name, each in self._world.fars.items():
            each.ports = self._ports_of(name)

    def _ports_of(self, name: str) -> Callable[[], Sequence[int]]:
        return lambda: () if name in self._silent else self._world.ports

    async def run(self) -> None:
        """Predict, apply, compare."""
        before = self._author.next()
        house = self._world.house(before)
        await self._rest(house)
        while self.seen["predicted"] < self._changes:
            after = self._next(house.daemon.settings)
            problem = await self._change(house, after)
            if problem:
                self.problems.append(f"{problem}\n--- from\n{before.text}--- to\n{after.text}")
            self._world.ports = after.ports
            if self._silent:
                self._silent.clear()
                await self._rest(house)
            before = after
        await house.stop()
        await self._world.close()

    def _next(self, old: DaemonSettings) -> Written:
        """Return a configuration to which there is one step: those with two wait for who keeps silent."""
        while True:
            written = self._author.next()
            new = settings_of(written.text)
            if succession(old, new, plan(old, new)) is None:
                return written

    async def _change(self, house: House, after: Written) -> str:
        """Return what was otherwise than predicted."""
        fars, settings = self._world.fars, house.daemon.settings
        self._silent = {name for name, far in fars.items() if not far.is_up}
        await asyncio.sleep(_PAUSE)  # some may be about to connect
        was = self._state(house)
        house.files["first"] = after.text
        speaker = house.daemon._speaker  # to keep all prefixes, not some of them
        found = speaker.reconfigurer.plan(house.daemon._read(None))
        prediction = await predict(speaker, found, samples=_ALL)
        for _ in prediction.steps():
            await asyncio.sleep(0)
        predicted = from_forecast(prediction.forecast, settings, found.in_force)
        sessions = {name: far.sessions for name, far in fars.items() if far.is_up}
        self._world.ports = tuple({*self._world.ports, *after.ports})
        await house.daemon.reconfigure()
        await self._rest(house)
        if predicted is None:
            self.seen["unknown"] += 1
            return ""
        now = self._state(house)
        dropped = {
            name for name, number in sessions.items() if fars[name].sessions != number or name not in now
        }
        return self._judge(otherwise(predicted, was, now, dropped), was, now, dropped)

    def _judge(self, problems: Sequence[str], was: State, now: State, dropped: Collection[str]) -> str:
        self.seen["predicted"] += 1
        self.seen["with effect"] += was != now
        self.seen["lost sessions"] += len(dropped)
        return "\n".join(problems)

    def _state(self, house: House) -> State:
        return state_of(house.daemon.protocols.values(), self._world.fars)

    async def _rest(self, house: House) -> None:
        """Wait until everybody who is expected is there, and nothing changes any more."""
        fars = self._world.fars

        def are_there() -> bool:
            neighbors = house.daemon.settings.neighbors
            wanted = {FARS[each.address] for each in neighbors if not each.disabled and each.address in FARS}
            return all(far.is_up is (name in wanted - self._silent) for name, far in fars.items())

        try:
            await until(lambda: house.is_settled and are_there())
        except NotSettledError as error:
            there = {name: far.is_up for name, far in fars.items()}
            raise NotSettledError(f"{await house.ask('show protocols')}\n{there}") from error
        before, same = self._state(house), 0
        while same < _STABLE:
            await asyncio.sleep(_PAUSE)
            now = self._state(house)
            same = same + 1 if now == before else 0
            before = now


def main(far: str, seed: str, changes: str, language: str) -> int:
    """Play, and print what was wrong."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)

    async def run() -> Play:
        play = Play(far, int(seed), int(changes), cast(Language, language))
        await play.run()
        return play

    play = asyncio.run(run())
    problems = [*play.problems, *complaints.found]
    print("\n\n".join(problems) or "all came as predicted", dict(play.seen))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
