"""BIRD's control socket, and what its answers say; our own daemon speaks the same protocol."""

import re
import socket
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.interop.routers.router import RouteView
from tests.interop.waiting import NotYetError

_LAST_LINE: Final = re.compile(r"\d{4} ")
_ROUTE_LINE: Final = re.compile(r"([0-9a-f.:]+/\d+)? +\S")
"""The first line of a route; the prefix stands at the first of its routes only."""
_CONFEDERATION: Final = re.compile(r"\((.*?)\)")
_ATTRIBUTE_LINE: Final = re.compile(r"\s*BGP\.(\w+): ?(.*)")
_STATES: Final = (
    "Idle",
    "Connect",
    "Active",
    "OpenSent",
    "OpenConfirm",
    "Established",
    "Passive",
    "Close",
    "Down",
)


class CommandError(NotYetError):
    """BIRD refused a command; ``eventually`` tries it again."""


def ask(path: Path, command: str) -> list[str]:
    """Send one command and return the text of the reply, without the codes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))  # before the timeout: without one it waits until there is room
            connection.settimeout(30)
            reply = _converse(connection, command)
        except (FileNotFoundError, ConnectionError) as error:
            raise NotYetError(f"{path}: {error.strerror}") from None
    if reply is None:
        raise NotYetError(f"{path}: connection closed in the reply to {command}")
    return reply


def _converse(connection: socket.socket, command: str) -> list[str] | None:
    """Return the reply, None if there is no end of it."""
    with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
        stream.readline()  # the banner: the server speaks first
        stream.write(f"{command}\n")
        stream.flush()
        reply: list[str] = []
        for line in stream:
            text = line.rstrip("\n")
            if text.startswith("+"):
                continue
            reply.append(text[1:] if text.startswith(" ") else text[5:])
            if _LAST_LINE.match(text):
                if text[0] in "89":
                    raise CommandError(f"{command}: {text}")
                return reply
    return None


def session_state(path: Path, protocol: str) -> str:
    """Return the state of a BGP protocol."""
    for line in ask(path, f"show protocols {protocol}"):
        words = line.split()
        if words and words[0] == protocol:
            return next((word for word in words[5:] if word in _STATES), "Idle")
    raise CommandError(f"no protocol {protocol}")


def received_paths(path: Path, protocol: str, selection: str = "") -> dict[str, list[RouteView]]:
    """Return the routes that came through a BGP protocol."""
    paths: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    prefix = ""
    for line in ask(path, f"show route {selection} protocol {protocol} all"):
        if heading := _ROUTE_LINE.match(line):
            prefix = heading[1] or prefix
            paths[prefix].append({})
        elif attribute := _ATTRIBUTE_LINE.match(line):
            paths[prefix][-1][attribute[1]] = attribute[2].strip()
    return {prefix: [_view(each) for each in found] for prefix, found in paths.items()}


def _view(attributes: dict[str, str]) -> RouteView:
    members = _CONFEDERATION.search(attributes["as_path"])
    return RouteView(
        next_hop=next(hop for hop in attributes["next_hop"].split() if hop != "::"),  # global, link-local
        as_path=_numbers(_CONFEDERATION.sub("", attributes["as_path"])),
        origin=attributes["origin"].lower(),
        med=int(attributes["med"]) if "med" in attributes else None,
        local_pref=int(attributes["local_pref"]) if "local_pref" in attributes else None,
        communities=tuple(
            f"{high}:{low}" for high, low in re.findall(r"\((\d+),(\d+)\)", attributes.get("community", ""))
        ),
        originator_id=attributes.get("originator_id"),
        cluster_list=tuple(attributes.get("cluster_list", "").split()),
        only_to_customer=int(attributes["otc"]) if "otc" in attributes else None,
        confederation=_numbers(members[1]) if members else (),
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))
