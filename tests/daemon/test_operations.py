"""What an operator does to the neighbors of a running daemon, and what a neighbor sees of it."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from messages.attribute_set import AttributeSetTable
from messages.attributes import COMMUNITIES, LOCAL_PREF, ONLY_TO_CUSTOMER
from messages.capabilities import (
    ENHANCED_ROUTE_REFRESH,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.prefix import render_prefix
from messages.iana import CeaseSubcode, ErrorCode, MessageType, RouteRefreshSubtype
from messages.notification import Notification, shutdown_communication
from messages.open import Open, encode_open
from messages.route_refresh import RouteRefresh, decode_route_refresh, encode_route_refresh
from messages.update import decode_update
from tests.bench.speaker import KEEPALIVE
from tests.daemon.command import kernel_routes
from tests.daemon.conversation import Conversation, message, update
from tests.interop.lab import Host, Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.routers.bird_control import CommandError
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

ASN: Final = 65002
ROUTES = {"203.0.113.0/24", "10.1.0.0/16"}
MARKS = {
    kind: encode_route_refresh(RouteRefresh(1, 1, kind))
    for kind in (
        RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH,
        RouteRefreshSubtype.END_OF_ROUTE_REFRESH,
        RouteRefreshSubtype.REQUEST,
    )
}
BEGIN, END, REQUEST = MARKS.values()
ALL_CAPABILITIES = (
    (MULTIPROTOCOL, IPV4_UNICAST),
    (ROUTE_REFRESH, True),
    (ENHANCED_ROUTE_REFRESH, True),
    (FOUR_OCTET_AS, ASN),
)
CONFIGURATION = """
[router]
id = "192.0.2.1"
asn = 64512
[kernel.ipv4]
[direct]
interfaces = []
[[static]]
prefix = "198.51.100.0/24"
blackhole = true
"""
NEIGHBOR = """
[[neighbors]]
name = "peer"
address = "{address}"
asn = 65002
passive = true
import = "all"
export = "all"
error_wait = [1, 1]
"""


class Street:
    """The daemon on one host, and a neighbor on another whose messages the test writes."""

    def __init__(self, here: Port, there: Port) -> None:
        self.here = here
        self.there = there
        self.daemon = Bgpd.with_file(here.host, CONFIGURATION + NEIGHBOR.format(address=there.v4))

    @property
    def host(self) -> Host:
        return self.here.host

    def start(self, more: str = "") -> None:
        self.daemon.text = (self.daemon.text or "") + more
        self.daemon.start()

    def neighbor(self, *capabilities: Any) -> "Neighbor":
        return Neighbor(self, capabilities or ALL_CAPABILITIES)

    def told(self, command: str) -> str:
        """Return the answer to a command about one protocol, without what may be said before it."""
        *_, answer, end = self.daemon.ask(command)
        assert not end
        return answer

    def line(self, name: str = "peer") -> str:
        return next(line for line in self.daemon.ask("show protocols") if line.startswith(f"{name} "))

    def await_line(self, words: str) -> None:
        eventually(self.line, lambda line: words in line)


class Neighbor(Conversation):
    """A session with the daemon."""

    def __init__(self, street: Street, capabilities: Any) -> None:
        super().__init__(street.there.host, street.there.v4, street.here.v4)
        self.sets = AttributeSetTable(Context(external=True))
        offer = Open(4, ASN, 240, 0xC0000202, Capabilities.of(*capabilities))
        self.send(encode_open(offer), KEEPALIVE)
        while self.message()[0] != MessageType.KEEPALIVE:
            pass

    def until_end_of_rib(self) -> None:
        while (kind_and_body := self.message()) != (MessageType.UPDATE, bytes(4)):
            assert kind_and_body[0] in {MessageType.UPDATE, MessageType.KEEPALIVE}

    def news(self) -> list[str]:
        """Return what came up to the next End-of-RIB or mark, in words."""
        found: list[str] = []
        while True:
            kind, body = self.message()
            if kind == MessageType.ROUTE_REFRESH:
                return [*found, RouteRefreshSubtype(decode_route_refresh(body).subtype).name]
            if kind == MessageType.UPDATE:
                found += self._words(body)

    def _words(self, body: bytes) -> Iterator[str]:
        read = decode_update(body, self.sets)
        yield from (f"-{render_prefix(key, family)}" for family, keys in read.withdrawn for key in keys)
        yield from (f"+{render_prefix(key, family)}" for family, _, keys in read.announced for key in keys)

    def next_attributes(self) -> Any:
        """Return the attributes of the next announcement."""
        while True:
            kind, body = self.message()
            if kind == MessageType.UPDATE:
                for _, attributes, _ in decode_update(body, self.sets).announced:
                    return attributes


@pytest.fixture
def street(lab: Lab) -> Street:
    need_network_namespaces()
    here, there = lab.link(lab.host("daemon"), lab.host("peer"), v6=None)
    return Street(here, there)


def test_a_neighbor_is_disabled_and_enabled(street: Street) -> None:
    """RFC 9003: it is told why; and its routes are gone."""
    street.start()
    with street.neighbor() as peer:
        peer.announce(ASN, *ROUTES)
        eventually(lambda: kernel_routes(street.host) >= ROUTES)
        assert street.told('disable peer "Kaffeepause \N{HOT BEVERAGE}"') == "peer: disabled"
        words = shutdown_communication("Kaffeepause \N{HOT BEVERAGE}")
        assert peer.notification() == Notification(
            ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, words
        )
    eventually(lambda: not ROUTES & kernel_routes(street.host))
    street.await_line("down")
    assert street.told("disable peer") == "peer: already disabled"
    with Conversation(street.there.host, street.there.v4, street.here.v4) as refused:
        assert refused.notification() == Notification(ErrorCode.CEASE, CeaseSubcode.CONNECTION_REJECTED)
    assert street.told("enable peer") == "peer: enabled"
    assert street.told("enable peer") == "peer: already enabled"
    with street.neighbor():
        street.await_line("Established")


def test_a_neighbor_is_restarted(street: Street) -> None:
    street.start()
    with street.neighbor() as peer:
        street.await_line("Established")
        assert street.told('restart peer "again"') == "peer: restarted"
        words = shutdown_communication("again")
        assert peer.notification() == Notification(ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_RESET, words)
    street.await_line("Passive")
    with street.neighbor():
        street.await_line("Established")


def test_own_routes_and_the_kernel_are_disabled_and_enabled(street: Street) -> None:
    street.start()
    eventually(lambda: kernel_routes(street.host), equals={"198.51.100.0/24"})
    for protocol in ("static1", "kernel1"):
        assert street.told(f"disable {protocol}") == f"{protocol}: disabled"
        eventually(lambda: kernel_routes(street.host), equals=set())
        assert street.told(f"enable {protocol}") == f"{protocol}: enabled"
        eventually(lambda: kernel_routes(street.host), equals={"198.51.100.0/24"})
        assert street.told(f"restart {protocol}") == f"{protocol}: restarted"
        eventually(lambda: kernel_routes(street.host), equals={"198.51.100.0/24"})
    assert street.told("disable device1") == "device1: disable failed: interfaces are always watched"


def test_what_it_was_sent_is_asked_for_again(street: Street) -> None:
    """Enhanced: what the neighbor does not repeat between its marks is gone (RFC 7313 §4)."""
    street.start("keep_filtered = false\n")
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        peer.announce(ASN, *ROUTES)
        eventually(lambda: kernel_routes(street.host) >= ROUTES)
        assert street.told("reload in peer") == "peer: reloading"
        assert peer.news() == ["REQUEST"]
        peer.send(BEGIN)
        peer.announce(ASN, "10.1.0.0/16")
        peer.send(END)
        eventually(lambda: kernel_routes(street.host), equals={"10.1.0.0/16", "198.51.100.0/24"})
        street.await_line("Established")


def test_a_neighbor_that_cannot_be_asked_is_named(street: Street) -> None:
    street.start("keep_filtered = false\n")
    with street.neighbor((FOUR_OCTET_AS, ASN)):
        street.await_line("Established")
        assert "reload failed: the neighbor can't be asked" in street.told("reload in peer")
        assert street.told("reload out peer") == "peer: reloading"


def test_kept_routes_are_imported_again_without_asking(street: Street) -> None:
    street.start()
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        peer.announce(ASN, *ROUTES)
        eventually(lambda: kernel_routes(street.host) >= ROUTES)
        assert street.told("reload in peer") == "peer: reloading"
        assert street.daemon.ask("show route count")[-1].startswith("3 of 3")
        assert set(peer.waiting()) <= {MessageType.KEEPALIVE}


def test_it_is_sent_everything_again(street: Street) -> None:
    """On request, and when the operator says so; between marks if it knows them."""
    street.start()
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        for ask in (lambda: peer.send(REQUEST), lambda: street.daemon.ask("reload out peer")):
            ask()
            assert peer.news() == ["BEGINNING_OF_ROUTE_REFRESH"]
            assert peer.news() == ["+198.51.100.0/24", "END_OF_ROUTE_REFRESH"]
    street.await_line("Passive")
    with street.neighbor(*ALL_CAPABILITIES[:2], ALL_CAPABILITIES[3]) as plain:
        plain.until_end_of_rib()
        plain.send(REQUEST)
        assert plain.next_attributes() is not None
        plain.send(message(MessageType.NOTIFICATION, b"\x06\x02"))
        assert MessageType.ROUTE_REFRESH not in {kind for kind, _ in plain.rest()}


@pytest.mark.parametrize("action", ["warn", "block", "restart", "disable"])
def test_too_many_prefixes(street: Street, action: str) -> None:
    """RFC 4486 §4."""
    street.start(f'max_prefixes = {{ import = 2, action = "{action}", restart_after = 1 }}\n')
    many = ("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16")
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        peer.announce(ASN, *many)
        if action in {"warn", "block"}:
            taken = set(many) if action == "warn" else set(many[:2])
            eventually(lambda: kernel_routes(street.host), equals=taken | {"198.51.100.0/24"})
            street.await_line("Established")
            return
        assert peer.notification() == Notification(6, 1, bytes.fromhex("0001 01 00000002"))
    eventually(lambda: kernel_routes(street.host), equals={"198.51.100.0/24"})
    if action == "disable":
        street.await_line("down")
        assert "Automatic shutdown: Route limit exceeded" in street.line()
        street.daemon.ask("enable peer")
    street.await_line("Passive")
    with street.neighbor():
        street.await_line("Established")


def test_a_neighbor_is_drained(street: Street) -> None:
    """RFC 8326: first it is led around us, then the session ends; or the operator changes his mind."""
    street.start()
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        peer.announce(ASN, *ROUTES)
        eventually(lambda: kernel_routes(street.host) >= ROUTES)
        plan, *answer = street.daemon.ask('drain peer "new optics"')
        assert plan.startswith(
            f"peer: its {len(ROUTES)} routes and all that it is told become the last choice"
        )
        assert answer == ["peer: draining", ""]
        assert peer.next_attributes().get(COMMUNITIES) == (0xFFFF0000,)
        eventually(
            lambda: "".join(street.daemon.ask("show route 203.0.113.0/24 all")),
            lambda text: "BGP.local_pref: 0" in text,
        )
        assert "Draining" in street.line()
        assert kernel_routes(street.host) >= ROUTES
        assert street.told("undrain peer") == "peer: undrained"
        assert peer.next_attributes().get(COMMUNITIES) is None
        street.daemon.ask('drain peer "new optics"')
        peer.socket.settimeout(60)
        last = peer.notification()
        assert last == Notification(6, 2, shutdown_communication("new optics"))
    street.await_line("down")
    assert street.told("undrain peer") == "peer: enabled"


def test_neighbors_of_a_range_come_and_go(lab: Lab) -> None:
    need_network_namespaces()
    here, there = lab.link(lab.host("daemon"), lab.host("peer"), v4="192.0.2.0/24", v6=None)
    street = Street(here, there)
    street.daemon.text = CONFIGURATION + NEIGHBOR.format(address=there.v4).replace(
        f'address = "{there.v4}"\n', 'range = "192.0.2.0/24"\nlimit = 1\n'
    )
    street.start()
    assert "0 of 1 neighbors from 192.0.2.0/24" in street.line()
    name = "peer_" + there.v4.replace(".", "_")
    there.host.ip("address", "add", "192.0.2.99/24", "dev", there.interface)
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        peer.announce(ASN, *ROUTES)
        eventually(lambda: kernel_routes(street.host) >= ROUTES)
        assert "Established" in street.line(name)
        assert "1 of 1 neighbors" in street.line()
        with Conversation(there.host, "192.0.2.99", here.v4) as refused:
            assert refused.notification() == Notification(6, 5)
    eventually(street.line, lambda line: "0 of 1 neighbors" in line)
    assert name not in "".join(street.daemon.ask("show protocols"))
    eventually(lambda: not ROUTES & kernel_routes(street.host))
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        assert street.told("disable peer") == "peer: disabled"
        assert peer.notification() == Notification(6, 2)
    eventually(lambda: name not in "".join(street.daemon.ask("show protocols")))
    with Conversation(there.host, "192.0.2.99", here.v4) as refused:
        assert refused.notification() == Notification(6, 5)


def test_a_range_is_drained_and_brought_back(lab: Lab) -> None:
    need_network_namespaces()
    here, there = lab.link(lab.host("daemon"), lab.host("peer"), v4="192.0.2.0/24", v6=None)
    street = Street(here, there)
    child = "peer_" + there.v4.replace(".", "_")
    taken = NEIGHBOR.format(address="192.0.2.77").replace('"peer"', '"peer_192_0_2_99"')
    street.daemon.text = (
        CONFIGURATION
        + taken
        + NEIGHBOR.format(address=there.v4).replace(f'address = "{there.v4}"\n', 'range = "192.0.2.0/24"\n')
    )
    street.start()
    there.host.ip("address", "add", "192.0.2.99/24", "dev", there.interface)
    with Conversation(there.host, "192.0.2.99", here.v4) as refused:
        assert refused.notification() == Notification(6, 5)
    assert "another neighbor is called peer_192_0_2_99" in "".join(street.daemon.ask("show strangers"))
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        assert street.told("drain peer") == "peer: draining"
        peer.socket.settimeout(60)
        assert peer.notification() == Notification(6, 2, shutdown_communication("drained"))
    eventually(lambda: street.line(child), lambda line: "down" in line)
    assert street.told("undrain peer") == "peer: undrained"
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        assert street.told("restart peer") == "peer: restarted"
        assert peer.notification() == Notification(6, 4)


def test_a_neighbor_that_is_sent_nothing_is_sent_nothing_again(street: Street) -> None:
    """Not even withdrawals of what it never had."""
    street.daemon.text = (street.daemon.text or "").replace('export = "all"', 'export = "none"')
    street.start()
    with street.neighbor() as peer:
        peer.until_end_of_rib()
        peer.announce(ASN, *ROUTES)
        eventually(lambda: kernel_routes(street.host) >= ROUTES)
        peer.send(REQUEST)
        assert peer.news() == ["BEGINNING_OF_ROUTE_REFRESH"]
        assert peer.news() == ["END_OF_ROUTE_REFRESH"]


def test_roles_keep_leaks_out(street: Street) -> None:
    """RFC 9234 §5: we are its provider, so what it has from another provider is a leak."""
    street.start('role = "provider"\n')
    with street.neighbor() as peer:
        assert peer.next_attributes().get(ONLY_TO_CUSTOMER) == 64512
        plain = update(ASN, peer.local, "10.1.0.0/16")
        leaked = bytearray(update(ASN, peer.local, "10.2.0.0/16"))
        leaked[-3:-3] = bytes.fromhex("c02304 0000fde9")
        leaked[17] += 7
        leaked[22] += 7
        peer.send(plain, bytes(leaked))
        eventually(lambda: kernel_routes(street.host), equals={"10.1.0.0/16", "198.51.100.0/24"})
        eventually(lambda: "leaked" in "".join(street.daemon.ask("show route filtered all")))


@pytest.mark.parametrize("how", ["configure", "SIGHUP"])
def test_the_configuration_is_read_again(street: Street, how: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("first\n")
    street.start(f'password_file = "{secret}"\n')
    secret.write_text("second\n")
    log = street.daemon.processes[0].log
    if how == "configure":
        assert "peer: the password changed" in street.daemon.ask("configure")
    else:
        street.daemon.processes[0].signal(signal.SIGHUP)
        eventually(log.read_text, lambda text: "Reconfigured" in text)
    good = street.daemon.configuration.read_text()
    street.daemon.configuration.write_text(f"{good}\nhold_tim = 9\n")
    with pytest.raises(CommandError, match="hold_tim: unknown key"):
        street.daemon.ask("configure")
    street.daemon.configuration.write_text(f"{good}\nextended_messages = false\n")
    assert street.daemon.ask("configure")[-1] == "Reconfigured"
    assert "Restarting protocol peer" in log.read_text()
    assert not any("second" in text for text in (log.read_text(), *street.daemon.ask("show protocols all")))


def test_a_path_that_is_about_to_go_is_the_last_choice(street: Street) -> None:
    """RFC 8326 §4.2."""
    street.start()
    with street.neighbor() as peer:
        tagged = bytearray(update(ASN, peer.local, "10.1.0.0/16"))
        tagged[-3:-3] = bytes.fromhex("c00804 ffff0000")
        tagged[17] += 7
        tagged[22] += 7
        peer.send(bytes(tagged))
        eventually(lambda: "10.1.0.0/16" in kernel_routes(street.host))
        shown = "".join(street.daemon.ask("show route 10.1.0.0/16 all"))
        assert f"BGP.{LOCAL_PREF.name}: 0" in shown
