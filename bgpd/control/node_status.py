"""``bgpdcl node status``: the peers of a Calico node, in the table of ``calicoctl node status``."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bgpd.control.dialog import Dialog, DialogError, UnreachableError
from bgpd.control.peer_table import Peer, draw
from bgpd.control.peers import read_peers
from bgpd.control.terminal import GREEN, RED, Terminal, printable

_SOCKETS: Final[Mapping[str, Sequence[str]]] = {
    "IPv4": ("/var/run/calico/bird.ctl", "/var/run/bird/bird.ctl"),
    "IPv6": ("/var/run/calico/bird6.ctl", "/var/run/bird/bird6.ctl"),
}
"""Where the servers of a node are, the likeliest place first."""

_PLAIN_BGPD: Final = "/run/bgpd/bgpd.ctl"
"""Who is asked if none of them is there; it has the peers of both families."""

_PROGRAMS: Final = {"IPv4": "INFO: BIRDv4 process: 'bird'", "IPv6": "INFO: BIRDv6 process: 'bird6'"}

_PATIENCE: Final = 2.0
"""Seconds that calicoctl, too, waits for the server to say something."""

_INTERVAL: Final = 2.0
_TOP_OF_SCREEN: Final = "\x1b[H\x1b[J"

_DONE, _FAILED, _INTERRUPTED = 0, 1, 130


class _Part(NamedTuple):
    """What is known of the peers of one family; their list is None if nobody answers."""

    family: str
    peers: Sequence[Peer] | None
    problem: str = ""


def main(arguments: Sequence[str]) -> int:
    """Print the table, once or again and again until interrupted.

    The exit status is 1 if no server answers, or if one does not answer as it should.
    """
    options = command_line().parse_args(arguments)
    terminal = Terminal(options.color)
    try:
        while True:
            parts = _ask(options.socket)
            if options.watch and sys.stdout.isatty():
                sys.stdout.write(_TOP_OF_SCREEN)
            _print(parts, terminal, as_json=options.json)
            if not options.watch:
                return _status(parts)
            time.sleep(_INTERVAL)
    except KeyboardInterrupt:
        return _DONE if options.watch else _INTERRUPTED


def _status(parts: Sequence[_Part]) -> int:
    good = any(part.peers is not None for part in parts) and not any(part.problem for part in parts)
    return _DONE if good else _FAILED


def _ask(path: str | None) -> Sequence[_Part]:
    """Read the peers of both families from one server, or those of each from its own."""
    if path is not None:
        return _of_both(path)
    parts = []
    for family, places in _SOCKETS.items():
        answers = (_of_one(family, place) for place in places)
        parts.append(next(filter(_is_anybody_there, answers), _Part(family, None)))
    return parts if any(map(_is_anybody_there, parts)) else _of_both(_PLAIN_BGPD)


def _is_anybody_there(part: _Part) -> bool:
    return part.peers is not None or bool(part.problem)


def _of_one(family: str, path: str) -> _Part:
    try:
        with Dialog(path, _PATIENCE) as dialog:
            return _Part(family, read_peers(dialog))
    except UnreachableError:
        return _Part(family, None)
    except DialogError as error:
        return _Part(family, None, str(error))


def _of_both(path: str) -> Sequence[_Part]:
    everybody = _of_one("", path)
    if everybody.peers is None:
        return [everybody._replace(family=family) for family in _SOCKETS]
    return [
        _Part(family, [peer for peer in everybody.peers if (":" in peer.address) == (family == "IPv6")])
        for family in _SOCKETS
    ]


def _print(parts: Sequence[_Part], terminal: Terminal, *, as_json: bool) -> None:
    for problem in dict.fromkeys(part.problem for part in parts if part.problem):
        terminal.complain(problem)
    if as_json:
        known = {part.family: part.peers for part in parts if part.peers is not None}
        peers = {family: [peer._asdict() for peer in peers] for family, peers in known.items()}
        terminal.print(json.dumps(peers))
    else:
        for line in _lines(parts, terminal):
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _lines(parts: Sequence[_Part], terminal: Terminal) -> Iterator[str]:
    """Say what calicoctl says, and leave the line after it empty, too."""
    if all(part.peers is None for part in parts):
        yield "The BGP backend process (BIRD) is not running."
        return
    yield "Calico process is running."
    for part in parts:
        yield ""
        if part.peers is None:
            yield f"{_PROGRAMS[part.family]} is not running."
            continue
        yield f"{part.family} BGP status"
        yield from _table(part.peers, terminal) if part.peers else [f"No {part.family} peers found."]
    yield ""


def _table(peers: Sequence[Peer], terminal: Terminal) -> Sequence[str]:
    safe = [Peer(*map(printable, peer)) for peer in peers]
    return draw(safe, lambda text, peer: terminal.colored(text, GREEN if peer.is_established else RED))


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
    parser = argparse.ArgumentParser(
        prog="bgpdcl node status",
        description="Show the BGP peers of a Calico node as 'calicoctl node status' does.",
        epilog="The exit status is 0, 1 if no server answers or one does not answer as it should, "
        "2 for wrong usage.",
    )
    places = ", ".join(places[0] for places in _SOCKETS.values())
    parser.add_argument("-s", "--socket", help=f"the only socket to ask (default: {places})")
    parser.add_argument("-w", "--watch", action="store_true", help="draw it again every 2 s, until Ctrl-C")
    parser.add_argument("-j", "--json", action="store_true", help="print JSON")
    parser.add_argument("--color", choices=("auto", "never"), default="auto", help="(default: %(default)s)")
    return parser
