"""One connection to the Kubernetes API: the standard library's HTTP and TLS, with an end to everything."""

import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from threading import Lock
from time import monotonic
from typing import Final
from urllib.parse import urlencode, urlsplit

from bgpd.config.regular_files import read_regular_file
from bgpd.kubernetes.answers import Refusal, refusal_of
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.version import VERSION

_READ: Final = 1 << 16
_LONGEST_ANSWER: Final = 256 << 20
_LONGEST_REFUSAL: Final = 1 << 16
_LONGEST_TOKEN: Final = 1 << 16
_OK: Final = 200
_PORTS: Final = {"https": 443, "http": 80}
_KEEPALIVE: Final = (
    (socket.TCP_KEEPIDLE, 30),
    (socket.TCP_KEEPINTVL, 10),
    (socket.TCP_KEEPCNT, 3),
)
"""Seconds and probes after which a server that is gone without a word is noticed."""

_WORDS: Final[Sequence[tuple[type[Exception], str]]] = (
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "connection refused"),
    (IncompleteRead, "the answer breaks off"),
    (RemoteDisconnected, "the connection was closed"),
    (ConnectionResetError, "the connection was closed"),
    (ssl.SSLEOFError, "the connection was closed"),
    (HTTPException, "it does not speak HTTP"),
)


class ConnectionTroubleError(Exception):
    """The API can't be reached, or what it sends breaks off; the text says why."""


class RefusedError(Exception):
    """The API answers that it does not do it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Connection:
    """Used by one thread; any other may ``stop`` it, whatever it is waiting for."""

    def __init__(self, settings: KubernetesSettings, seconds: float) -> None:
        """``seconds`` is how long it may take to connect, and how long until an answer begins."""
        self._settings = settings
        self._seconds = seconds
        self._http: _Http | None = None
        self._lock = Lock()
        self._is_stopped = False

    def get(self, path: str, query: Mapping[str, str], accept: str, within: float) -> bytes:
        """Return a whole answer. Raises ConnectionTroubleError and RefusedError."""
        with self._asked(path, query, accept) as response:
            pieces, total = [], 0
            for piece in self._octets(response, monotonic() + within):
                pieces.append(piece)
                total += len(piece)
                if total > _LONGEST_ANSWER:
                    raise ConnectionTroubleError(f"it sends a page of more than {_LONGEST_ANSWER >> 20} MiB")
            return b"".join(pieces)

    def stream(self, path: str, query: Mapping[str, str], accept: str, within: float) -> Iterator[bytes]:
        """Yield an answer as it comes, and first of all nothing: the API has agreed. Raises as ``get``."""
        with self._asked(path, query, accept) as response:
            yield b""
            yield from self._octets(response, monotonic() + within)

    def stop(self) -> None:
        """Have whoever waits for an answer return at once."""
        with self._lock:
            self._is_stopped = True
            if self._http is not None:
                self._http.interrupt()

    @contextmanager
    def _asked(self, path: str, query: Mapping[str, str], accept: str) -> Iterator[HTTPResponse]:
        """Ask, on the connection there is if there is one; who does not read all of an answer closes it."""
        is_clean = False
        try:
            with closing(self._ask(f"{path}?{urlencode(query)}", self._headers(accept))) as response:
                if response.status != _OK:
                    raise RefusedError(self._refusal(response))
                yield response
                is_clean = not response.will_close
        except (OSError, HTTPException) as error:
            raise ConnectionTroubleError(_words(error, self._settings)) from None
        finally:
            if not is_clean:
                self.close()

    def _ask(self, target: str, headers: Mapping[str, str]) -> HTTPResponse:
        is_used = self._http is not None
        try:
            return self._ask_once(target, headers)
        except (ConnectionError, HTTPException):
            if not is_used:
                raise
            self.close()  # the server may close a connection between two requests
            return self._ask_once(target, headers)

    def _ask_once(self, target: str, headers: Mapping[str, str]) -> HTTPResponse:
        with self._lock:
            if self._is_stopped:
                raise ConnectionAbortedError("stopped")
            if self._http is None:
                self._http = _Http(self._settings, self._seconds)
            http = self._http
        http.request("GET", target, headers=dict(headers))
        http.patience(self._seconds)
        return http.getresponse()

    def _octets(self, response: HTTPResponse, deadline: float) -> Iterator[bytes]:
        """Yield what comes, however slowly, until the deadline."""
        (length, total) = (response.length, 0)
        while length is None or total < length:
            left = deadline - monotonic()
            if left <= 0:
                raise TimeoutError
            if self._http is not None:
                self._http.patience(left)
            piece = response.read1(_READ if length is None else min(_READ, length - total))
            if not piece:
                break
            total += len(piece)
            yield piece
        if length is not None and total < length:
            raise IncompleteRead(b"", length - total)

    def _refusal(self, response: HTTPResponse) -> Refusal:
        body = b""
        with suppress(OSError, HTTPException):
            body = response.read(_LONGEST_REFUSAL)
        wish = response.getheader("Retry-After", "")
        return refusal_of(response.status, body, float(wish) if wish.isdecimal() and len(wish) < 6 else 0.0)

    def _headers(self, accept: str) -> Mapping[str, str]:
        """The token is read for each request: it is another one every hour."""
        headers = {"Accept": accept, "User-Agent": f"bgpd/{VERSION}"}
        if self._settings.token_file and self._settings.server.startswith("https:"):
            headers["Authorization"] = f"Bearer {_token(self._settings.token_file)}"
        return headers

    def close(self) -> None:
        """Close the connection if there is one; whoever asks again opens another."""
        with self._lock:
            http, self._http = self._http, None
        if http is not None:
            http.close()


class _Http(HTTPConnection):
    """A connection whose socket is known from the start, so that it can be interrupted while connecting."""

    def __init__(self, settings: KubernetesSettings, seconds: float) -> None:
        url = urlsplit(settings.server)
        self._scheme = url.scheme
        self._ca_file = settings.ca_file
        self._name = url.hostname or ""
        self._socket: socket.socket | None = None
        self._is_interrupted = False
        super().__init__(self._name, url.port or _PORTS[url.scheme], timeout=seconds)

    def connect(self) -> None:
        """Connect to the first of the server's addresses that takes it."""
        problem: OSError = OSError("its name has no address")
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except UnicodeError:  # a label is empty or too long
            raise OSError(f"its name is not one: {self.host}") from None
        for family, kind, protocol, _, address in found:
            self._socket = socket.socket(family, kind, protocol)
            try:
                self._connect(self._socket, address)
            except OSError as error:
                self._socket.close()
                problem = error
            else:
                return
        raise problem

    def _connect(self, plain: socket.socket, address: object) -> None:
        plain.settimeout(self.timeout)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEPALIVE:
            plain.setsockopt(socket.IPPROTO_TCP, option, value)
        plain.connect(address)  # type: ignore[arg-type]  # as getaddrinfo gave it
        if self._is_interrupted:
            raise ConnectionAbortedError("stopped")
        if self._scheme == "https":
            plain = _context(self._ca_file).wrap_socket(plain, server_hostname=self._name)
            self._socket = plain
        self.sock = plain

    def patience(self, seconds: float) -> None:
        """Set how long the next octet may take."""
        if self._socket is not None:
            self._socket.settimeout(seconds)

    def interrupt(self) -> None:
        """End whatever another thread is waiting for."""
        self._is_interrupted = True
        if self._socket is not None:
            with suppress(OSError):  # as a plain socket: the thread that reads goes on with the TLS state
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class TlsSocket(ssl.SSLSocket):
    """One that nobody needs to close: ``ssl`` loses a socket that is reset just before the handshake."""

    def __del__(self) -> None:
        self.close()


def _context(ca_file: str) -> ssl.SSLContext:
    """Return what a server is checked with; read for each connection, since the CA may have been renewed."""
    context = ssl.create_default_context(cafile=ca_file or None)
    context.sslsocket_class = TlsSocket
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the CAs of many clusters lack what RFC 5280 asks for
    return context


def _token(path: str) -> str:
    try:
        token = read_regular_file(path).decode("ascii").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a token"
        raise ConnectionTroubleError(
            f"token_file {path}: {reason}; name the file with a service account's token"
        ) from None
    if not token or len(token) > _LONGEST_TOKEN or not token.isprintable():
        raise ConnectionTroubleError(f"token_file {path}: not a token; name the file of a service account")
    return token


def _words(error: Exception, settings: KubernetesSettings) -> str:
    """Return what went wrong, and what to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate can't be trusted: {error.verify_message}; compare ca_file "
            f"({settings.ca_file or 'not set'}) and the name of the server with it"
        )
    if isinstance(error, FileNotFoundError | PermissionError):
        return f"ca_file {settings.ca_file}: {error.strerror}"
    known = next((words for kind, words in _WORDS if isinstance(error, kind)), "")
    if not known and isinstance(error, ssl.SSLError):
        return f"TLS fails: {error.reason or error}"
    return known or (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
