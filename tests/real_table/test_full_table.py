"""A real full table of 2015: the RIB and what neighbors are told are what the file says, prefix by prefix.

The peer that was recorded is an internal one. Three neighbors listen: an external one, one that knows AS
numbers of two octets only, and a client of route reflection, which sees everything that came (RFC 4456 §10).
"""

import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import islice
from typing import Final, NamedTuple

import pytest

from tests.bench.speaker import Speaker
from tests.bench.table import SENTINEL_PREFIX, update
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.real_table.comparison import differences, without
from tests.real_table.recording import Event, Peer, read_recording
from tests.real_table.rules import accepted, in_two_octets, is_malformed, is_withheld, to_client, to_external
from tests.real_table.sessions import Listener, OldSpeaker, remote
from tests.real_table.shown import Rib, Shown, plain, text_of
from tests.real_table.updates import Attributes, Held, Prefix, read

pytestmark = [pytest.mark.interop, pytest.mark.soak]

FILE: Final = "full-table-2015.bgp4mp_et.gz"
EVENTS: Final = 60_000
"""Of the 89,679 that there are, in the short form."""
EVERY: Final = 200
"""The RIB is asked for one prefix out of so many, in the short form."""
PATIENCE: Final = 120.0

DAEMON: Final = "198.51.100.1"
EXTERNAL: Final = "198.51.100.2"
OLD: Final = "198.51.100.3"
CLIENT: Final = "198.51.100.4"
GATEWAY: Final = "198.51.100.5"
"""Where all next hops are, if there is no better way to them."""
SENTINEL: Final = b"\x01" + SENTINEL_PREFIX
WAYS: Final = {b"\x01\x01\x00", b"\x01\x01\x80"}
"""The routes by which next hops are found; the default route is announced itself."""

CONFIGURATION: Final = """\
[router]
id = "{daemon}"
asn = {asn}
listen = ["{daemon}"]
[metrics]
listen = ""
[direct]
interfaces = []
[kernel]
[[static]]
prefix = "0.0.0.0/1"
via = "{gateway}"
[[static]]
prefix = "128.0.0.0/1"
via = "{gateway}"
[groups.peers]
passive = true
hold_time = 3600
import = "all"
export = "all"
[[neighbors]]
name = "feeder"
group = "peers"
address = "{feeder}"
asn = {asn}
[[neighbors]]
name = "external"
group = "peers"
address = "{external}"
asn = 65002
[[neighbors]]
name = "old"
group = "peers"
address = "{old}"
asn = 65003
[[neighbors]]
name = "client"
group = "peers"
address = "{client}"
asn = {asn}
route_reflector_client = true
"""


class Recording(NamedTuple):
    """What was recorded."""

    peer: Peer
    messages: bytes
    announced: Mapping[Prefix, Attributes]
    """What is to be believed of what the peer has announced at the end."""


def recording(events: int | None) -> Recording:
    """Read the file, or its beginning; one more prefix comes at the end, with the attributes of the last."""
    said: list[Event] = list(islice(read_recording(FILE), events))
    [peer] = {event.peer for event in said}
    held = Held()
    for event in said:
        held.hear(event.update) if event.update else held.clear()
    if events is None:
        assert (held.announcements, held.withdrawals) == (577_737, 3)  # else the reader is wrong
    *_, last = held.routes.values()
    sentinel = update(b"", last, SENTINEL_PREFIX)
    held.hear(sentinel)
    messages = b"".join(event.update for event in said) + sentinel
    return Recording(peer, messages, without(read(held.routes), is_malformed))


class Listeners(NamedTuple):
    """Who is told of the table."""

    external: Listener
    old: Listener
    client: Listener

    def wait(self) -> None:
        """Return when all of them were told of the last prefix."""
        eventually(lambda: all(SENTINEL in each.held.routes for each in self), within=PATIENCE)

    def told(self) -> Iterator[dict[Prefix, Attributes]]:
        """Yield what each was told, without the routes by which next hops are found."""
        for each in self:
            yield read({prefix: field for prefix, field in each.held.routes.items() if prefix not in WAYS})


def start(lab: Lab, peer: Peer) -> tuple[Host, Bgpd]:
    """Start the daemon on a host whose loopback interface has everybody's addresses."""
    host = lab.host("table")
    for address in (f"{DAEMON}/24", f"{peer.address}/32"):
        host.ip("address", "add", address, "dev", "lo")
    text = CONFIGURATION.format(
        daemon=DAEMON,
        asn=peer.asn,
        gateway=GATEWAY,
        feeder=peer.address,
        external=EXTERNAL,
        old=OLD,
        client=CLIENT,
    )
    return host, Bgpd.with_file(host, text).start()


def check_listeners(recorded: Recording, listeners: Listeners) -> None:
    """Compare what each neighbor holds with what the rules make of what was announced."""
    next_hop, router_id = socket.inet_aton(DAEMON), socket.inet_aton(recorded.peer.address)
    announced, asn = recorded.announced, recorded.peer.asn
    outside = without(announced, is_withheld)
    external, old, client = listeners.told()

    def new_neighbor(received: Attributes) -> Attributes:
        return to_external(accepted(received), asn, next_hop)

    def old_neighbor(received: Attributes) -> Attributes:
        return in_two_octets(new_neighbor(received))

    def reflection_client(received: Attributes) -> Attributes:
        return to_client(accepted(received), originator_id=router_id, cluster_id=next_hop)

    assert differences(outside, external, new_neighbor) == []
    assert differences(outside, old, old_neighbor) == []
    assert differences(announced, client, reflection_client) == []


def check_rib(announced: Mapping[Prefix, Attributes], shown: Iterable[Shown]) -> int:
    """Return how many routes are shown, each the best and with the attributes that were announced."""
    count = 0
    for route in shown:
        if route.prefix in WAYS:
            continue
        count += 1
        expected = plain(accepted(announced[route.prefix]))
        assert (route.is_best, route.attributes) == (True, expected), text_of(route.prefix)
    return count


def test_rib_and_neighbors_hold_what_the_file_says(lab: Lab, soaking: bool) -> None:
    recorded = recording(None if soaking else EVENTS)
    announced, peer = recorded.announced, recorded.peer
    host, daemon = start(lab, peer)
    speakers = (
        Speaker(EXTERNAL, 65002, remote(DAEMON)),
        OldSpeaker(OLD, 65003, remote(DAEMON)),
        Speaker(CLIENT, peer.asn, remote(DAEMON)),
    )
    feeder = Speaker(peer.address, peer.asn, remote(DAEMON))
    with host.entered(), ExitStack() as stack:
        listeners = Listeners(*(stack.enter_context(Listener(each)) for each in speakers))
        feeder.connect()
        stack.callback(feeder.close)
        feeder.send(recorded.messages)
        listeners.wait()
        check_listeners(recorded, listeners)
        with Rib(daemon.socket) as rib:
            assert rib.count() == len(announced) + len(WAYS)
            if soaking:
                assert check_rib(announced, rib.routes()) == len(announced)
            else:
                asked = [*announced][::EVERY]
                shown = (route for prefix in asked for route in rib.routes(text_of(prefix)))
                assert check_rib(announced, shown) == len(asked)
