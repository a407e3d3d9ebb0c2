"""A socket that plays systemd."""

import socket
import struct
from typing import Final, NamedTuple

_CREDENTIALS: Final = struct.Struct("3i")
_LONGEST: Final = 4096


class Notice(NamedTuple):
    """What a process has said of itself."""

    process: int
    text: str


class Manager:
    """systemd, as far as a service sees it."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.bind(address)

    def heard(self) -> list[str]:
        """Return what was said since the last time."""
        return [notice.text for notice in self.notices()]

    def notices(self) -> list[Notice]:
        """Return what was said since the last time, and by which process."""
        found: list[Notice] = []
        while True:
            try:
                octets, ancillary, _, _ = self.socket.recvmsg(_LONGEST, socket.CMSG_SPACE(_CREDENTIALS.size))
            except BlockingIOError:
                return found
            ((_, _, credentials),) = ancillary
            found.append(Notice(_CREDENTIALS.unpack(credentials)[0], octets.decode()))
