"""One daemon in this process, and everything that can be seen of it."""

import asyncio
import dataclasses
import json
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bgpd.bird.loading import load_bird
from bgpd.config import build, validate
from bgpd.control.interpreter import Interpreter
from bgpd.daemon import Daemon
from bgpd.protocols.protocol import ProtocolState
from bgpd.settings import DaemonSettings, KernelSettings, NeighborSettings
from bgpd.show.command import Line, Pause

_OURS: Final = {"bird", "44"}
"""What ``ip route`` calls the protocol numbers of the kernel protocols."""
_LISTENING: Final = "0A"
_TIMES: Final = {"since", "arrived", "changed"}
_OF_REFUSED: Final = _TIMES | {"best"}
"""Refused routes are in no order, and in BIRD's dialect the first one is marked."""

Picture = Mapping[str, Any]
"""What there is, by what it is about; two daemons that do the same have equal ones."""


def is_of_bird(text: str) -> bool:
    """Tell whether a text is in BIRD's language."""
    return text.startswith("log ")


def settings_of(text: str) -> DaemonSettings:
    """Return what the text of a file says."""
    if is_of_bird(text):
        with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
            file.write(text)
            file.flush()
            return load_bird([(file.name, 32)], "/none").settings
    return build(validate(tomllib.loads(text), "test.toml"))


class House:
    """A daemon whose files are texts by name."""

    def __init__(self, socket: Path, text: str) -> None:
        self.files = {"first": text}
        self._socket = str(socket)
        self.daemon = Daemon(self._read("first"), self._read, "first")
        self._task = asyncio.get_running_loop().create_task(self.daemon.run())

    def _read(self, name: str | None) -> DaemonSettings:
        text = self.files[name or "first"]
        if not is_of_bird(text):
            return settings_of(text.replace("[control]", f'[control]\nsocket = "{self._socket}"'))
        path = Path(self._socket).with_suffix(".cfg")
        path.write_text(text)
        return load_bird([(str(path), 32)], self._socket).settings

    async def stop(self) -> None:
        """End in good order."""
        self.daemon.shutdown()
        await self._task

    @property
    def is_settled(self) -> bool:
        """Whether everybody who shall work does, as far as it depends on nobody else."""
        if self._task.done():
            self._task.result()
        daemon = self.daemon
        protocols = daemon.protocols
        if daemon.is_reconfiguring or any(pipeline.is_behind for pipeline in daemon.pipelines):
            return False
        return all(
            each.name in protocols and (protocols[each.name].state is ProtocolState.DOWN) is each.disabled
            for each in daemon.settings.protocols
        )

    async def ask(self, command: str) -> str:
        """Return the answer to a command, without its codes."""
        texts = []
        for step in Interpreter(self.daemon).answer(command):
            if isinstance(step, Line):
                texts.append(step.text)
            elif step is not None and not isinstance(step, Pause):
                await step
        return ("" if command.startswith("json ") else "\n").join(texts)

    async def picture(self) -> Picture:
        """Return all that there is."""
        daemon = self.daemon
        picture: dict[str, Any] = {"router id": daemon.router_id}
        for protocol in daemon.protocols.values():
            picture[f"protocol {protocol.name}"] = (
                protocol.kind,
                protocol.table,
                protocol.state.value,
                protocol.is_disabled,
                protocol.message,
                protocol.description,
                protocol.filter_names,
                sorted(protocol.traces),
                [
                    (channel.family.name, getattr(channel.source, "routes", 0))
                    for channel in protocol.channels
                ],
                _lasting(getattr(protocol, "settings", getattr(protocol, "_settings", None))),
            )
        for table in daemon.tables:
            picture[f"table {table.name} {table.family.name}"] = "there"
        for command in ("show route table all all", "show route filtered table all all"):
            for row in json.loads(await self.ask(f"json {command}") or "[]"):
                name = f"route {row['table']} {row['prefix']} {row['protocol']} {command[11:19]}"
                by_chance = _OF_REFUSED if "filtered" in command else _TIMES
                picture[name] = json.dumps({k: v for k, v in row.items() if k not in by_chance})
        picture["static"] = sorted((await self.ask("show static")).splitlines())
        picture["listening"] = listening()
        return picture


def _lasting(settings: KernelSettings | NeighborSettings | None) -> object:
    """Return the settings of a protocol without what the protocol itself is asked about."""
    if isinstance(settings, KernelSettings):
        return dataclasses.replace(settings, description="", disabled=False, traces=frozenset())
    return settings


def kernel_routes() -> Picture:
    """Return the routes of ours in all tables of this host."""
    found: dict[str, Any] = {}
    for family in ("-4", "-6"):
        command = ["ip", "-json", "-details", family, "route", "show", "table", "all"]
        rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout or "[]")
        for row in rows:
            if row.get("protocol") in _OURS:
                found[f"kernel {row.get('table', 'main')} {row['dst']} {row.get('metric', 0)}"] = json.dumps(
                    row
                )
    return found


def flush_kernel_routes() -> None:
    """Remove what a daemon that failed has left."""
    for family in ("-4", "-6"):
        for number in _OURS:
            subprocess.run(["ip", family, "route", "flush", "table", "all", "protocol", number], check=True)


def listening() -> list[str]:
    """Return where somebody waits for TCP connections, as the kernel writes it."""
    found = []
    for name in ("tcp", "tcp6"):
        lines = Path(f"/proc/self/net/{name}").read_text().splitlines()[1:]
        rows = (line.split() for line in lines)
        found += [row[1] for row in rows if row[3] == _LISTENING]
    return sorted(found)


def differences(wanted: Picture, seen: Picture) -> str:
    """Return in words how two pictures differ; empty if they are equal."""
    lines = []
    for name in sorted(wanted.keys() | seen.keys()):
        if wanted.get(name) != seen.get(name):
            lines += [f"{name}", f"   fresh: {wanted.get(name)}", f"   here:  {seen.get(name)}"]
    return "\n".join(lines)
