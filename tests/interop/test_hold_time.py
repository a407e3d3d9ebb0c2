"""The hold time (RFC 4271 §4.2, §6.5): kept while the daemon is busy, and absent when it is zero."""

import threading
import time
from contextlib import closing
from typing import Final

import pytest

from messages.iana import BGP_PORT
from tests.bench.speaker import Speaker
from tests.bench.table import SENTINEL_PREFIX, announcements, prefixes, withdrawals
from tests.interop.lab import Lab
from tests.interop.routers import FOREIGN, Neighbor, Openbgpd
from tests.interop.star import Star

pytestmark = pytest.mark.interop

FEEDER_ASN, SINK_ASN = 65100, 65200
COUNT: Final = 200_000
CHUNK: Final = 1 << 16


class Load:
    """A speaker that announces and withdraws a table again and again, and one that all of it is sent to."""

    def __init__(self, lab: Lab, star: Star) -> None:
        self._host = lab.host("load")
        ours, feeder = lab.link(star.bgpd.host, self._host, v4="198.18.0.0/24", v6=None)
        sink = "198.18.0.3"
        self._host.ip("address", "add", f"{sink}/24", "dev", feeder.interface)
        for address, asn in ((feeder.v4, FEEDER_ASN), (sink, SINK_ASN)):
            neighbor = Neighbor(address=address, asn=asn, local_address=ours.v4, hold_time=180, passive=True)
            star.bgpd.config.neighbors.append(neighbor)
        self._feeder = Speaker(feeder.v4, FEEDER_ASN, (ours.v4, BGP_PORT))
        self._sink = Speaker(sink, SINK_ASN, (ours.v4, BGP_PORT))
        keys = prefixes(COUNT)
        next_hop = bytes(map(int, feeder.v4.split(".")))
        self._up = b"".join(announcements(keys, FEEDER_ASN, next_hop))
        self._down = b"".join(withdrawals(keys))

    def run(self, seconds: float) -> int:
        """Return how often the whole table came and went within this time."""
        with self._host.entered():
            self._sink.connect()
            self._feeder.connect()
        end = time.monotonic() + seconds
        times = 0
        with closing(self._sink), closing(self._feeder):
            while time.monotonic() < end:
                self._pass(self._up)
                self._pass(self._down)
                times += 1
        return times

    def _pass(self, octets: bytes) -> None:
        """Send it all, and wait until the end of it has come out."""
        sender = threading.Thread(target=self._send, args=(octets,))
        sender.start()
        self._sink.read_until(SENTINEL_PREFIX, timeout=60)
        self._sink.received.clear()
        sender.join()

    def _send(self, octets: bytes) -> None:
        for start in range(0, len(octets), CHUNK):
            self._feeder.socket.sendall(octets[start : start + CHUNK])


@pytest.mark.soak
def test_a_table_that_comes_and_goes_costs_no_session(lab: Lab, soaking: bool) -> None:
    """Quiet neighbors with a hold time of three seconds, while others keep the daemon busy."""
    quiet = {"hold_time": 3, "extra": ('export = "none"',)}
    star = Star.of(lab, FOREIGN, ours=quiet, theirs={"hold_time": 3})
    load = Load(lab, star)
    star.start().up()
    up = [star.established(neighbor) for _, neighbor in star.spokes]
    assert load.run(60 if soaking else 10) >= 1
    star.up()
    assert [star.established(neighbor) for _, neighbor in star.spokes] == up


def test_without_a_hold_time_nobody_says_a_word(lab: Lab) -> None:
    """RFC 4271 §4.4: but for the first KEEPALIVE, which confirms the OPEN."""
    programs = [program for program in FOREIGN if program is not Openbgpd]  # its hold time is 3 s at least
    ours, theirs = {"hold_time": 0}, {"hold_time": 0, "passive": True}
    star = Star.of(lab, programs, ours=ours, theirs=theirs).start()
    star.up()
    time.sleep(4)  # it is the passing of time that is tested
    star.up()
    for neighbor in star.neighbors:
        details = star.details(neighbor)
        assert details["messages"]["KEEPALIVE"] == {"received": 1, "sent": 1}
        assert not details["timers"].keys() & {"hold", "keepalive"}
