"""BIRD's control socket, and what its answers say; our own daemon speaks the same protocol."""

import re
import socket
from pathlib import Path
from typing import Final

from tests.interop.routers.router import RouteView
from tests.interop.waiting import NotYetError

_LAST_LINE: Final = re.compile(r"\d{4} ")
_PREFIX_LINE: Final = re.compile(r"([0-9a-f.:]+/\d+)\s")
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


class CommandError(Exception):
    """BIRD refused a command."""


def ask(path: Path, command: str) -> list[str]:
    """Send one command and return the text of the reply, without the codes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(str(path))  # before the timeout: without one it waits until there is room
            connection.settimeout(30)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NotYetError(f"{path}: {error.strerror}") from None
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
    raise NotYetError(f"{path}: connection closed in the reply to {command}")


def session_state(path: Path, protocol: str) -> str:
    """Return the state of a BGP protocol."""
    for line in ask(path, f"show protocols {protocol}"):
        words = line.split()
        if words and words[0] == protocol:
            return next((word for word in words[5:] if word in _STATES), "Idle")
    raise CommandError(f"no protocol {protocol}")


def received_routes(path: Path, protocol: str, selection: str = "") -> dict[str, RouteView]:
    """Return the routes that came through a BGP protocol."""
    routes: dict[str, RouteView] = {}
    prefix = ""
    attributes: dict[str, str] = {}
    for line in [*ask(path, f"show route {selection} protocol {protocol} all"), "0.0.0.0/0 end"]:
        if heading := _PREFIX_LINE.match(line):
            if attributes:
                routes[prefix] = _view(attributes)
            prefix, attributes = heading[1], {}
        elif attribute := _ATTRIBUTE_LINE.match(line):
            attributes[attribute[1]] = attribute[2].strip()
    return routes


def _view(attributes: dict[str, str]) -> RouteView:
    return RouteView(
        next_hop=next(hop for hop in attributes["next_hop"].split() if hop != "::"),  # global, link-local
        as_path=tuple(map(int, re.findall(r"\d+", attributes["as_path"]))),
        origin=attributes["origin"].lower(),
        med=int(attributes["med"]) if "med" in attributes else None,
        local_pref=int(attributes["local_pref"]) if "local_pref" in attributes else None,
        communities=tuple(
            f"{high}:{low}" for high, low in re.findall(r"\((\d+),(\d+)\)", attributes.get("community", ""))
        ),
    )
