"""The neighbors, and one daemon at a time between them."""

import asyncio
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from pyroute2 import netns

from bgpd.settings import DaemonSettings
from tests.reconfiguration.far import Far, announcement
from tests.reconfiguration.house import House, Picture, differences, kernel_routes
from tests.reconfiguration.texts import DAEMON, PORTS, Written

_ASN: Final = 64512
_PATIENCE: Final = 60.0
"""Seconds; a neighbor that leaves for one that never comes stays for more than ten of them."""
_PAUSE: Final = 0.02
_SPECIAL: Final = bytes.fromhex("80040400000007c00804fc000001")
"""MULTI_EXIT_DISC and COMMUNITIES, as in an UPDATE."""

FARS: Final = {"10.9.0.2": "far1", "10.9.0.3": "far2", "10.9.0.64": "range"}
"""Whom a configuration means, by the addresses in it: their names change."""


class NotSettledError(Exception):
    """A daemon does not come to rest, or does not leave everything as it was."""


class World:
    """All that is outside of a daemon."""

    def __init__(self, far: str, random: Random) -> None:
        """``far`` is the network namespace of the neighbors."""
        self.random = random
        self.ports: Sequence[int] = PORTS
        """Where neighbors try to connect."""
        self._far = far
        self._fresh: dict[str, Picture] = {}
        self._folder = tempfile.TemporaryDirectory()
        self.fars = {
            "far1": self._play("10.9.0.2", 65002, ("10.20.0.0/16", "10.30.0.0/16"), "10.21.1.0/24"),
            "far2": self._play("10.9.0.3", _ASN, ("10.20.0.0/16", "10.21.0.0/16"), "10.23.0.0/24"),
            "range": self._play("10.9.0.66", 65066, ("10.20.0.0/16",), "10.66.0.0/16"),
        }
        self._tasks = [asyncio.create_task(each.run()) for each in self.fars.values()]

    def _play(self, local: str, asn: int, plain: Sequence[str], special: str) -> Far:
        external = asn != _ASN
        routes = (
            announcement(asn, local, b"", *plain, external=external),
            announcement(asn, local, _SPECIAL, special, external=external),
        )
        return Far(local, asn, lambda: self.ports, self._socket, DAEMON, routes, external)

    def _socket(self, local: str) -> socket.socket:
        netns.pushns(self._far)
        try:
            sock = socket.socket()
        finally:
            netns.popns()
        sock.setblocking(False)
        sock.bind((local, 0))
        return sock

    async def close(self) -> None:
        """There are no neighbors any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._folder.cleanup()

    def house(self, written: Written) -> House:
        """Start a daemon."""
        self.ports = written.ports
        return House(Path(self._folder.name) / "ctl", written.text)

    async def picture(self, house: House) -> Picture:
        """Return all that can be seen, but for the kernel's routes, which take longer to read."""
        picture = {**await house.picture()}
        for name, far in self.fars.items():
            picture[f"told {name}"] = far.is_up and dict(sorted(far.told.items()))
        return picture

    async def _whole_picture(self, house: House) -> Picture:
        return {**await self.picture(house), **kernel_routes()}

    def is_at_rest(self, house: House) -> bool:
        """Tell whether all is there that can be expected."""
        return house.is_settled and all(
            far.is_up is (name in _wanted(house.daemon.settings)) for name, far in self.fars.items()
        )

    async def fresh(self, written: Written) -> Picture:
        """Return what a daemon looks like that starts with a configuration."""
        known = self._fresh.get(written.text)
        if known is None:
            house = self.house(written)
            known = self._fresh[written.text] = await self.portrait(house)
            await house.stop()
            left = kernel_routes()
            if left:
                raise NotSettledError(f"left in the kernel at the end: {left}\n{written.text}")
        return known

    async def portrait(self, house: House) -> Picture:
        """Return the whole picture when all is there that can be expected and nothing changes any more."""
        before: Picture = {}
        async for _ in patiently(3 * _PAUSE):
            if self.is_at_rest(house):
                now = await self._whole_picture(house)
                if now == before:
                    return now
                before = now
        raise NotSettledError(f"a daemon does not settle:\n{await house.ask('show protocols')}")

    async def become(self, house: House, wanted: Picture) -> str:
        """Wait until a daemon looks like that; return in words how it differs if it does not."""
        async for _ in patiently(_PAUSE):
            if self.is_at_rest(house):
                seen = await self.picture(house)
                is_like = all(wanted.get(name) == value for name, value in seen.items())
                if is_like and await self._whole_picture(house) == wanted:
                    return ""
        different = differences(wanted, await self._whole_picture(house))
        return different or f"it does not settle:\n{await house.ask('show protocols')}"


def _wanted(settings: DaemonSettings) -> set[str]:
    return {FARS[each.address] for each in settings.neighbors if not each.disabled and each.address in FARS}


async def patiently(pause: float) -> AsyncIterator[None]:
    """Yield time and again until patience is over."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        await asyncio.sleep(pause)
        yield


async def until(is_true: Callable[[], bool]) -> None:
    """Wait for something in this process."""
    async for _ in patiently(_PAUSE):
        if is_true():
            return
    raise NotSettledError("too late")
