"""Connections out of bare sockets, for what the kernel does by itself."""

import select
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from typing import Final

from bgpd.sessions.socket_options import (
    Endpoint,
    change_password,
    listening_socket,
    outgoing_socket,
    remote_socket_address,
    tune,
)
from tests.interop.lab import Host
from tests.sessions.speakers import free_port

PATIENCE: Final = 10.0
SYN_SENT: Final = 2
"""``TCP_SYN_SENT`` in Linux' headers."""


def entered(host: Host | None) -> AbstractContextManager[None]:
    """Make sockets in this host, or where the test runs."""
    return host.entered() if host else nullcontext()


@contextmanager
def listening(endpoint: Endpoint, at: Host | None = None) -> Iterator[tuple[socket.socket, Endpoint]]:
    """Listen where the endpoint is; the port is chosen here, and part of the endpoint then."""
    with entered(at):
        port = free_port(endpoint.address)
        sock = listening_socket(endpoint.address, port, 10)
    with sock:
        sock.settimeout(PATIENCE)
        yield sock, replace(endpoint, port=port)


def connecting(endpoint: Endpoint, at: Host | None = None) -> socket.socket:
    """Begin to connect, as a session does."""
    with entered(at):
        sock = outgoing_socket(endpoint)
    with suppress(BlockingIOError):
        sock.connect(remote_socket_address(endpoint))
    sock.settimeout(PATIENCE)
    return sock


def connected(
    endpoint: Endpoint, here: Host | None = None, there: Host | None = None
) -> tuple[socket.socket, socket.socket]:
    """Return both ends of a connection, each tuned for the other."""
    with listening(endpoint, there) as (sock, target):
        back = replace(target, address=target.source_address or target.address, source_address="")
        if target.password:
            change_password(sock, back, target.password)
        near = connecting(target, here)
        far, _ = sock.accept()
        far.settimeout(PATIENCE)
        tune(far, back)
    return near, far


def tcp_state(sock: socket.socket) -> int:
    """Return what Linux calls the state of the connection."""
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def is_readable(sock: socket.socket) -> bool:
    """Tell whether something has arrived."""
    return bool(select.select([sock], [], [], 0)[0])
