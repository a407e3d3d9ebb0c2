"""One service as systemd runs it: started, watched, reloaded, started again, stopped (systemd.service(5))."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Final

from tests.installation.supervisor import confined
from tests.installation.supervisor.unit import Unit, find
from tests.upkeep.manager import Manager

NOTIFY: Final = "/run/systemd/notify"
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MOST_IN_VAIN: Final = 5
"""StartLimitBurst=, as it is without a word."""
_ANYTHING_WRONG: Final = frozenset({"on-failure", "on-abnormal", "always"})


class State(StrEnum):
    """What ``systemctl is-active`` says."""

    INACTIVE = "inactive"
    ACTIVATING = "activating"
    ACTIVE = "active"
    RELOADING = "reloading"
    DEACTIVATING = "deactivating"
    FAILED = "failed"


class Service:
    """A unit of Type=notify, and the process that it is about."""

    def __init__(self, name: str, manager: Manager) -> None:
        self.name = name
        self.state = State.INACTIVE
        self.result = "success"
        self.status = ""
        self.restarts = 0
        self.changed = asyncio.Event()
        self._in_vain = 0
        """How often it was started since it was there last."""
        self._manager = manager
        self._unit = Unit(*find(name))
        self._main: asyncio.subprocess.Process | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._life: asyncio.Task[None] | None = None
        self._is_wanted = False

    @property
    def main_process(self) -> int:
        """The process ID, 0 without any."""
        return self._main.pid if self._main is not None else 0

    def read_again(self) -> None:
        """Take the unit as it is on disk now."""
        self._unit = Unit(*find(self.name))

    async def start(self) -> bool:
        """Start it, and return when it is there or will not be."""
        if self.state in (State.INACTIVE, State.FAILED):
            self.restarts, self._in_vain, self._is_wanted = 0, 0, True
            self._enter(State.ACTIVATING)
            self._life = asyncio.create_task(self._live())
        while self.state not in (State.ACTIVE, State.FAILED, State.INACTIVE) and not self.restarts:
            await self._change()
        return self.state is State.ACTIVE

    async def stop(self) -> None:
        """End it, by force when its time is up."""
        self._is_wanted = False
        if self._main is not None:
            self._enter(State.DEACTIVATING)
            self._kill(signal.SIGTERM)
        while self.state not in (State.FAILED, State.INACTIVE):
            await self._change()

    async def reload(self) -> bool:
        """Run what ExecReload= says, and wait for the end of what the service does."""
        if not await self._run_all("ExecReload"):
            return False
        await asyncio.sleep(0.2)
        while self.state is State.RELOADING:
            await self._change()
        return self.state is State.ACTIVE

    def hear(self, process: int, text: str) -> None:
        """Take what a process says of itself (sd_notify(3))."""
        if self._main is None or process != self._main.pid:
            return
        said = dict(line.split("=", 1) for line in text.splitlines())
        self.status = said.get("STATUS", self.status)
        if "RELOADING" in said:
            assert int(said["MONOTONIC_USEC"]) > 0
            self._enter(State.RELOADING)
        if "READY" in said:
            self._in_vain = 0
            self._enter(State.ACTIVE)
        if "STOPPING" in said:
            self._enter(State.DEACTIVATING)
        if "READY" in said or "WATCHDOG" in said:
            self._rearm()

    async def _live(self) -> None:
        """Run the process, and again if it ends as it should not."""
        while True:
            await self._run_once()
            self._disarm()
            if not self._is_wanted or not self._shall_restart():
                break
            self.restarts += 1
            self._in_vain += 1
            self._enter(State.ACTIVATING)
            self.changed.set()
            await asyncio.sleep(self._unit.seconds("RestartSec", 0.1))
        self._main = None
        if self._unit.text("RuntimeDirectoryPreserve") != "yes":
            for folder in confined.runtime_folders(self._unit):
                shutil.rmtree(folder, ignore_errors=True)
        self._enter(State.INACTIVE if self.result == "success" else State.FAILED)

    async def _run_once(self) -> None:
        self.result = "success"
        confined.make_folders(self._unit)
        if not await self._run_all("ExecStartPre"):
            return
        (command,) = self._unit.commands("ExecStart", self._environment())
        self._main = await self._spawn(command)
        limit = asyncio.get_running_loop().call_later(
            self._unit.seconds("TimeoutStartSec", 90), self._start_takes_too_long
        )
        status = await self._main.wait()
        limit.cancel()
        self._say(f"main process ended with {status}")
        if self.result == "success" and status:
            self.result = f"exit-code {status}" if status > 0 else f"signal {-status}"

    def _shall_restart(self) -> bool:
        status = self.result.removeprefix("exit-code ")
        if status in self._unit.words("RestartPreventExitStatus") or self._in_vain >= _MOST_IN_VAIN:
            return False
        return self.result != "success" and self._unit.text("Restart") in _ANYTHING_WRONG

    async def _run_all(self, key: str) -> bool:
        """Run commands one after the other until one fails."""
        for command in self._unit.commands(key, self._environment()):
            process = await self._spawn(command)
            status = await process.wait()
            if status:
                self._say(f"{key}: {' '.join(command)} ended with {status}")
                if key == "ExecStartPre":
                    self.result = f"exit-code {status} before the main process"
                return False
        return True

    async def _spawn(self, command: Sequence[str]) -> asyncio.subprocess.Process:
        """Start a command under the rules of the unit."""
        words = [sys.executable, "-m", "tests.installation.supervisor", "confined", self.name, *command]
        return await asyncio.create_subprocess_exec(
            *words, env={**self._environment(), "PYTHONPATH": os.environ["PYTHONPATH"]}
        )

    def _environment(self) -> dict[str, str]:
        given = dict(word.split("=", 1) for word in self._unit.words("Environment"))
        found = {"PATH": _PATH, "LANG": "C.UTF-8", "NOTIFY_SOCKET": NOTIFY, **given}
        if self._watchdog_seconds:
            found["WATCHDOG_USEC"] = str(int(self._watchdog_seconds * 1e6))
        if self._main is not None:
            found["MAINPID"] = str(self._main.pid)
        return found

    @property
    def _watchdog_seconds(self) -> float:
        return self._unit.seconds("WatchdogSec", 0.0)

    def _rearm(self) -> None:
        self._disarm()
        if self._watchdog_seconds:
            loop = asyncio.get_running_loop()
            self._watchdog = loop.call_later(self._watchdog_seconds, self._starved)

    def _disarm(self) -> None:
        if self._watchdog is not None:
            self._watchdog.cancel()

    def _starved(self) -> None:
        self._say("Watchdog timeout")
        self.result = "watchdog"
        self._kill(signal.SIGABRT)

    def _start_takes_too_long(self) -> None:
        if self.state is State.ACTIVATING:
            self.result = "timeout"
            self._kill(signal.SIGTERM)

    def _kill(self, number: signal.Signals) -> None:
        """Send a signal, wake who sleeps (systemd.kill(5)), and let nobody outlive his time."""
        assert self._main is not None
        process = self._main
        with suppress(ProcessLookupError):
            process.send_signal(number)
            process.send_signal(signal.SIGCONT)
        asyncio.get_running_loop().call_later(self._unit.seconds("TimeoutStopSec", 90), self._end, process)

    def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            self.result = "timeout"
            process.kill()

    def _enter(self, state: State) -> None:
        if state is not self.state:
            self._say(f"{self.state} -> {state}")
            self.state = state
            self.changed.set()

    async def _change(self) -> None:
        self.changed.clear()
        await self.changed.wait()

    def _say(self, text: str) -> None:
        print(f"{self.name}: {text}", flush=True)
