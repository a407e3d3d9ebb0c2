"""The RIB as the control socket shows it in JSON, and as it ought to be shown."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from struct import iter_unpack
from typing import Any, Final, NamedTuple, Self

from tests.real_table.rules import AS_PATH, AS_SET, segments
from tests.real_table.updates import IPV4, IPV6, Attributes, Prefix

_PATIENCE: Final = 120.0
_DECODER: Final = json.JSONDecoder()
_SEPARATORS: Final = "[,]"
_ENOUGH: Final = 1 << 16
"""Characters that are put together before they are read."""


class Shown(NamedTuple):
    """One route to one prefix."""

    prefix: Prefix
    protocol: str
    is_best: bool
    attributes: Mapping[str, object]


class Rib:
    """The tables of a running daemon; a context manager."""

    def __init__(self, control_socket: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(control_socket))
        self._socket.settimeout(_PATIENCE)
        self._stream = self._socket.makefile("rw", encoding="ascii", newline="\n")
        self._stream.readline()  # the banner: the server speaks first

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stream.close()
        self._socket.close()

    def count(self) -> int:
        """Return how many routes there are."""
        [answer] = self._ask("show route count")
        return int(answer["routes"])

    def routes(self, prefix: str = "") -> Iterator[Shown]:
        """Yield the routes to one prefix, or all."""
        for row in self._ask(f"show route {prefix} all"):
            yield Shown(packed(row["prefix"]), row["protocol"], row["best"], row["attributes"])

    def _ask(self, command: str) -> Iterator[dict[str, Any]]:
        """Yield the objects of an answer while it comes: all at once would be gigabytes."""
        self._stream.write(f"json {command}\n")
        self._stream.flush()
        rest = ""
        for chunk in self._chunks():
            text = rest + chunk
            position = 0
            for row, end in _objects(text):
                yield row
                position = end
            rest = text[position:]
        assert not rest.strip(_SEPARATORS), rest

    def _chunks(self) -> Iterator[str]:
        """Yield the text of an answer in pieces (``bgpd/control/document.py``)."""
        pieces: list[str] = []
        for line in self._stream:
            if line.startswith(("1900", " ")):
                pieces.append(line[5:-1] if line[0] == "1" else line[1:-1])
            else:
                assert line.startswith("0000"), line
                break
            if len(pieces) * 400 > _ENOUGH:
                yield "".join(pieces)
                pieces = []
        yield "".join(pieces)


def _objects(text: str) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the objects of a list that may be cut anywhere, each with where it ends."""
    start = text.find("{")
    while start >= 0:
        try:
            row, end = _DECODER.raw_decode(text, start)
        except json.JSONDecodeError:
            break
        yield row, end
        start = text.find("{", end)


def packed(text: str) -> Prefix:
    """Return the prefix of its text."""
    address, _, bits = text.partition("/")
    family, octets = (
        (IPV6, socket.inet_pton(socket.AF_INET6, address))
        if ":" in address
        else (IPV4, socket.inet_aton(address))
    )
    return bytes((family, int(bits))) + octets[: (int(bits) + 7) // 8]


def text_of(prefix: Prefix) -> str:
    """Return the text of a prefix."""
    family, bits, address = prefix[0], prefix[1], prefix[2:]
    octets = 16 if family == IPV6 else 4
    return f"{_address(address + bytes(octets - len(address)))}/{bits}"


def plain(attributes: Attributes) -> dict[str, object]:
    """Return what JSON is to show of a set."""
    shown: dict[str, object] = {}
    for code, (_, value) in attributes.items():
        name, read = _PLAIN.get(code, (f"attribute_{code}", bytes.hex))
        shown[name] = read(value)
    return shown


def _address(octets: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET if len(octets) == 4 else socket.AF_INET6, octets)


def _next_hops(value: bytes) -> str:
    """Return one address, or a global and a link-local one (RFC 2545 §3)."""
    return _address(value) if len(value) <= 16 else f"{_address(value[:16])} {_address(value[16:])}"


def _path(value: bytes) -> list[object]:
    """Return the AS numbers in their order; a set is a list of its own."""
    path: list[object] = []
    for kind, asns in segments(value):
        path += [list(asns)] if kind == AS_SET else asns
    return path


def _communities(value: bytes) -> list[str]:
    return [f"{asn}:{number}" for asn, number in iter_unpack("!HH", value)]


def _extended(value: bytes) -> list[str]:
    return [_extended_community(value[at : at + 8]) for at in range(0, len(value), 8)]


def _extended_community(value: bytes) -> str:
    """Route targets and origins of an AS or an address (RFC 4360 §4, §5, RFC 5668 §2); others are hex."""
    name = _EXTENDED.get(value[1])
    match value[0]:
        case 0 if name:
            return f"({name}, {int.from_bytes(value[2:4])}, {int.from_bytes(value[4:])})"
        case 1 if name:
            return f"({name}, {_address(value[2:6])}, {int.from_bytes(value[6:])})"
        case 2 if name:
            return f"({name}, {int.from_bytes(value[2:6])}, {int.from_bytes(value[6:])})"
    return f"(generic, 0x{int.from_bytes(value[:4]):x}, 0x{int.from_bytes(value[4:]):x})"


_EXTENDED: Final = {2: "rt", 3: "ro"}
_PLAIN: Final[Mapping[int, tuple[str, Callable[[bytes], object]]]] = {
    1: ("origin", lambda value: ("IGP", "EGP", "Incomplete")[value[0]]),
    AS_PATH: ("as_path", _path),
    3: ("next_hop", _next_hops),
    4: ("med", int.from_bytes),
    5: ("local_pref", int.from_bytes),
    6: ("atomic_aggr", lambda _value: True),
    7: ("aggregator", lambda value: f"{_address(value[4:])} AS{int.from_bytes(value[:4])}"),
    8: ("community", _communities),
    9: ("originator_id", _address),
    10: ("cluster_list", lambda value: [_address(value[at : at + 4]) for at in range(0, len(value), 4)]),
    14: ("next_hop", _next_hops),
    16: ("ext_community", _extended),
}
