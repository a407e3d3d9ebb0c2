"""The HTTP server: the few requests it answers, and all that it does not."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from bgpd import http
from bgpd.http import HttpServer, Page

TEXT = "text/plain"
LONG = 50 * [b"0123456789abcdef" * 4096]
"""More than a socket takes at once."""


class Client:
    """One end of a connection whose other end the server has."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, octets: bytes) -> None:
        self.writer.write(octets)

    async def answer(self) -> tuple[str, list[str], bytes]:
        """Return status line, fields and body, once the server has closed its side."""
        async with asyncio.timeout(10):
            data = await self.reader.read()
        head, _, body = data.partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        return status, fields, body

    async def end(self) -> bytes:
        """Return all that comes until the connection ends, in whatever way."""
        try:
            async with asyncio.timeout(10):
                return await self.reader.read()
        except ConnectionError:
            return b""


Connect = Callable[[], object]


@pytest.fixture
def server() -> HttpServer:
    def page(*parts: bytes) -> Page:
        return Page(TEXT, lambda: iter(parts))

    return HttpServer("", 0, {"/figures": page(b"a 1\n", b"b 2\n"), "/long": page(*LONG), "/empty": page()})


@pytest.fixture
async def clients(server: HttpServer) -> AsyncIterator["Clients"]:
    made = Clients(server)
    yield made
    server.stop()
    await made.close()


class Clients:
    """Makes clients of one server."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._made: list[Client] = []

    async def __call__(self) -> Client:
        ours, theirs = socket.socketpair()
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(self._server.connection, theirs)
        client = Client(*await asyncio.open_connection(sock=ours))
        self._made.append(client)
        return client

    async def close(self) -> None:
        for client in self._made:
            client.writer.close()
        await asyncio.sleep(0)  # the transports close in the next pass of the loop


async def ask(clients: Clients, request: bytes) -> tuple[str, list[str], bytes]:
    client = await clients()
    client.send(request)
    return await client.answer()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /figures HTTP/1.1",
        b"GET /figures HTTP/1.0",
        b"GET /figures?name=a HTTP/1.1",
        b"\r\nGET /figures HTTP/1.1",
        b"GET http://a:9179/figures HTTP/1.1",
        b"GET HTTP://a/figures?name=a HTTP/1.1",
    ],
)
async def test_a_page_is_served(clients: Clients, request_line: bytes) -> None:
    status, fields, body = await ask(clients, request_line + b"\r\nHost: a\r\nAccept: */*\r\n\r\n")
    assert status == "HTTP/1.1 200 OK"
    assert fields == ["Content-Type: text/plain", "Content-Length: 8", "Connection: close"]
    assert body == b"a 1\nb 2\n"


async def test_lines_may_end_without_a_carriage_return(clients: Clients) -> None:
    """RFC 9112 §2.2."""
    _, _, body = await ask(clients, b"GET /figures HTTP/1.1\nHost: a\n\n")
    assert body == b"a 1\nb 2\n"


async def test_a_head_has_no_body(clients: Clients) -> None:
    """RFC 9110 §9.3.2."""
    status, fields, body = await ask(clients, b"HEAD /figures HTTP/1.1\r\n\r\n")
    assert (status, body) == ("HTTP/1.1 200 OK", b"")
    assert "Content-Length: 8" in fields


async def test_an_empty_page(clients: Clients) -> None:
    status, fields, body = await ask(clients, b"GET /empty HTTP/1.1\r\n\r\n")
    assert (status, fields[1], body) == ("HTTP/1.1 200 OK", "Content-Length: 0", b"")


async def test_a_long_page_arrives_whole(clients: Clients) -> None:
    assert (await ask(clients, b"GET /long HTTP/1.1\r\n\r\n"))[2] == b"".join(LONG)


async def test_a_request_may_come_in_pieces(clients: Clients) -> None:
    client = await clients()
    for octet in b"GET /figures HTTP/1.1\r\nHost: a\r\n\r\n":
        client.send(bytes([octet]))
        await client.writer.drain()
    assert (await client.answer())[2] == b"a 1\nb 2\n"


async def test_a_client_that_has_said_all_still_gets_its_answer(clients: Clients) -> None:
    client = await clients()
    client.send(b"GET /long HTTP/1.1\r\n\r\n")
    client.writer.write_eof()
    assert (await client.answer())[2] == b"".join(LONG)


REFUSED = {
    "no such page": (b"GET / HTTP/1.1\r\n\r\n", 404),
    "another path": (b"GET /figures/../../etc/passwd HTTP/1.1\r\n\r\n", 404),
    "a host without a path": (b"GET http://example.net HTTP/1.1\r\n\r\n", 404),
    "a host in the path": (b"GET /http://example.net/figures HTTP/1.1\r\n\r\n", 404),
    "a body": (b"POST /figures HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405),
    "a method nobody knows": (b"BREW /figures HTTP/1.1\r\n\r\n", 405),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /figures\r\n\r\n", 400),
    "no request at all": (b"\r\n\r\n\r\n", 400),
    "octets that are no text": (b"GET /\xff\xfe HTTP/1.1\r\n\r\n", 400),
    "a head too long": (b"GET /figures HTTP/1.1\r\nCookie: " + b"x" * 9000 + b"\r\n\r\n", 431),
    "a head without end": (b"x" * 100_000, 431),
}


@pytest.mark.parametrize(("octets", "status"), REFUSED.values(), ids=REFUSED)
async def test_anything_else_is_refused(clients: Clients, octets: bytes, status: int) -> None:
    first, fields, body = await ask(clients, octets)
    assert first.split()[1] == str(status)
    assert body.decode() == first.removeprefix("HTTP/1.1 ") + "\n"
    assert ("Allow: GET, HEAD" in fields) is (status == 405)


async def test_what_follows_the_first_request_is_thrown_away(clients: Clients) -> None:
    client = await clients()
    client.send(b"GET /figures HTTP/1.1\r\n\r\n" * 1000)
    assert (await client.answer())[2] == b"a 1\nb 2\n"


async def test_who_dawdles_is_hung_up_on(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_SECONDS", 0.05)
    client = await clients()
    client.send(b"GET /figures HTTP/1.1\r\nHost:")
    assert await client.end() == b""


async def test_who_does_not_read_is_hung_up_on(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_SECONDS", 0.2)
    client = await clients()
    client.send(b"GET /long HTTP/1.1\r\n\r\n")
    await asyncio.sleep(0.4)
    assert len(await client.end()) < sum(map(len, LONG))


async def test_of_too_many_the_oldest_goes(clients: Clients) -> None:
    waiting = [await clients() for _ in range(http._CONNECTIONS + 1)]
    assert await waiting[0].end() == b""
    for client in waiting[1:]:
        client.send(b"GET /figures HTTP/1.1\r\n\r\n")
        assert (await client.answer())[2] == b"a 1\nb 2\n"


async def test_others_have_their_turn_while_a_page_is_made() -> None:
    turns: list[str] = []

    def parts() -> Iterator[bytes]:
        for number in range(3):
            turns.append(f"part {number}")
            asyncio.get_running_loop().call_soon(turns.append, "others")
            yield b"x"

    clients = Clients(HttpServer("", 0, {"/": Page(TEXT, parts)}))
    assert (await ask(clients, b"GET / HTTP/1.1\r\n\r\n"))[2] == b"xxx"
    assert turns == ["part 0", "others", "part 1", "others", "part 2", "others"]
    await clients.close()


async def test_stop_hangs_up(server: HttpServer, clients: Clients) -> None:
    client = await clients()
    server.stop()
    assert await client.end() == b""
