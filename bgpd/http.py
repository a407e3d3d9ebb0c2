"""A small HTTP server for a few pages that anybody may read (RFC 9110, RFC 9112).

It serves one request a connection, runs in the loop of the daemon and grants strangers little: so many
octets, so many seconds, so many connections.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, NamedTuple, TypeAlias

from bgpd.health.faults import FAULTS

_REQUEST_OCTETS: Final = 8192
"""The longest head of a request; browsers stay below it."""
_SECONDS: Final = 10.0
"""The longest life of a connection."""
_CONNECTIONS: Final = 32
"""At one more, the oldest is closed."""
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_REQUEST_LINE: Final = re.compile(rb"([!-~]+) ([!-~]+) HTTP/1\.[0-9]\r?\n")
_AUTHORITY: Final = re.compile(r"\Ahttps?://[^/?]*", re.IGNORECASE)
"""What stands before the path in the absolute-form, which servers take as well (RFC 9112 §3.2.2)."""
_METHODS: Final = ("GET", "HEAD")


_Begun: TypeAlias = tuple[HTTPStatus, Iterator[bytes]]
"""A page of which the rest is to be made."""


class Page(NamedTuple):
    """What is at a path; ``parts`` is called for every request."""

    content_type: str
    parts: Callable[[], Iterator[bytes]]
    """Makes the page; others have their turn between two parts."""
    status: Callable[[], HTTPStatus] = lambda: HTTPStatus.OK
    """Called before the page is made."""


class HttpServer:
    """Serves pages at one address from ``start`` to ``stop``."""

    def __init__(self, address: str, port: int, pages: Mapping[str, Page]) -> None:
        self._address = address
        self._port = port
        self._pages = pages
        self._server: asyncio.Server | None = None
        self._connections: dict[HttpConnection, None] = {}

    async def start(self) -> None:
        """Listen; raises OSError if the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.connection, self._address, self._port)

    def connection(self) -> "HttpConnection":
        """Return a new connection, at the cost of the oldest if there are too many."""
        if len(self._connections) >= _CONNECTIONS:
            oldest = next(iter(self._connections))
            self._gone(oldest)
            oldest.close()
        new = HttpConnection(self._pages, self._gone)
        self._connections[new] = None
        return new

    def stop(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self._connections):
            connection.close()

    def _gone(self, connection: "HttpConnection") -> None:
        self._connections.pop(connection, None)


class HttpConnection(asyncio.Protocol):
    """Reads one request, answers it and closes."""

    def __init__(self, pages: Mapping[str, Page], gone: Callable[["HttpConnection"], None]) -> None:
        self._pages = pages
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._end_of_life: asyncio.TimerHandle | None = None
        self._input = bytearray()
        self._asked = False
        self._answered = False
        self._finished = False
        self._unwanted = False

    # -- called by asyncio -------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._unwanted:
            transport.abort()
            return
        self._end_of_life = self._loop.call_later(_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Gather the head of the request; what follows it is read and thrown away."""
        if self._asked:
            return
        self._input += data
        end = _END_OF_HEAD.search(self._input)
        if end is not None and end.start() <= _REQUEST_OCTETS:
            self._asked = True
            self._answer(bytes(self._input[: end.end()]))
        elif len(self._input) > _REQUEST_OCTETS:
            self._asked = True
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def eof_received(self) -> bool:
        """The client has said all; it still gets its answer if that is being made."""
        self._finished = True
        return self._asked and not self._answered

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._end_of_life is not None:
            self._end_of_life.cancel()
        self._gone(self)

    # -- answering ---------------------------------------------------------------------------------

    def close(self) -> None:
        """Hang up, whatever is unsaid."""
        self._unwanted = True
        if self._transport is not None:
            self._transport.abort()

    def _answer(self, head: bytes) -> None:
        match = _REQUEST_LINE.match(head.lstrip(b"\r\n"))  # RFC 9112 §2.2: empty lines may come first
        if match is None:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        method, target = match[1].decode(), match[2].decode()
        page = self._pages.get(_AUTHORITY.sub("", target).partition("?")[0])
        if method not in _METHODS:
            self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, f"Allow: {', '.join(_METHODS)}\r\n")
        elif page is None:
            self._refuse(HTTPStatus.NOT_FOUND)
        else:
            self._make(page, None, [], wants_body=method == "GET")

    def _make(self, page: Page, begun: "_Begun | None", made: list[bytes], *, wants_body: bool) -> None:
        """Make one part of the page and come back for the next, then send all."""
        if self._transport is None:
            return
        try:
            status, parts = begun or (page.status(), page.parts())
            part = next(parts, None)
        except Exception as error:
            FAULTS.note("page", error)
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        if part is not None:
            made.append(part)
            self._loop.call_soon(lambda: self._make(page, (status, parts), made, wants_body=wants_body))
            return
        body = b"".join(made)
        self._send(_head(status, page.content_type, len(body)) + (body if wants_body else b""))

    def _refuse(self, status: HTTPStatus, fields: str = "") -> None:
        body = f"{status.value} {status.phrase}\n".encode()
        self._send(_head(status, "text/plain; charset=utf-8", len(body), fields) + body)

    def _send(self, data: bytes) -> None:
        """Send, and close when the client has closed.

        Whatever it sends to a closed socket the kernel answers with a reset, which can destroy our answer.
        """
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._answered = True
        transport.write(data)
        if self._finished:
            transport.close()
            return
        try:
            transport.write_eof()
        except OSError:  # the client has reset the connection
            transport.abort()


def _head(status: HTTPStatus, content_type: str, octets: int, fields: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Content-Type: {content_type}\r\n"
        f"Content-Length: {octets}\r\n"
        f"{fields}Connection: close\r\n\r\n"
    ).encode()
