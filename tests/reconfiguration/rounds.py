"""Takes a daemon through the same random configurations again and again, and counts what has stayed.

Usage: python -m tests.reconfiguration.rounds FAR SEED CONFIGURATIONS ROUNDS, as ``play``. Ends with an error
if there are more objects of some kind after all rounds than after the first few, and prints which.
"""

import asyncio
import gc
import logging
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.pipe import PipeProtocol
from rib.history import History
from tests.reconfiguration.texts import Author, Written
from tests.reconfiguration.world import World

_WARM_UP: Final = 3
_OURS: Final = ("bgpd.", "rib.", "fsm.", "messages.", "kernel_sync.", "asyncio.", "_asyncio.", "socket.")
_OTHERS: Final = {"builtins.function", "builtins.coroutine", "builtins.dict", "builtins.list", "builtins.set"}
_FORGOTTEN_LATER: Final = {
    "asyncio.events.TimerHandle",
    "bgpd.protocols.session_journal.SessionChange",
    "bgpd.sessions.strangers.StrangerNote",
    "bgpd.sessions.history.Transition",
}
"""What is bounded: a canceled timer stays in the loop until there are a hundred; notes are a few."""
_LINGERING: Final = 40
"""Seconds: a range looks every five for its neighbors, a log counts after ten what it kept back."""


def census() -> Counter[str]:
    """Count the objects that somebody has, by their classes."""
    gc.unfreeze()
    for _ in range(3):
        gc.collect()
    names = (f"{type(each).__module__}.{type(each).__qualname__}" for each in gc.get_objects())
    return Counter(
        name for name in names if name not in _FORGOTTEN_LATER and (name in _OTHERS or name.startswith(_OURS))
    )


def resident() -> int:
    """Return the octets of memory."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) << 10


class Rounds:
    """One daemon and its configurations."""

    def __init__(self, far: str, seed: int, configurations: int) -> None:
        random = Random(seed)
        self.world = World(far, random)
        author = Author(random, "bgpd")
        self._texts = [author.next() for _ in range(configurations)]
        self.house = self.world.house(self._texts[0])

    async def go(self, times: int) -> None:
        """Go round, and wait until nothing changes any more: a session is up before its routes are there."""
        for written in self._texts * times:
            await self._apply(written)
        await self._apply(self._texts[0])
        await self.world.portrait(self.house)

    def census(self) -> Counter[str]:
        """Count the objects there are, but for those that are kept for a while on purpose."""
        for pipeline in self.house.daemon.pipelines:
            _empty(self.house.daemon.history(pipeline.table))
            for views in pipeline._views.values():
                views.forget()
        self.house.daemon.session_journal.__init__()  # type: ignore[misc]  # bounded, but not full so soon
        for protocol in self.house.daemon.protocols.values():
            if isinstance(protocol, LoggedProtocol):
                protocol.journal._restraints.clear()
            if isinstance(protocol, PipeProtocol):
                for end in protocol._ends:
                    end.flow._forget_the_gone()
        return census()

    async def _apply(self, written: Written) -> None:
        self.house.files["first"] = written.text
        self.world.ports = written.ports
        await self.house.daemon.reconfigure()
        await asyncio.sleep(0.04)

    async def more_than(self, before: Mapping[str, int], allowed: int) -> Mapping[str, int]:
        """Return what there is more of, as soon as that is nothing, or stays."""
        more: Mapping[str, int] = {}
        for _ in range(_LINGERING):
            grown = {name: number - before.get(name, 0) for name, number in self.census().items()}
            more = {name: number for name, number in grown.items() if number > allowed}
            if not more:
                break
            await asyncio.sleep(1.0)
        return more


def _empty(history: History) -> None:
    """A history is bounded, but not full so soon."""
    history.__init__(history._now)  # type: ignore[misc]


async def run(far: str, seed: int, configurations: int, times: int) -> Sequence[str]:
    """Go round, and return what is wrong."""
    rounds = Rounds(far, seed, configurations)
    await rounds.go(_WARM_UP)
    before, octets = rounds.census(), resident()
    await rounds.go(times)
    more = await rounds.more_than(before, times // 2)
    grown = resident() - octets
    await rounds.house.stop()
    await rounds.world.close()
    print(
        f"{times * configurations} reconfigurations; {octets >> 10} KB at first, {grown >> 10} KB more then"
    )
    return [f"{number} more of {name}" for name, number in more.items()]


def main(far: str, *numbers: str) -> int:
    """Print what is wrong."""
    logging.getLogger().addHandler(logging.NullHandler())
    problems = asyncio.run(run(far, *map(int, numbers)))
    print("\n".join(problems) or "nothing has stayed")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
