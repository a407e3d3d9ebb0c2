"""The BGP neighbors of a server, read from ``show protocols`` as calicoctl reads it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bgpd.control.dialog import Dialog, DialogError
from bgpd.control.peer_table import Peer
from bgpd.peer_names import CALICO_NAME, PEER_TYPES

_HEADING: Final = 2002
_ROW: Final = 1002
_COLUMNS: Final = ["name", "proto", "table", "state", "since", "info"]
_BGP: Final = "BGP"

_IPV4: Final = re.compile(r"\d+(_\d+){3}")

_CALICOS_BIRD: Final = "BIRD v"
"""Begins the banner of Calico's BIRD: protocols of other names are not its peers, but local workloads."""

_DAY_AND_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)")

_DETAIL: Final = re.compile(r" +(Neighbor address|Session): +(\S+)")


class _Row(NamedTuple):
    """What ``show protocols`` says of a neighbor; ``info`` is nothing if it is down."""

    name: str
    state: str
    since: str
    info: str


def read_peers(dialog: Dialog) -> list[Peer]:
    """Ask for the neighbors; raises DialogError if the answer is not as expected."""
    is_calicos = dialog.banner.startswith(_CALICOS_BIRD)
    peers = []
    for row in list(_rows(dialog)):
        if named := CALICO_NAME.fullmatch(row.name):
            # Calico's own reader skips what is down, too
            peers += [Peer(_address(*named.group(2, 3)), PEER_TYPES[named[1]], *row[1:])] if row.info else []
        elif not is_calicos:
            peers.append(_other_peer(dialog, row))
    return peers


def _rows(dialog: Dialog) -> Iterator[_Row]:
    for line in dialog.ask("show protocols"):
        if line.code == _HEADING and line.text.lower().split() != _COLUMNS:
            raise DialogError(f"The server has another table of protocols: {line.text}")
        if line.is_error:
            raise DialogError(line.text)
        if line.code == _ROW:
            fields = _DAY_AND_TIME.sub(r"\1/\2", line.text).split()
            if len(fields) >= len(_COLUMNS) - 1 and fields[1] == _BGP:
                since = fields[4].replace("/", " ")
                yield _Row(fields[0], fields[3], since, " ".join(fields[5:]))


def _address(name: str, port: str | None) -> str:
    address = name.replace("_", "." if _IPV4.fullmatch(name) else ":")
    return f"{address} port {port}" if port else address


def _other_peer(dialog: Dialog, row: _Row) -> Peer:
    """Ask about a neighbor whose name does not tell who it is; its type is known while its session is up."""
    lines = dialog.ask(f"show protocols all {row.name}")
    details = {found[1]: found[2] for line in lines if (found := _DETAIL.match(line.text))}
    return Peer(details.get("Neighbor address", row.name), details.get("Session", _BGP), *row[1:])
