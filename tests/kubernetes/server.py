"""A small stand-in for the Kubernetes API server: lists, watches, and everything that may go wrong with them.

It speaks the real protocol: lists in pages that belong to one snapshot, watches that begin at a version, with
bookmarks and an end after ``timeoutSeconds``, Status objects with the reasons of the real one, metadata alone
for those who ask for it, fieldSelector for one name, bearer tokens and TLS.
"""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs, urlsplit

from bgpd.kubernetes.connection import TlsSocket
from tests.kubernetes.certificates import Certificates
from tests.kubernetes.cluster import Cluster, Object, Past

REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
}
KINDS = {
    "nodes": ("v1", "Node"),
    "secrets": ("v1", "Secret"),
    "bgpconfigurations": ("crd.projectcalico.org/v1", "BGPConfiguration"),
    "bgppeers": ("crd.projectcalico.org/v1", "BGPPeer"),
    "bgpfilters": ("crd.projectcalico.org/v1", "BGPFilter"),
    "ippools": ("crd.projectcalico.org/v1", "IPPool"),
    "blockaffinities": ("crd.projectcalico.org/v1", "BlockAffinity"),
}


class Asked(NamedTuple):
    """One request."""

    verb: str
    plural: str
    query: dict[str, str]
    accept: str


class ApiServer:
    """One server; tests change ``cluster`` and set what goes wrong."""

    def __init__(self, certificates: Certificates, token_file: Path, address: str = "127.0.0.1") -> None:
        self.cluster = Cluster()
        self.address = address
        self.tokens = {"first"}
        self.token_file = token_file
        self.token_file.write_text("first\n")
        self.asked: list[Asked] = []
        self.refused: dict[str, int] = {}
        """HTTP statuses by plural; "" is every one."""
        self.cut_events = 0
        """So many events are cut off in their middle, and the connection with them."""
        self.garbled_events = 0
        """So many events are no JSON."""
        self.gone_as_event = True
        """Whether a version that is forgotten is a refusal, or an event of a watch that has begun."""
        self.pause = 0.0
        """Seconds between two pieces of an answer, which are small then."""
        self.is_mute = False
        """Whether watches say nothing at all."""
        self.expired_pages = 0
        """So many tokens for the next page are refused."""
        self.bookmark_seconds = 0.2
        self.page_pause = 0.0
        self._certificates = certificates
        self._snapshots: dict[str, tuple[int, list[Object]]] = {}
        self._connections: set[socket] = set()
        self._lock = threading.Lock()
        self._http: _Http | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"https://{self.address}:{self._port}"

    @property
    def is_running(self) -> bool:
        return self._http is not None

    def start(self) -> None:
        """Listen; at the same port as before, if there was one."""
        self._http = _Http((self.address, self._port), self)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more, and hang up."""
        if self._http is not None:
            http, self._http = self._http, None
            http.shutdown()
            http.server_close()
            self.hang_up()

    def hang_up(self) -> None:
        """End all connections without a word."""
        with self._lock:
            connections, self._connections = self._connections, set()
        for connection in connections:
            with suppress(OSError):
                socket.shutdown(connection, SHUT_RDWR)
        with self.cluster.news:
            self.cluster.news.notify_all()

    def expire(self) -> None:
        """Forget the past, and tell all who watch."""
        self.cluster.compact()

    def change_token(self, token: str) -> None:
        """Take this token only; the file has it later."""
        self.tokens = {token}

    def renew_token_file(self) -> None:
        self.token_file.write_text("".join(self.tokens))

    def take(self, fault: str) -> bool:
        """Tell whether one more of a counted fault is due."""
        with self._lock:
            count: int = getattr(self, fault)
            setattr(self, fault, max(0, count - 1))
            return count > 0

    def page(self, plural: str, query: dict[str, str]) -> tuple[int, Object]:
        """Return the status and the document of a list."""
        if query.get("continue"):
            if self.take("expired_pages"):
                self._snapshots.pop(query["continue"], None)
            found = self._snapshots.pop(query["continue"], None)
            if found is None:
                return 410, status(410, "The provided continue parameter is too old")
            version, items = found
        else:
            version, objects = self.cluster.snapshot()
            items = [each for key, each in sorted(objects.items()) if key[0] == plural and _fits(each, query)]
        size = int(query.get("limit", "0")) or len(items)
        metadata: Object = {"resourceVersion": str(version)}
        if items[size:]:
            metadata["continue"] = f"{plural}-{version}-{len(items)}-{time.monotonic_ns()}"
            metadata["remainingItemCount"] = len(items) - size
            self._snapshots[metadata["continue"]] = (version, items[size:])
        api_version, kind = KINDS[plural]
        return 200, {
            "kind": f"{kind}List",
            "apiVersion": api_version,
            "metadata": metadata,
            "items": items[:size],
        }

    def begun(self, connection: socket) -> None:
        with self._lock:
            self._connections.add(connection)

    def ended(self, connection: socket) -> None:
        with self._lock:
            self._connections.discard(connection)

    def is_alive(self, connection: socket) -> bool:
        with self._lock:
            return connection in self._connections


def status(code: int, message: str) -> Object:
    """Return the Status object of a refusal."""
    reason = REASONS[code]
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }


def _fits(content: Object, query: dict[str, str]) -> bool:
    selector = query.get("fieldSelector", "")
    return not selector or selector == f"metadata.name={content['metadata']['name']}"


def _partial(content: Object) -> Object:
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": content["metadata"],
    }


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], api: ApiServer) -> None:
        self.api = api
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.sslsocket_class = TlsSocket
        self._context.load_cert_chain(api._certificates.server, api._certificates.key)
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(30)
        self.api.begun(request)
        try:
            tls = self._context.wrap_socket(request, server_side=True)
            self.api.ended(request)
            self.api.begun(tls)
            try:
                super().finish_request(tls, client_address)
            finally:
                self.api.ended(tls)
                with suppress(OSError):
                    tls.close()
        except OSError:
            self.api.ended(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections break off all the time here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16

    @property
    def api(self) -> ApiServer:
        return cast(_Http, self.server).api

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called there
        """Say nothing."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        plural = url.path.rsplit("/", 1)[1]
        verb = "watch" if query.get("watch") else "list"
        api = self.api
        api.asked.append(Asked(verb, plural, query, self.headers["Accept"]))
        if self.headers["Authorization"] not in {f"Bearer {token}" for token in api.tokens}:
            self._answer(401, status(401, "Unauthorized"))
            return
        code = api.refused.get(plural) or api.refused.get("")
        if code:
            self._answer(code, status(code, f"{plural} is refused"))
        elif verb == "watch":
            self._watch(plural, query)
        else:
            code, document = api.page(plural, query)
            if "PartialObjectMetadataList" in self.headers["Accept"] and code == 200:
                document["items"] = [_partial(each) for each in document["items"]]
            time.sleep(api.page_pause)
            self._answer(code, document)

    def _answer(self, code: int, document: Object) -> None:
        octets = json.dumps(document).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)
        self.wfile.flush()

    def _watch(self, plural: str, query: dict[str, str]) -> None:
        api, version = self.api, int(query["resourceVersion"])
        if api.cluster.since(version) is None and not api.gone_as_event:
            self._answer(410, status(410, f"too old resource version: {version}"))
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        for event in self._events(plural, version, query):
            if not self._write_event(event):
                return
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _events(self, plural: str, version: int, query: dict[str, str]) -> Iterator[Object]:
        """Yield events until the time is over."""
        api = self.api
        end = time.monotonic() + float(query.get("timeoutSeconds", "1800"))
        bookmark_at = time.monotonic() + api.bookmark_seconds
        while (now := time.monotonic()) < end and api.is_alive(self.connection):
            past = api.cluster.since(version)
            if past is None:
                yield {"type": "ERROR", "object": status(410, f"too old resource version: {version}")}
                return
            for each in past:
                version = each.version
                if each.key[0] == plural and _fits(each.object, query):
                    yield {"type": each.change, "object": self._shown(each)}
            if now >= bookmark_at and query.get("allowWatchBookmarks") == "true":
                bookmark_at = now + api.bookmark_seconds
                api_version, kind = KINDS[plural]
                mark = {
                    "kind": kind,
                    "apiVersion": api_version,
                    "metadata": {"resourceVersion": str(version)},
                }
                yield {"type": "BOOKMARK", "object": mark}
            with api.cluster.news:
                if api.cluster.version == version:
                    api.cluster.news.wait(min(0.05, api.bookmark_seconds))

    def _shown(self, past: Past) -> Object:
        return _partial(past.object) if "PartialObjectMetadata" in self.headers["Accept"] else past.object

    def _write_event(self, event: Object) -> bool:
        """Write one event with what goes wrong; tell whether the stream goes on."""
        api = self.api
        while api.is_mute and api.is_alive(self.connection):
            time.sleep(0.02)
        octets = json.dumps(event).encode() + b"\n"
        is_cut = event["type"] != "BOOKMARK" and api.take("cut_events")
        if event["type"] != "BOOKMARK" and not is_cut and api.take("garbled_events"):
            octets = b'{"type": "ADDED", "object": {]}\n'
        if is_cut:
            octets = octets[: len(octets) // 2]
        step = 16 if api.pause else len(octets)
        for start in range(0, len(octets), step):
            piece = octets[start : start + step]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            time.sleep(api.pause)
        if is_cut:
            self.close_connection = True
            with suppress(OSError):
                socket.shutdown(self.connection, SHUT_RDWR)
        return not is_cut
