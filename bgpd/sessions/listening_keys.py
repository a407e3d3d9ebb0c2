"""The keys of the listening sockets: one for each neighbor or range that signs (RFC 2385, RFC 5925)."""

import asyncio
import errno
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from socket import AddressFamily, socket
from typing import Final, NamedTuple

from bgpd.sessions import tcp_ao, tcp_md5
from bgpd.sessions.signers import Signers
from bgpd.sessions.socket_options import Endpoint
from bgpd.sessions.tcp_ao import TcpAo

Key = bytes | TcpAo
"""A TCP MD5 password or a key of TCP-AO; an empty password is none."""

_log: Final = logging.getLogger("bgpd.listener")
_NO_KEY: Final = b""
_RETRY: Final = 30.0
_KEY_OCTETS: Final = 256
"""Of a socket's option memory; Linux charges 136 for a TCP MD5 key and less than this for one of TCP-AO."""
_OTHER_KEY: Final = "another neighbor with this address has another key, and the kernel takes one for both"


class Place(NamedTuple):
    """Where the kernel holds a key: in the sockets of a device, for some addresses."""

    device: str
    signers: Signers


class _Refused(NamedTuple):
    """A key that the kernel did not take."""

    is_full: bool
    """Whether there is no option memory left."""
    reason: str


class ListeningKeys:
    """What the kernel was given, or shall be given once it takes it.

    If several neighbors share an address, the key of the first is the one in use.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, sockets_of: Callable[[str, AddressFamily], Iterable[socket]]
    ) -> None:
        self.problems: dict[str, str] = {}
        """Neighbors whose key is not in use, by name; the kernel is asked again from time to time."""
        self._loop = loop
        self._sockets_of = sockets_of
        """The listening sockets of a device and an address family."""
        self._keys: dict[Place, dict[str, Key]] = {}
        """The keys wanted, by the names of the neighbors."""
        self._wanted: Counter[tuple[str, AddressFamily]] = Counter()
        """How many keys the sockets of a device and family are to hold."""
        self._refused: dict[Place, _Refused] = {}
        self._timer: asyncio.TimerHandle | None = None

    def use(self, name: str, endpoint: Endpoint, key: Key) -> None:
        """Use this key for a neighbor or range from now on."""
        place = Place(endpoint.device, endpoint.signers)
        keys = self._keys.setdefault(place, {})
        before = _first(keys)
        if key:
            keys[name] = key
        else:
            keys.pop(name, None)
            self.problems.pop(name, None)
        after = _first(keys)
        self._wanted[_group(place)] += bool(after) - bool(before)
        if after != before:
            self._replace(place, before, after)
        self._report(place)
        if not keys:
            del self._keys[place]
            self._refused.pop(place, None)

    def rename(self, names: Mapping[str, str]) -> None:
        """Neighbors are called otherwise; ``names`` has their new names by the former ones."""
        self.problems = {names.get(name, name): problem for name, problem in self.problems.items()}
        for place, keys in self._keys.items():
            self._keys[place] = {names.get(name, name): key for name, key in keys.items()}

    def opened(self, device: str) -> None:
        """Give the sockets of a device, which are new, their keys."""
        for place, keys in self._keys.items():
            if place.device == device:
                self._replace(place, _first(keys), _first(keys))
                self._report(place)

    def stop(self) -> None:
        """Ask the kernel no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def problem_of(self, device: str, address: bytes) -> str:
        """Say why the kernel does not check who connects from an address, though it should."""
        for place, refused in self._refused.items():
            if place.device == device and address in place.signers:
                return refused.reason
        return ""

    def _replace(self, place: Place, old: Key, new: Key) -> None:
        """Take the old key from the kernel, if it has it, and give it the new one."""
        self._refused.pop(place, None)
        for sock in self._sockets_of(*_group(place)):
            try:
                _replace(sock, place.signers, old, new)
            except OSError as error:
                self._refused[place] = _Refused(error.errno == errno.ENOMEM, self._explain(place, error))
                self._retry_later()

    def _explain(self, place: Place, error: OSError) -> str:
        reason = error.strerror or str(error)
        if error.errno == errno.ENOMEM:
            octets = self._wanted[_group(place)] * _KEY_OCTETS
            reason += f"; the keys of all neighbors need up to {1 << octets.bit_length()}"
        return reason

    def _report(self, place: Place) -> None:
        """Note the problems of all who share a place, and log what is new."""
        keys = self._keys[place]
        reason = self._refused[place].reason if place in self._refused else ""
        for name, key in keys.items():
            problem = _OTHER_KEY if key != _first(keys) else reason
            if not problem:
                self.problems.pop(name, None)
            elif self.problems.get(name) != problem:
                _log.error("%s: %s", name, problem)
                self.problems[name] = problem

    def _retry_later(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(_RETRY, self._retry)

    def _retry(self) -> None:
        """Ask the kernel again, about a socket without memory once."""
        self._timer = None
        full = set()
        for place, refused in tuple(self._refused.items()):
            if refused.is_full and _group(place) in full:
                continue
            key = _first(self._keys[place])
            self._replace(place, key, key)
            self._report(place)
            if place in self._refused and self._refused[place].is_full:
                full.add(_group(place))
        if self._refused:
            self._retry_later()


def _group(place: Place) -> tuple[str, AddressFamily]:
    return place.device, place.signers.family


def _first(keys: Mapping[str, Key]) -> Key:
    return next(iter(keys.values()), _NO_KEY)


def _replace(sock: socket, signers: Signers, old: Key, new: Key) -> None:
    """Replace a key; one TCP MD5 password takes the place of another without a moment between."""
    if isinstance(old, TcpAo):
        tcp_ao.delete_key(sock, signers, old)
    if isinstance(new, TcpAo):
        if old and not isinstance(old, TcpAo):
            tcp_md5.set_key(sock, signers, _NO_KEY)
        tcp_ao.add_key(sock, signers, new)
    elif new or not isinstance(old, TcpAo):
        tcp_md5.set_key(sock, signers, new)
