"""The reader behind the ``CalicoNodeStatus`` resource and ``calicoctl``'s ``status show``."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from tests.readers.lines import UnexpectedLineError, connected, read, send
from tests.readers.node_status import Peer, read_peers

_STATES: Final = {"Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established", "Close"}
_NO_STATE: Final = "Passive"
"""BIRD shows it, but the resource has no such state."""
_ROUTE: Final = re.compile(
    r"(?P<destination>[0-9a-f.:]+/\d+)? *"
    r"(?:via (?P<gateway>\S+) on (?P<interface>\S+)|dev (?P<device>\S+)|(?P<kind>blackhole|unreachable)) "
    r"\[(?P<protocol>\S+) [^]]*\](?P<best> \*)?.*"
)
_SOURCES: Final = ("kernel", "static", "direct")
_PEER_NAME: Final = re.compile(r"(Global|Node|Mesh)_.+")


class Agent(NamedTuple):
    """What is said of the daemon."""

    version: str
    router_id: str
    last_boot: str
    last_reconfiguration: str
    is_ready: bool


class PeerStatus(NamedTuple):
    """What is said of one peer."""

    address: str
    bgp_state: str
    is_established: bool
    since: str


class Route(NamedTuple):
    """One row of the route table."""

    destination: str
    gateway: str
    interface: str
    source: str
    is_best: bool


def agent(path: Path) -> Agent:
    """Read ``show status``."""
    with connected(path) as stream:
        send(stream, "show status")
        lines: list[str] = []
        while not lines or not lines[-1].startswith("0013"):
            lines.append(read(stream))
    texts = [line[1:] if line.startswith(" ") else line[5:] for line in lines]

    def after(prefix: str) -> str:
        return next((text.removeprefix(prefix) for text in texts if text.startswith(prefix)), "")

    versions = [text for text in texts if text.startswith("BIRD v") and "ready" not in text]
    return Agent(
        version=versions[0].removeprefix("BIRD ") if versions else "",
        router_id=after("Router ID is "),
        last_boot=after("Last reboot on "),
        last_reconfiguration=after("Last reconfiguration on "),
        is_ready=any("BIRD" in line and "ready" in line for line in lines),
    )


def peer_statuses(path: Path) -> list[PeerStatus]:
    """Read ``show protocols``, then all of each peer, on the same connection."""
    with connected(path) as stream:
        send(stream, "show protocols")
        return [_status(stream, peer) for peer in read_peers(stream)]


def _status(stream: TextIO, peer: Peer) -> PeerStatus:
    send(stream, f"show protocols all {peer.protocol}")
    found: dict[str, str] = {}
    while not (line := read(stream)).startswith("0000"):
        for label in ("BGP state:", "Neighbor address:"):
            if label in line:
                if label in found:
                    raise UnexpectedLineError(f"{label} for the second time: {line}")
                found[label] = line.partition(label)[2].strip()
    state = "" if found["BGP state:"] == _NO_STATE else found["BGP state:"]
    if state and state not in _STATES:
        raise UnexpectedLineError(f"BGP state: {state}")
    return PeerStatus(found["Neighbor address:"], state, peer.state == "up", peer.since)


def routes(path: Path) -> list[Route]:
    """Read ``show route``."""
    with connected(path) as stream:
        send(stream, "show route")
        found: list[Route] = []
        while not (line := read(stream)).startswith("0000"):
            if not line.startswith("0001"):
                destination = found[-1].destination if found else ""
                found.append(_route(line[5:] if line.startswith("1007") else line[1:], destination))
        return found


def _route(text: str, previous: str) -> Route:
    row = _ROUTE.fullmatch(text)
    if row is None:
        raise UnexpectedLineError(text)
    return Route(
        destination=row["destination"] or previous,
        gateway=row["gateway"] or row["kind"] or "",
        interface=row["interface"] or row["device"] or "",
        source=_source(row["protocol"]),
        is_best=row["best"] is not None,
    )


def _source(protocol: str) -> str:
    for source in _SOURCES:
        if protocol.startswith(source):
            return source
    if not _PEER_NAME.fullmatch(protocol):
        raise UnexpectedLineError(f"routes from {protocol}")
    return protocol


READERS: Final[tuple[Callable[[Path], object], ...]] = (agent, peer_statuses, routes)
