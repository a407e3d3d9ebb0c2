"""Five minutes of a route collector's life in 2016: what 40 peers said, played by as many neighbors.

Their addresses are the recorded ones, so that next hops are on the link as they were. Each plays its own
part, all at once: what is left at the end depends on the order in which each spoke, not on that between them.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from ipaddress import ip_address, ip_interface
from typing import Final, TypeVar

import pytest
from pyroute2 import netns

from tests.bench.speaker import Speaker
from tests.interop.lab import Host, Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.real_table.expected import Expected
from tests.real_table.parts import Part, Player, read_parts
from tests.real_table.sessions import IPV6_UNICAST, Listener, remote
from tests.real_table.shown import Rib
from tests.real_table.updates import IPV4, IPV6, MP_REACH_NLRI, Attributes, Held, Prefix, read

pytestmark = pytest.mark.interop

K = TypeVar("K")

PATIENCE: Final = 60.0
OURS: Final = {IPV4: "198.51.100.1", IPV6: "2001:db8::1"}
LISTENERS: Final = {IPV4: "198.51.100.2", IPV6: "2001:db8::2"}
BITS: Final = {IPV4: 24, IPV6: 64}
LISTENING_ASN: Final = 65002
LINKS: Final = [
    ip_interface(each)
    for each in ("37.49.232.30/24", "37.49.237.99/23", "2001:7f8:54::1:99/64", "2001:7f8:54:5::30/64")
]
"""The addresses that the collector has at the exchange."""
FILE: Final = "churn-2016.bgp4mp.gz"

ROUTER: Final = """\
[router]
id = "198.51.100.1"
asn = {asn}
listen = {listen}
[metrics]
listen = ""
[direct]
interfaces = []
[kernel]
[groups.peers]
passive = true
hold_time = 3600
graceful_restart = "off"
error_wait = [1, 1]
import = "all"
"""
NEIGHBOR: Final = """\
[[neighbors]]
name = "{name}"
group = "peers"
address = "{address}"
asn = {asn}
families = {families}
export = "{export}"
"""


def start(lab: Lab, played: Sequence[Part]) -> tuple[Host, Bgpd]:
    """Start the daemon; return the host on its link that has the addresses of all others as well."""
    host, others = lab.host("collector"), lab.host("peers")
    ours, theirs = lab.link(host, others, v4=None, v6=None)
    bits = {str(link.ip): link.network.prefixlen for link in LINKS}
    give(ours, bits | {address: BITS[family] for family, address in OURS.items()})
    give(theirs, {part.peer.address: bits[part.peer.local_address] for part in played})
    give(theirs, {address: BITS[family] for family, address in LISTENERS.items()})
    listen = [*OURS.values(), *bits]
    text = ROUTER.format(asn=played[0].peer.local_asn, listen=json.dumps(listen))
    for part in played:
        text += neighbor(part.name, part.peer.address, part.peer.asn, part.families, "none")
    for family, address in LISTENERS.items():
        text += neighbor(f"listener{family}", address, LISTENING_ASN, {family}, "all")
    return others, Bgpd.with_file(host, text).start()


def give(port: Port, addresses: Mapping[str, int]) -> None:
    """Add addresses with their lengths to an interface."""
    for address, bits in addresses.items():
        words = ("nodad",) if ":" in address else ()
        port.host.ip("address", "add", f"{address}/{bits}", "dev", port.interface, *words)


def neighbor(name: str, address: str, asn: int, families: Collection[int], export: str) -> str:
    """Return the lines of the daemon's file about a neighbor."""
    return NEIGHBOR.format(
        name=name,
        address=address,
        asn=asn,
        families=json.dumps([{IPV4: "ipv4", IPV6: "ipv6"}[family] for family in sorted(families)]),
        export=export,
    )


def shown(daemon: Bgpd) -> dict[tuple[Prefix, str], tuple[bool, Mapping[str, object]]]:
    """Return what the RIB shows, in the form of ``Expected.rib``."""
    with Rib(daemon.socket) as rib:
        return {(each.prefix, each.protocol): (each.is_best, each.attributes) for each in rib.routes()}


def listening(family: int) -> Speaker:
    """Return a neighbor that is told of one family."""
    where = remote(OURS[family])
    return Speaker(LISTENERS[family], LISTENING_ASN, where, IPV6_UNICAST, router_id=LISTENERS[IPV4])


def check(daemon: Bgpd, players: Sequence[Player], listeners: Mapping[int, Listener]) -> None:
    """Wait until the RIB and both listeners hold what they must."""
    expected = Expected(players, [link.network for link in LINKS])
    rib = expected.rib()
    eventually(lambda: unlike(shown(daemon), rib), equals={}, within=PATIENCE)
    for family, listener in listeners.items():
        told = expected.told(family, ip_address(OURS[family]).packed)
        eventually(partial(unlike_told, listener.held, told), equals={}, within=PATIENCE)


def unlike_told(held: Held, expected: Mapping[Prefix, Attributes]) -> dict[Prefix, tuple[object, object]]:
    """Return what a listener was told otherwise; a link-local next hop may stand beside the global one."""
    told = {prefix: dict(found) for prefix, found in read(held.routes.copy()).items()}
    for each in told.values():
        if MP_REACH_NLRI in each:
            flags, next_hop = each[MP_REACH_NLRI]
            each[MP_REACH_NLRI] = flags, next_hop[:16]
    return unlike(told, expected)


def unlike(found: Mapping[K, object], expected: Mapping[K, object]) -> dict[K, tuple[object, object]]:
    """Return what is not as expected: what is there, and what should be."""
    return {
        key: (found.get(key), expected.get(key))
        for key in found.keys() | expected.keys()
        if found.get(key) != expected.get(key)
    }


def test_rib_and_neighbors_hold_what_the_peers_said_last(lab: Lab) -> None:
    """Then every third peer is lost, and everybody holds what the others said."""
    played = read_parts(FILE)
    host, daemon = start(lab, played)
    players = [Player(part) for part in played]
    with host.entered(), ExitStack() as stack:
        listeners = {family: stack.enter_context(Listener(listening(family))) for family in LISTENERS}
        with ThreadPoolExecutor(len(players), initializer=netns.setns, initargs=(host.namespace,)) as threads:
            list(threads.map(Player.play, players))
        for player in players:
            stack.callback(player.leave)
        check(daemon, players, listeners)
        for player in players[::3]:
            player.leave()
        check(daemon, players, listeners)


def test_the_file_holds_what_it_is_said_to_hold() -> None:
    """Else nothing was compared with nothing."""
    played = read_parts(FILE)
    held = [part.held for part in played]
    assert sum(each.announcements for each in held) == 39_256
    assert sum(each.withdrawals for each in held) == 1_956
    assert sum(part.acts.count(b"") for part in played) == 22
