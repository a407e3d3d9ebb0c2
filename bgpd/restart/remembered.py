"""What is worth knowing after a restart: whom to expect, who may have kept our routes, what went wrong.

All of it is a help, and nothing depends on it. So whatever is not as it should be is left out, and where not
even the outside is right nothing is remembered.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final, NamedTuple

VERSION: Final = 1
REFRESH: Final = 60.0
"""Seconds after which it is written again though nothing has changed: it says when we were there last."""
_HIGHEST_IDENTIFIER: Final = 1 << 24
"""Those of sources are given from 1 on, and far above there are others."""
_LONGEST: Final = 1000
"""Characters of a text that are kept."""
_MOST: Final = 100_000
"""Entries of each kind."""


class RememberedError(Exception):
    """The text is not ours, or not of this version."""


class RememberedNeighbor(NamedTuple):
    """One neighbor of the former process."""

    sessions_lost: int = 0
    last_error: str = ""
    keeps: int = 0
    """For how many seconds it keeps our routes after it has lost us (RFC 4724); 0: not at all."""


class Visitor(NamedTuple):
    """A neighbor of a range, which needs no configuration of its own."""

    address: str
    interface: str
    """The scope of a link-local address, else empty."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the former process has written last."""

    at: float = 0.0
    """Unix time; 0: there is nothing."""
    ended: str = ""
    """How it has ended; empty if it was not in good order."""
    neighbors: Mapping[str, RememberedNeighbor] = field(default_factory=dict)
    """By name."""
    visitors: Mapping[str, Sequence[Visitor]] = field(default_factory=dict)
    """By the name of the range."""
    path_identifiers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Of the routes of a protocol, by table and by name (RFC 7911)."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return not self.at

    def keepers(self, now: float) -> Sequence[str]:
        """Return the names of neighbors that may still have our routes."""
        if self.ended == "withdraw":
            return []
        age = max(0.0, now - self.at - REFRESH)
        return [name for name, each in self.neighbors.items() if age < each.keeps]


NOTHING: Final = Remembered()


def write(remembered: Remembered) -> str:
    """Return it as JSON."""
    return json.dumps(
        {
            "version": VERSION,
            "at": remembered.at,
            "ended": remembered.ended,
            "neighbors": {name: each._asdict() for name, each in remembered.neighbors.items()},
            "visitors": {name: [*map(list, each)] for name, each in remembered.visitors.items()},
            "path_identifiers": remembered.path_identifiers,
        },
        separators=(",", ":"),
    )


def read(text: str) -> Remembered:
    """Return what a text says. Raises RememberedError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RememberedError("it is no JSON") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise RememberedError("it is of another version")
    at = document.get("at")
    if not isinstance(at, int | float) or not 0 < at < 1e12:
        raise RememberedError("it does not say when it was written")
    return Remembered(
        at=float(at),
        ended=_text(document.get("ended")),
        neighbors={name: _neighbor(each) for name, each in _entries(document.get("neighbors"))},
        visitors={name: _visitors(each) for name, each in _entries(document.get("visitors"))},
        path_identifiers={
            table: dict(_identifiers(each)) for table, each in _entries(document.get("path_identifiers"))
        },
    )


def _entries(value: Any) -> Sequence[tuple[str, Any]]:  # noqa: ANN401 - JSON may be anything
    return [*value.items()][:_MOST] if isinstance(value, dict) else []


def _text(value: object) -> str:
    """Return a text that can be shown in one line."""
    return value[:_LONGEST] if isinstance(value, str) and value.isprintable() else ""


def _number(value: object, most: int) -> int:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= most else 0  # type: ignore[operator, return-value]


def _neighbor(value: object) -> RememberedNeighbor:
    if not isinstance(value, dict):
        return RememberedNeighbor()
    return RememberedNeighbor(
        _number(value.get("sessions_lost"), 1 << 53),
        _text(value.get("last_error")),
        _number(value.get("keeps"), 1 << 25),
    )


def _visitors(value: object) -> Sequence[Visitor]:
    found = []
    for each in value[:_MOST] if isinstance(value, list) else ():
        match each:
            case [str(address), str(interface)] if _is_address(address) and interface.isprintable():
                found.append(Visitor(address, interface))
    return found


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _identifiers(value: object) -> Sequence[tuple[str, int]]:
    """Return those that are fit for sources; one may be given to one source only."""
    found: dict[int, str] = {}
    for name, each in _entries(value):
        number = _number(each, _HIGHEST_IDENTIFIER)
        if number:
            found.setdefault(number, name)
    return [(name, number) for number, name in found.items()]
