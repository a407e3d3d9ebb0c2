"""A busy life: one daemon as a process, neighbors that are played, other programs that write routes."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from tests.daemon.command import ENVIRONMENT
from tests.interop.lab import Host
from tests.interop.process import Process
from tests.reconfiguration.far import Far, announcement
from tests.restarts.wish import ASNS, BLOCKS, FARS, Wish
from tests.wire import octets

_OURS: Final = "bird"
_ALIEN: Final = "static"
_GRACEFUL_RESTART: Final = bytes.fromhex("4006 0078 00010180")
"""Two minutes, and the routes of IPv4 are kept (RFC 4724 §3)."""
_SPOILED: Final = (b"", b"{", b"{}", b"[1]", b'{"version": 99}', b"\0" * 4096, b"\xff\xfe")
_SOCKET: Final = "ctl"
_STATE: Final = "ctl.state"
_AT_ONCE: Final = 500
"""Prefixes of one UPDATE."""
_PAUSES: Final = (0.0, 0.002, 0.01, 0.03, 0.1)
_PATIENCE: Final = 60.0
_PAUSE: Final = 0.05


class NotRightError(Exception):
    """A daemon has not come up, or leaves something wrong."""


class Life:
    """All there is, and what can happen to it."""

    def __init__(self, near: Host, far: Host, random: Random, prefixes: int) -> None:
        """``prefixes`` is how many each neighbor announces of each of its blocks."""
        self.random = random
        self.wish = Wish()
        self.said: dict[str, set[str]] = {
            name: {_prefix(block, number) for block in random.sample(BLOCKS, 2) for number in range(prefixes)}
            for name in FARS
        }
        self.aliens: dict[str, str] = {}
        """Routes of somebody else, by prefix: how they go on in ``ip route``."""
        self.fars = {name: self._play(name, far) for name in FARS}
        self._near = near
        self._process: Process | None = None
        self._is_ending = False
        """Whether it was told to."""
        self._tasks = [asyncio.create_task(each.run()) for each in self.fars.values()]
        self._deeds: Sequence[Callable[[], Awaitable[None]]] = (
            self._say_more,
            self._say_more,
            self._say_less,
            self._hang_up,
            self.reload,
            self.reload,
            self._write_aliens,
            self._remove_ours,
            self._flap_link,
        )
        for name in FARS:
            self._prepare(name)

    def _play(self, name: str, host: Host) -> Far:
        far = Far(FARS[name], ASNS[name], lambda: (179,), partial(_socket, host), "10.9.0.1")
        if name != "far1":
            far.capabilities += _GRACEFUL_RESTART
        return far

    def _prepare(self, name: str) -> None:
        """Let a neighbor say what it has when it has a session."""
        every = sorted(self.said[name])
        self.fars[name].routes = [
            announcement(ASNS[name], FARS[name], b"", *every[start : start + _AT_ONCE])
            for start in range(0, len(every), _AT_ONCE)
        ]

    async def close(self) -> None:
        """The end of everything."""
        if self._process is not None:
            self._process.kill()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # The daemon

    @property
    def socket(self) -> Path:
        return self._near.directory / _SOCKET

    def start(self) -> None:
        """Start a daemon; it takes a while until it is there."""
        file = self._near.directory / "bgpd.toml"
        file.write_text(self.wish.text())
        words = (sys.executable, "-m", "bgpd", "-c", file, "-s", self.socket)
        self._process, self._is_ending = self._near.spawn("bgpd", words, ENVIRONMENT), False

    def spoil_state(self) -> None:
        """Leave a file of its state that the next daemon can't make sense of, or only half of."""
        file = self.socket.with_name(_STATE)
        octets = file.read_bytes() if file.exists() else b""
        file.write_bytes(self.random.choice((*_SPOILED, octets[: len(octets) // 2], octets[:-1])))

    async def state_is_written(self) -> None:
        """Wait until something happens to the file of its state, or beside it, but not for long."""
        before = self._state_files()
        for _ in range(300):
            await asyncio.sleep(0.001)
            if self._state_files() != before:
                return

    def _state_files(self) -> set[tuple[str, int]]:
        with os.scandir(self._near.directory) as entries:
            names = [entry.name for entry in entries if _STATE in entry.name]
        found = set()
        for name in names:
            with suppress(FileNotFoundError):
                found.add((name, (self._near.directory / name).stat().st_mtime_ns))
        return found

    async def kill(self) -> None:
        """End the daemon at once, by SIGKILL."""
        assert self._process is not None
        if not self._is_ending:
            self._process.require_running()
        await asyncio.to_thread(self._process.kill)

    def terminate(self) -> None:
        """Tell the daemon to end."""
        assert self._process is not None
        self._is_ending = True
        self._process.signal(signal.SIGTERM)

    # What happens

    async def be_busy(self, seconds: float) -> None:
        """Let things happen, one after the other, for a while."""
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await self.random.choice(self._deeds)()
            await asyncio.sleep(self.random.choice(_PAUSES))

    async def _say_more(self) -> None:
        name, number = self.random.choice([*FARS]), self.random.randrange(1, 300)
        block, first = self.random.choice(BLOCKS), self.random.randrange(700)
        prefixes = [_prefix(block, each) for each in range(first, first + number)]
        self.said[name].update(prefixes)
        self._say(name, announcement(ASNS[name], FARS[name], b"", *prefixes))

    async def _say_less(self) -> None:
        name = self.random.choice([*FARS])
        every = sorted(self.said[name])
        prefixes = self.random.sample(every, min(len(every), self.random.randrange(1, 300)))
        self.said[name].difference_update(prefixes)
        self._say(name, octets.update(withdrawn=b"".join(map(octets.prefix, prefixes))))

    def _say(self, name: str, update: bytes) -> None:
        """Let a neighbor say something; it will say the same in its next sessions."""
        self._prepare(name)
        far = self.fars[name]
        if far.is_up and far.writer is not None:
            far.writer.write(update)

    async def _hang_up(self) -> None:
        self.fars[self.random.choice([*FARS])].hang_up()

    async def reload(self) -> None:
        """Change the file, and tell the daemon, if there is one, without waiting for what it answers."""
        self.wish = self.wish.other(self.random)
        (self._near.directory / "bgpd.toml").write_text(self.wish.text())
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.sendall(b"configure\n")
            await asyncio.sleep(self.random.choice(_PAUSES))

    async def _write_aliens(self) -> None:
        """Another program has routes of its own, some of them where ours are, with another metric."""
        commands = []
        for number in self.random.sample(range(200), 20):
            prefix = f"10.200.{number}.0/24" if number % 2 else _prefix("10.20", number)
            if (rest := self.aliens.pop(prefix, None)) is None:
                self.aliens[prefix] = f"via {FARS['far2']} metric 4444 proto {_ALIEN}"
            else:  # one by one: a flush gives up where the table changes all the time
                commands.append(f"route delete {prefix} {rest}")
        await self._ip([*commands, *self._commands_for_aliens()])

    async def _flap_link(self) -> None:
        """The interface goes and comes, and with it all routes through it."""
        await self._ip(["link set one down", "link set one up", *self._commands_for_aliens()])

    def _commands_for_aliens(self) -> list[str]:
        return [f"route replace {prefix} {rest}" for prefix, rest in self.aliens.items()]

    async def _remove_ours(self) -> None:
        """Somebody takes routes of ours out of the kernel, and puts others in that nobody wants."""
        prefixes = self.random.sample(sorted(await self._kernel(_OURS)) or ["10.26.0.0/16"], 1)
        await self._ip(
            [f"route delete {prefix} proto {_OURS}" for prefix in prefixes]
            + [f"route replace 10.27.{self.random.randrange(9)}.0/24 via {FARS['far1']} proto {_OURS}"]
        )

    async def _ip(self, commands: Sequence[str]) -> None:
        script = self._near.directory / "ip.batch"
        script.write_text("".join(f"{command}\n" for command in commands))
        with suppress(Exception):
            await asyncio.to_thread(self._near.ip, "-force", "-batch", str(script))

    # What there is

    async def _kernel(self, protocol: str) -> dict[str, str]:
        shown = await asyncio.to_thread(
            self._near.ip, "-4", "-json", "route", "show", "table", "all", "proto", protocol
        )
        rows = [row for row in json.loads(shown) if row["dst"] != "default"]
        found = {row["dst"] if "/" in row["dst"] else f"{row['dst']}/32": row["gateway"] for row in rows}
        assert len(found) == len(rows), "the kernel has a route twice"
        return found

    async def is_right(self) -> float:
        """Wait until everybody has what is said, and nothing else; return how many seconds it took."""
        loop = asyncio.get_running_loop()
        begun, wrong = loop.time(), ["nothing was looked at"]
        while wrong:
            if loop.time() > begun + _PATIENCE:
                raise NotRightError("\n".join(wrong))
            await asyncio.sleep(_PAUSE)
            for task in self._tasks:
                if task.done():
                    task.result()
            assert self._process is not None
            self._process.require_running()
            wrong = self._wrong_neighbors() or await self._wrong_routes()
        return loop.time() - begun

    def _wrong_neighbors(self) -> list[str]:
        told = self.wish.told(self.said)
        wrong = []
        for name, far in self.fars.items():
            if far.is_up is (name in self.wish.absent):
                wrong.append(f"{name} has {'a' if far.is_up else 'no'} session")
            elif far.is_up:
                wrong += _different(name, dict.fromkeys(told[name], ""), dict.fromkeys(far.told, ""))
        return wrong

    async def _wrong_routes(self) -> list[str]:
        ours = _different("ours", self.wish.gateways(self.said), await self._kernel(_OURS))
        aliens = dict.fromkeys(self.aliens, FARS["far2"])
        return ours + _different("others'", aliens, await self._kernel(_ALIEN))


_ALIVE: Final = {socket.TCP_KEEPIDLE: 1, socket.TCP_KEEPINTVL: 1, socket.TCP_KEEPCNT: 3}
"""Seconds and probes, in the place of a hold timer."""


def _socket(host: Host, local: str) -> socket.socket:
    """Return one that notices a daemon that was killed while the link was down, so that no RST arrived."""
    with host.entered():
        sock = socket.socket()
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _ALIVE.items():
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    sock.bind((local, 0))
    return sock


def _prefix(block: str, number: int) -> str:
    """Return one of the thousand prefixes of a block."""
    return f"{block}.{number >> 2}.{(number & 3) << 6}/26"


def _different(what: str, wanted: Mapping[str, str], seen: Mapping[str, str]) -> list[str]:
    if wanted == seen:
        return []
    missing, extra = sorted(wanted.keys() - seen), sorted(seen.keys() - wanted)
    other = sorted(key for key in wanted.keys() & seen.keys() if wanted[key] != seen[key])
    return [
        f"{what}: {len(missing)} missing {missing[:5]}, {len(extra)} too many {extra[:5]}, "
        f"{len(other)} otherwise {other[:5]}"
    ]
