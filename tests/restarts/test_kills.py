"""``kill -9`` at any moment of a busy life: the next start comes up, and leaves everything as it is to be."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Final

import pytest

from tests.interop.lab import Host, Lab
from tests.restarts.life import Life

pytestmark = pytest.mark.interop


_PATIENT: Final = 0.6
"""How often the next kill waits until all is right."""

_SPOILED: Final = 0.2
"""How often the file of its state is no good."""


def _hosts(lab: Lab, number: int) -> tuple[Host, Host]:
    """Return the daemon's host, and the one that all neighbors are on."""
    near, far = lab.host(f"near{number}"), lab.host(f"far{number}")
    near.ip("link", "add", "one", "type", "veth", "peer", "name", "one", "netns", far.namespace)
    near.ip("address", "add", "10.9.0.1/24", "dev", "one")
    for last in (2, 3, 4):
        far.ip("address", "add", f"10.9.0.{last}/24", "dev", "one")
    for host in (near, far):
        host.ip("link", "set", "one", "up")
    return near, far


async def _busy(life: Life) -> None:
    """Killed while all kinds of things happen."""
    await life.be_busy(life.random.uniform(0, 1))
    await life.kill()


async def _starting(life: Life) -> None:
    """Killed, and the next one again before it has found its feet."""
    await life.kill()
    life.start()
    await life.be_busy(life.random.uniform(0, 2))
    await life.kill()


async def _stopping(life: Life) -> None:
    """Told to stop, and killed before it has."""
    await life.be_busy(life.random.uniform(0, 0.2))
    life.terminate()
    await asyncio.sleep(life.random.uniform(0, 0.3))
    await life.kill()


async def _writing(life: Life) -> None:
    """Told to stop, and killed in the moment in which it writes what the next one shall know."""
    life.terminate()
    await life.state_is_written()
    await life.kill()


async def _configuring(life: Life) -> None:
    """Killed at some point of a reload."""
    await life.reload()
    await asyncio.sleep(life.random.uniform(0, 0.1))
    await life.kill()


WAYS: Final[Mapping[str, Callable[[Life], Awaitable[None]]]] = {
    "busy": _busy,
    "while it starts": _starting,
    "while it stops": _stopping,
    "while it writes its state": _writing,
    "while it reads its file": _configuring,
}


@pytest.mark.soak
async def test_killed_at_any_moment(lab: Lab, soaking: bool) -> None:
    """Each life has hosts of its own, where no other one has left anything."""
    for seed in range(1, 5 if soaking else 2):
        life = Life(*_hosts(lab, seed), Random(seed), prefixes=1000 if soaking else 500)
        await _live(life, 50 if soaking else 10)


async def _live(life: Life, kills: int) -> None:
    """Be killed so many times; after most of them there is time enough for everything to be right."""
    try:
        life.start()
        await life.is_right()
        for number in range(kills):
            way = life.random.choice([*WAYS])
            await WAYS[way](life)
            await life.be_busy(life.random.choice((0, 0, 0.2)))
            if life.random.random() < _SPOILED:
                life.spoil_state()
            life.start()
            if life.random.random() < _PATIENT:
                seconds = await life.is_right()
                print(f"{number}: killed {way}, all right after {seconds:.1f} s; {life.wish}")
            else:
                await life.be_busy(life.random.uniform(0, 1.5))
        await life.is_right()
    finally:
        await life.close()
