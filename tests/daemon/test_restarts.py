"""What a daemon says of restarts in its OPENs, and keeps of who restarts (RFC 4724, RFC 8538)."""

import time
from collections.abc import Iterator, Sequence
from typing import Final

import pytest

from messages.capabilities import GRACEFUL_RESTART, MULTIPROTOCOL, GracefulRestart, RestartingFamily
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.iana import HEADER_OCTETS, MessageType
from messages.keepalive import KEEPALIVE
from messages.notification import Notification, encode_notification, hard_reset
from messages.open import decode_open
from messages.update import encode_attributes, encode_end_of_rib, pack_announcements
from tests.daemon.command import kernel_routes
from tests.daemon.conversation import Conversation, update
from tests.interop.kernel import kernel_routes as kernel_rows
from tests.interop.lab import Host, Lab
from tests.interop.route_news import RouteNews
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces
from tests.rib.building import attributes, group_key, key
from tests.sessions.speakers import puppet_open

pytestmark = pytest.mark.interop

US: Final = "192.0.2.1"
PEER, HELPED, SILENT = "192.0.2.2", "192.0.2.3", "192.0.2.4"
"""Neighbors with ``graceful_restart = "full"``, ``"helper"``, and without the N bit."""
_NAMES: Final = {PEER: "peer", HELPED: "helped", SILENT: "silent"}
ASN: Final = 65001
P, Q, R = "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"
S: Final = "2001:db8:1::/48"
END_OF_RIB: Final = encode_end_of_rib(IPV4_UNICAST)
CEASE: Final = Notification(6, 4)
NEIGHBOR: Final = """
[[neighbors]]
name = "{name}"
address = "{address}"
asn = 65001
passive = true
families = ["ipv4", "ipv6"]
import = "all"
export = "all"
error_wait = [1, 1]
{more}
"""
CONFIGURATION: Final = "\n".join(
    (
        '[router]\nid = "192.0.2.1"\ngraceful_restart_wait = 30\n[kernel.ipv4]\n[direct]\ninterfaces = []',
        NEIGHBOR.format(name="peer", address=PEER, more='graceful_restart = "full"'),
        NEIGHBOR.format(name="helped", address=HELPED, more=""),
        NEIGHBOR.format(
            name="silent",
            address=SILENT,
            more='graceful_restart = "full"\ngraceful_restart_notification = false',
        ),
    )
)


def rows(*families: Family, preserved: bool = True) -> tuple[RestartingFamily, ...]:
    return tuple(RestartingFamily(family, preserved) for family in families)


BOTH: Final = (IPV4_UNICAST, IPV6_UNICAST)
ABLE: Final = GracefulRestart(False, notification=True, restart_time=60, families=rows(*BOTH))
BACK: Final = ABLE._replace(restarting=True)


class World:
    """The daemon on one host, and whatever neighbors it has on another."""

    def __init__(self, lab: Lab) -> None:
        here, there = lab.host("daemon"), lab.host("neighbors")
        _, port = lab.segment(here, there, v4="192.0.2.0/24", v6="2001:db8::/64")
        for address in (HELPED, SILENT):
            there.ip("address", "add", f"{address}/24", "dev", port.interface)
        self.there: Host = there
        self.daemon = Bgpd.with_file(here, CONFIGURATION).start()

    def connect(self, local: str = PEER) -> Conversation:
        return Conversation(self.there, local, US)

    def establish(
        self, restart: GracefulRestart | None = ABLE, families: Sequence[Family] = BOTH, local: str = PEER
    ) -> Conversation:
        """Open a session."""
        conversation = self.connect(local)
        more = [(MULTIPROTOCOL, family) for family in families if family is not IPV4_UNICAST]
        conversation.send(puppet_open(ASN, router_id=99, restart=restart, more=more), KEEPALIVE)
        kinds = [conversation.message()[0] for _ in range(2)]
        assert kinds == [MessageType.OPEN, MessageType.KEEPALIVE]
        return conversation

    def offer(self, local: str = PEER) -> GracefulRestart | None:
        """Return what the next OPEN says."""
        with self.connect(local) as conversation:
            kind, body = conversation.message()
            assert kind == MessageType.OPEN
            return decode_open(body).capabilities.get(GRACEFUL_RESTART)

    def dismiss(self, *names: str) -> None:
        """Expect nothing of these neighbors: they are shut down."""
        for name in names:
            self.daemon.ask(f"disable {name}")

    def forget(self) -> None:
        """Have no routes of anybody."""
        for name in _NAMES.values():
            self.daemon.ask(f"enable {name}")
            self.daemon.ask(f"restart {name}")
        eventually(self.table, equals=set())

    def losses(self, local: str) -> int:
        [row] = self.daemon.answer(f"show protocols all {_NAMES[local]}")
        return int(row["details"]["sessions_lost"])

    def kernel(self) -> set[str]:
        return set(kernel_routes(self.daemon.host)) & {P, Q, R}

    def table(self) -> set[str]:
        """Return what is in the tables, usable or not."""
        return {row["prefix"] for row in self.daemon.shown_routes("filtered")} | {
            row["prefix"] for row in self.daemon.shown_routes()
        }


@pytest.fixture(scope="module")
def common_world() -> Iterator[World]:
    need_network_namespaces()
    with Lab() as lab:
        yield World(lab)


@pytest.fixture
def world(common_world: World) -> World:
    """Return what nothing has happened in."""
    common_world.forget()
    return common_world


def told(*prefixes: str, local: str = PEER) -> bytes:
    return update(ASN, local, *prefixes)


def told_of_s() -> bytes:
    encoded = encode_attributes(attributes(ASN, next_hop="2001:db8::2"), IPV6_UNICAST, group_key().context)
    [message] = pack_announcements(IPV6_UNICAST, encoded, [key(S)], group_key().context)
    return message


def told_from_afar(*prefixes: str) -> bytes:
    """Announce prefixes with a longer path, as the neighbor ``HELPED``."""
    said = attributes(ASN, 65100, next_hop=HELPED)
    encoded = encode_attributes(said, IPV4_UNICAST, group_key().context)
    [message] = pack_announcements(IPV4_UNICAST, encoded, [*map(key, prefixes)], group_key().context)
    return message


def test_the_bits_of_every_open(world: World) -> None:
    """R and F are right from the first OPEN on, before anybody has said anything (RFC 4724 §3, §4.1)."""
    kept = GracefulRestart(False, True, 120, rows(*BOTH))
    nothing_kept = kept._replace(families=(*rows(IPV4_UNICAST, preserved=False), *rows(IPV6_UNICAST)))
    helper = GracefulRestart(False, True, 0, ())
    assert world.offer() == nothing_kept  # the kernel has nothing, and nobody can tell of ipv6
    assert world.offer(HELPED) == helper
    assert world.offer(SILENT) == nothing_kept._replace(notification=False)
    with world.establish() as peer:
        peer.send(told(P, Q), END_OF_RIB, encode_end_of_rib(IPV6_UNICAST))
        eventually(world.kernel, equals={P, Q})
    world.daemon.kill()
    world.daemon.start()
    for _ in range(2):
        assert world.offer() == kept._replace(restarting=True)
    assert world.offer(HELPED) == helper
    world.dismiss("helped", "silent")
    with world.establish() as peer:
        peer.send(told(P, Q), END_OF_RIB, encode_end_of_rib(IPV6_UNICAST))
        world.daemon.await_log("Graceful restart done")
    assert world.offer() == kept
    world.daemon.kill()
    for prefix in (P, Q):
        world.daemon.host.ip("route", "delete", prefix)
    world.daemon.start()
    assert world.offer() == nothing_kept


def test_end_of_rib_comes_with_what_is_known(world: World) -> None:
    """RFC 4724 §4.1: who has kept our routes is told of a family when everybody has said what it has."""
    with world.establish() as peer, world.establish(local=HELPED) as other:
        other.send(told(P, local=HELPED), END_OF_RIB)
        eventually(world.kernel, equals={P})
        peer.send(END_OF_RIB)
        world.daemon.kill()
    world.daemon.start()
    world.dismiss("silent")
    with world.establish() as peer:
        peer.send(END_OF_RIB, encode_end_of_rib(IPV6_UNICAST))
        assert peer.waiting() == []
        with world.establish(local=HELPED) as other:
            assert peer.waiting() == []
            other.send(told(P, local=HELPED), END_OF_RIB)
            kind, body = peer.message()
            assert kind == MessageType.UPDATE
            assert body.endswith(key(P))
            assert peer.message() == (MessageType.UPDATE, END_OF_RIB[HEADER_OCTETS:])


def test_a_second_loss_before_end_of_rib(world: World) -> None:
    """What was not said again is still there, as nobody has said that it is no more; until somebody does."""
    with world.establish() as peer:
        peer.send(told(P, Q), END_OF_RIB)
        eventually(world.kernel, equals={P, Q})
    with world.establish(BACK) as peer:
        peer.send(told(P, R))
        eventually(world.kernel, equals={P, Q, R})
    with world.establish(BACK) as peer:
        peer.send(told(Q))
        time.sleep(0.5)  # nothing is to happen
        assert world.kernel() == {P, Q, R}
        peer.send(END_OF_RIB)
        eventually(world.kernel, equals={Q})


@pytest.mark.parametrize(
    ("restart", "families"),
    [(BACK._replace(families=rows(IPV4_UNICAST)), BOTH), (BACK, BOTH[:1])],
    ids=["no longer restartable", "no longer spoken"],
)
def test_families_that_have_changed(
    world: World, restart: GracefulRestart, families: Sequence[Family]
) -> None:
    """RFC 4724 §4.2: routes of a family that is not kept go at once, those of others with End-of-RIB."""
    with world.establish() as peer:
        peer.send(told(P, Q), told_of_s(), END_OF_RIB, encode_end_of_rib(IPV6_UNICAST))
        eventually(world.table, equals={P, Q, S})
    assert world.table() == {P, Q, S}
    with world.establish(restart, families) as peer:
        eventually(world.table, equals={P, Q})
        peer.send(told(P), END_OF_RIB)
        eventually(world.table, equals={P})


def test_who_is_not_back_in_time(world: World) -> None:
    """RFC 4724 §4.2: the Restart Time that it had announced is over."""
    with world.establish(ABLE._replace(restart_time=2)) as peer:
        peer.send(told(P), END_OF_RIB)
        eventually(world.kernel, equals={P})
        lost = time.monotonic()
    eventually(world.kernel, equals=set())
    assert time.monotonic() - lost > 1.5


@pytest.mark.parametrize(
    ("local", "words", "kept"),
    [
        (PEER, CEASE, {P}),
        (PEER, hard_reset(CEASE), set()),
        (SILENT, CEASE, set()),
    ],
    ids=["N bit", "hard reset", "no N bit"],
)
def test_the_last_words(world: World, local: str, words: Notification, kept: set[str]) -> None:
    """RFC 8538 §4: a NOTIFICATION ends forwarding only if one of the two does not know that it need not."""
    losses = world.losses(local)
    with world.establish(local=local) as peer:
        peer.send(told(P, local=local), END_OF_RIB)
        eventually(world.kernel, equals={P})
        peer.send(encode_notification(words))
    eventually(lambda: world.losses(local), equals=losses + 1)
    shown = "\n".join(world.daemon.ask(f"show protocols all {_NAMES[local]}"))
    assert ("graceful restart active" in shown) is bool(kept)
    eventually(world.kernel, equals=kept)


def test_the_kernel_waits_for_the_better_route(world: World) -> None:
    """RFC 4724 §4.1: routes are selected when all are known; until then those of before lead on."""
    with world.establish() as peer, world.establish(local=HELPED) as other:
        peer.send(told(P), END_OF_RIB)
        eventually(world.kernel, equals={P})
        other.send(told_from_afar(P), END_OF_RIB)
        eventually(lambda: len(world.daemon.shown_routes(P)), equals=2)
        world.daemon.kill()
    with RouteNews(world.daemon.host) as news:
        world.daemon.start()
        world.dismiss("silent")
        with world.establish(local=HELPED) as other:
            other.send(told_from_afar(P, Q), END_OF_RIB, encode_end_of_rib(IPV6_UNICAST))
            eventually(lambda: len(world.daemon.shown_routes(P)), equals=1)
            with world.establish() as peer:
                time.sleep(0.5)  # nothing is to happen
                assert news.take() == []
                peer.send(told(P), END_OF_RIB, encode_end_of_rib(IPV6_UNICAST))
                eventually(world.kernel, equals={P, Q})
                assert {(each.event, each.prefix) for each in news.take(0.5)} == {("added", Q)}
                assert kernel_rows(world.daemon.host, "ipv4")[P]["gateway"] == PEER
