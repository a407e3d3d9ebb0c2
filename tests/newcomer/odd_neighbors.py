"""Neighbors that no daemon plays: one that says nothing at all, and one that says nothing after its OPEN.

``python -m tests.newcomer.odd_neighbors mute=ADDRESS frozen=ADDRESS``
"""

import ipaddress
import socket
import sys
import threading
from collections.abc import Callable
from typing import Final

_MARKER: Final = b"\xff" * 16
_KEEPALIVE: Final = _MARKER + bytes.fromhex("0013 04")
_ASN: Final = 65001
_HOLD_TIME: Final = 3


def mute(connection: socket.socket, address: str) -> None:
    """Say nothing, whatever is said."""
    while connection.recv(4096):
        pass


def frozen(connection: socket.socket, address: str) -> None:
    """Let the session come up, and fall silent."""
    parts = (
        (4).to_bytes(1),
        _ASN.to_bytes(2),
        _HOLD_TIME.to_bytes(2),
        ipaddress.ip_address(address).packed,
        b"\0",
    )
    connection.sendall(_MARKER + bytes.fromhex("001d 01") + b"".join(parts) + _KEEPALIVE)
    mute(connection, address)


KINDS: Final[dict[str, Callable[[socket.socket, str], None]]] = {"mute": mute, "frozen": frozen}


def play(kind: str, address: str) -> None:
    """Accept connections at an address, one after the other, for ever."""
    with socket.create_server((address, 179)) as listener:
        while True:
            connection, _ = listener.accept()
            with connection:
                try:
                    KINDS[kind](connection, address)
                except ConnectionError:
                    continue


def main(arguments: list[str]) -> None:
    """Play all that are named."""
    for each in arguments:
        kind, _, address = each.partition("=")
        threading.Thread(target=play, args=(kind, address)).start()


if __name__ == "__main__":
    main(sys.argv[1:])
