"""A socket that plays systemd."""

import socket


class Manager:
    """systemd, as far as a service sees it."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind(address)

    def heard(self) -> list[str]:
        """Return what was said since the last time."""
        found: list[str] = []
        while True:
            try:
                found.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return found
