"""The listening control socket."""

import asyncio
import os
import socket
import stat
from operator import attrgetter
from pathlib import Path
from struct import Struct
from typing import Final

from bgpd.control.connection import Connection
from bgpd.control.interpreter import Interpreter
from bgpd.control.turns import Turns
from bgpd.show.command import Line
from bgpd.show.status import announced_version
from bgpd.show.view import Daemon

_MODE: Final = 0o660
_WAITING: Final = 1024
"""Clients that may wait to be accepted; one more is told to try again (EAGAIN), and few clients do."""
_CLIENTS: Final = 512
"""At one more, the one that has asked nothing for the longest time has to go: neighbors need files, too."""
_READY: Final = 1
_PEER_CREDENTIALS: Final = Struct("iII")
"""Process, user and group of a Unix socket's other end (unix(7), SO_PEERCRED)."""


class AlreadyRunningError(Exception):
    """Another daemon answers on the socket."""

    def __init__(self, path: Path, process: int) -> None:
        super().__init__(f"another bgpd is running on {path} (pid {process})")
        self.process = process


class ControlServer:
    """Listens for clients from ``start`` to ``stop``."""

    def __init__(self, path: Path, daemon: Daemon) -> None:
        self._daemon = daemon
        self._path = path
        self._server: asyncio.Server | None = None
        self._inode = 0
        self._connections: set[Connection] = set()

    async def start(self) -> None:
        """Take the socket's place in the file system.

        Raises AlreadyRunningError if another daemon has it, and OSError if it cannot be made.
        """
        _make_way(self._path)
        listening = _listen(self._path)
        self._inode = self._path.stat().st_ino
        loop = asyncio.get_running_loop()
        turns = Turns(loop)
        self._server = await loop.create_unix_server(
            lambda: self._connect(turns), sock=listening, backlog=_WAITING
        )

    def _connect(self, turns: Turns) -> Connection:
        if len(self._connections) >= _CLIENTS:
            quietest = min(self._connections, key=attrgetter("asked_last"))
            self._connections.discard(quietest)
            quietest.close()
        banner = Line(_READY, f"{announced_version(self._daemon)} ready.", last=True)
        connection = Connection(banner, Interpreter(self._daemon), turns, self._connections.discard)
        self._connections.add(connection)
        return connection

    async def stop(self) -> None:
        """Hang up on all clients and remove the socket, unless another daemon has put its own there."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for connection in tuple(self._connections):
            connection.close()
        try:
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()
        except FileNotFoundError:
            pass  # somebody else tidied up


def look_for_another(path: Path) -> None:
    """Raise AlreadyRunningError if a daemon answers on this socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER_CREDENTIALS.size)
        process, _user, _group = _PEER_CREDENTIALS.unpack(credentials)
        raise AlreadyRunningError(path, process)


def _make_way(path: Path) -> None:
    """Make the folder, and remove a socket that nobody listens on any more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise FileExistsError(f"{path} is there and is no socket")
    except FileNotFoundError:
        return
    look_for_another(path)
    path.unlink()


def _listen(path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~_MODE)  # so that at no moment more may connect than later
    try:
        listening.bind(str(path))
        path.chmod(_MODE)
        listening.listen(_WAITING)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    listening.setblocking(False)
    return listening
