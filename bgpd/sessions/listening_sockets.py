"""The sockets that a daemon listens on: one an address, and as many again for each device with neighbors."""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from bgpd.sessions.listening_keys import ListeningKeys
from bgpd.sessions.socket_options import listening_socket

ANY_DEVICE: Final = ""

_log: Final = logging.getLogger("bgpd.listener")
_BACKLOG: Final = 1024
"""Neighbors that may connect while one callback runs."""
_RETRY: Final = 30.0


class Binding(NamedTuple):
    """What a listening socket is bound to."""

    address: str
    device: str


class ListeningSockets:
    """Opens and closes the sockets as devices come and go, and sees to it that each has its keys.

    A socket is bound to the index of a device, so one that was removed and made again needs new sockets.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        addresses: tuple[str, ...],
        port: int,
        accept: Callable[[socket.socket, str], None],
    ) -> None:
        self.problems: dict[str, str] = {}
        """Why there is no listening on a device, by its name; tried again from time to time."""
        self.keys = ListeningKeys(loop, self._of)
        self._loop = loop
        self._addresses = addresses
        self._port = port
        self._accept = accept
        """Called with a socket that has connections, and its device."""
        self._sockets: dict[Binding, socket.socket] = {}
        self._indexes: dict[str, int] = {}
        """What the kernel called the devices when their sockets were opened."""
        self._users: Counter[str] = Counter()
        self._pauses: dict[Binding, asyncio.TimerHandle] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_open = False
        self._is_started = False

    def __iter__(self) -> Iterator[socket.socket]:
        return iter(self._sockets.values())

    def _of(self, device: str, family: socket.AddressFamily) -> Iterator[socket.socket]:
        for binding, sock in self._sockets.items():
            if binding.device == device and sock.family == family:
                yield sock

    # Life

    def open(self) -> None:
        """Take the addresses; ``OSError`` names the one that cannot be had, and nothing is taken then.

        A device that is not there is no reason to fail: it may come.
        """
        try:
            for address in self._addresses:
                self._open(Binding(address, ANY_DEVICE))
        except OSError:
            self.stop()
            raise
        self._is_open = True
        self.keys.opened(ANY_DEVICE)
        self.check_devices([*self._users])

    def start(self) -> None:
        """Report connections; opens first what is not open yet."""
        if not self._is_open:
            self.open()
        self._is_started = True
        for binding in self._sockets:
            self._watch(binding)

    def stop(self) -> None:
        """Close everything."""
        self._is_open = self._is_started = False
        for binding in tuple(self._sockets):
            self._close(binding)
        self._indexes.clear()
        self.keys.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pause(self, seconds: float) -> None:
        """Report no connections for some time."""
        for binding, sock in self._sockets.items():
            if binding not in self._pauses:
                self._loop.remove_reader(sock)
                self._pauses[binding] = self._loop.call_later(seconds, self._resume, binding)

    def _resume(self, binding: Binding) -> None:
        del self._pauses[binding]
        self._watch(binding)

    # Devices

    def use(self, device: str) -> None:
        """Listen on a device for one user more."""
        self._users[device] += 1
        if self._users[device] == 1 and self._is_open:
            self._check(device)

    def release(self, device: str) -> None:
        """Stop to listen on a device if this was its last user."""
        self._users[device] -= 1
        if not self._users[device]:
            del self._users[device]
            self._close_device(device)
            self.problems.pop(device, None)

    def check_devices(self, names: Iterable[str]) -> None:
        """Listen on these devices if they have users, as they are now: new, or gone, or others."""
        if self._is_open:
            for device in names:
                if device in self._users:
                    self._check(device)

    def _check(self, device: str) -> None:
        if device == ANY_DEVICE:
            return
        index = _index(device)
        if self._indexes.get(device) != index:
            self._close_device(device)
        self._open_device(device, index)
        if self._timer is None:
            self._timer = self._loop.call_later(_RETRY, self._check_again)

    def _check_again(self) -> None:
        self._timer = None
        self.check_devices([*self._users])

    def _open_device(self, device: str, index: int | None) -> None:
        """Open what is not open, as far as that goes."""
        missing = {Binding(address, device) for address in self._addresses} - self._sockets.keys()
        problem = ""
        for binding in missing:
            try:
                self._open(binding)
            except OSError as error:
                problem = error.strerror or str(error)
        if index is not None:
            self._indexes[device] = index
        if missing:
            self.keys.opened(device)
        if not problem:
            self.problems.pop(device, None)
        elif self.problems.get(device) != problem:
            _log.error("Neighbors on device %s cannot connect: %s", device, problem)
            self.problems[device] = problem

    def _close_device(self, device: str) -> None:
        if device == ANY_DEVICE:
            return
        for binding in [binding for binding in self._sockets if binding.device == device]:
            self._close(binding)
        self._indexes.pop(device, None)

    # One socket

    def _open(self, binding: Binding) -> None:
        self._sockets[binding] = listening_socket(binding.address, self._port, _BACKLOG, binding.device)
        if self._is_started:
            self._watch(binding)

    def _watch(self, binding: Binding) -> None:
        sock = self._sockets[binding]
        self._loop.add_reader(sock, self._accept, sock, binding.device)

    def _close(self, binding: Binding) -> None:
        sock = self._sockets.pop(binding)
        self._loop.remove_reader(sock)
        if binding in self._pauses:
            self._pauses.pop(binding).cancel()
        sock.close()


def _index(device: str) -> int | None:
    with suppress(OSError):
        return socket.if_nametoindex(device)
    return None
