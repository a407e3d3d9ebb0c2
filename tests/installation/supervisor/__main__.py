"""A stand-in for systemd where it does not run: one that is asked by ``systemctl``, and knows services alone.

``python -m tests.installation.supervisor serve`` runs services, ``... systemctl WORDS`` asks it. It needs the
standard library only, so that it runs in a root that has nothing else.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.installation.supervisor import confined
from tests.installation.supervisor.asking import ASK, ask
from tests.installation.supervisor.service import NOTIFY, Service, State
from tests.installation.supervisor.unit import Unit, find
from tests.upkeep.manager import Manager

Answer = tuple[int, str]


class Supervisor:
    """All services that were ever asked for."""

    def __init__(self) -> None:
        Path(NOTIFY).parent.mkdir(parents=True, exist_ok=True)
        self._manager = Manager(NOTIFY)
        Path(NOTIFY).chmod(0o777)
        self._services: dict[str, Service] = {}
        self._verbs: dict[str, Callable[[Service], Awaitable[Answer]]] = {
            "start": self._start,
            "stop": self._stop,
            "restart": self._restart,
            "reload": self._reload,
            "is-active": self._is_active,
            "status": self._status,
        }

    async def serve(self) -> None:
        """Answer for ever."""
        asyncio.get_running_loop().add_reader(self._manager.socket, self._hear)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(ASK)
            _let_all_ask()
            server = await asyncio.start_unix_server(self._answer, sock=listening)
            print("ready", flush=True)
            await server.serve_forever()

    def _hear(self) -> None:
        for process, text in self._manager.notices():
            for service in self._services.values():
                service.hear(process, text)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        words = json.loads(await reader.readline())
        try:
            answer = await self._do(words)
        except (FileNotFoundError, KeyError) as error:
            answer = (5, f"{error}\n")
        writer.write(json.dumps(answer).encode())
        await writer.drain()
        writer.close()

    async def _do(self, words: list[str]) -> Answer:
        verb, names = words[0], [word for word in words[1:] if not word.startswith("--")]
        if verb == "is-system-running":
            print("asked whether the system is running", flush=True)
            return 0, "running\n"
        if verb == "daemon-reload":
            for service in self._services.values():
                service.read_again()
            return 0, ""
        (name,) = names
        service = self._service(name if "." in name else f"{name}.service")
        if verb in ("enable", "disable"):
            if "--now" not in words:
                return 0, ""
            verb = {"enable": "start", "disable": "stop"}[verb]
        return await self._verbs[verb](service)

    def _service(self, name: str) -> Service:
        if name not in self._services:
            self._services[name] = Service(name, self._manager)
        return self._services[name]

    async def _start(self, service: Service) -> Answer:
        if await service.start():
            return 0, ""
        return 1, f"Job for {service.name} failed: {service.result}\n"

    async def _stop(self, service: Service) -> Answer:
        await service.stop()
        return 0, ""

    async def _restart(self, service: Service) -> Answer:
        await service.stop()
        return await self._start(service)

    async def _reload(self, service: Service) -> Answer:
        if service.state is not State.ACTIVE:
            return 1, f"{service.name} is not active, cannot reload.\n"
        return (0, "") if await service.reload() else (1, f"Job for {service.name} failed.\n")

    async def _is_active(self, service: Service) -> Answer:
        return (0 if service.state is State.ACTIVE else 3), f"{service.state}\n"

    async def _status(self, service: Service) -> Answer:
        rows = {
            "Active": f"{service.state} (Result: {service.result})",
            "Main PID": service.main_process,
            "Restarts": service.restarts,
            "Status": f'"{service.status}"',
        }
        text = "".join(f"{key:>10}: {value}\n" for key, value in rows.items())
        return (0 if service.state is State.ACTIVE else 3), f"{service.name}\n{text}"


def _let_all_ask() -> None:
    Path(ASK).chmod(0o666)


def systemctl(words: list[str]) -> int:
    """Ask, and print the answer."""
    status, text = ask(words)
    print(text, end="")
    return status


def main(words: list[str]) -> int:
    """Play systemd, systemctl, or what becomes a service."""
    if words[0] == "systemctl":
        return systemctl(words[1:])
    if words[0] == "confined":
        confined.become(Unit(*find(words[1])), words[2:])
    asyncio.run(Supervisor().serve())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
