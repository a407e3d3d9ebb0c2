"""The reader of ``calicoctl node status``: the peers out of ``show protocols``."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from tests.readers.lines import UnexpectedLineError, connected, read, send

_HEADING: Final = ["name", "proto", "table", "state", "since", "info"]
_PEER: Final = re.compile(r"(Global|Node|Mesh)_(.+)")
_TYPES: Final = {"Global": "global", "Node": "node specific", "Mesh": "node-to-node mesh"}


class Peer(NamedTuple):
    """One row of the table."""

    protocol: str
    address: str
    type: str
    state: str
    since: str
    bgp_state: str
    info: str


def peers(path: Path) -> list[Peer]:
    """Ask for the protocols and return those that are peers."""
    with connected(path) as stream:
        send(stream, "show protocols")
        return read_peers(stream, ":" if "6" in path.stem else ".")


def read_peers(stream: TextIO, separator: str = ".") -> list[Peer]:
    """Read the answer; the banner may still be before it."""
    rows = (row.split() for row in _rows(stream))
    return [peer for row in rows if (peer := _peer(row, separator)) is not None]


def _rows(stream: TextIO) -> Iterator[str]:
    while not (line := read(stream)).startswith("0000"):
        if line.startswith("0001"):
            continue
        if line.startswith("2002"):
            if line[5:].split() != _HEADING:
                raise UnexpectedLineError(line)
        elif line.startswith("1002"):
            yield line[5:]
        elif line.startswith(" "):
            yield line[1:]
        else:
            raise UnexpectedLineError(line)


def _peer(fields: list[str], separator: str) -> Peer | None:
    if len(fields) < 6 or fields[1] != "BGP" or not (name := _PEER.fullmatch(fields[0])):
        return None
    address = name[2].replace("_", separator)
    state, since, bgp_state, *info = fields[3:]
    return Peer(fields[0], address, _TYPES[name[1]], state, since, bgp_state, " ".join(info))
