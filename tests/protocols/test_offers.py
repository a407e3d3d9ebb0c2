"""What a neighbor was offered: counted per table, told per neighbor (BIRD's ``Route change stats``)."""

import pytest

from bgpd.offers import OfferCounter, Taker
from bgpd.protocols.export_numbers import ExportNumbers
from messages.attributes import AS_PATH, AsPath
from messages.families import IPV4_UNICAST
from rib.route import Refusal
from tests.show.node import announced
from tests.show.world import StillDaemon, via

NAMES = ("inner", "outer", "reflected")


@pytest.fixture
def daemon() -> StillDaemon:
    """A table with one route of an internal neighbor, one of an external and one of a client."""
    daemon = StillDaemon()
    daemon.add_neighbor("inner", "10.0.0.1", asn=64512)
    daemon.add_neighbor("outer", "10.0.0.2", asn=65001)
    daemon.add_neighbor("reflected", "10.0.0.3", asn=64512)
    daemon.source("reflected").is_client = True
    for number, name in enumerate(NAMES):
        announce(daemon, name, f"10.{number}.0.0/16")
    return daemon


def announce(daemon: StillDaemon, name: str, prefix: str, *path: int) -> None:
    """Let a neighbor announce a prefix."""
    daemon.announce(name, prefix, via("10.0.0.1"), announced(AS_PATH, AsPath.of(*path)))


def counter(
    daemon: StillDaemon, name: str, *, takes_internal: bool = True, takes_all: bool = False
) -> OfferCounter:
    """Return what counts for a session that begins now."""
    taker = Taker(daemon.source(name), takes_internal=takes_internal, takes_all=takes_all)
    found = OfferCounter()
    found.begin(daemon.pipeline("master", IPV4_UNICAST).offers, taker)
    return found


@pytest.mark.parametrize(
    ("name", "takes_internal", "rejected"),
    [("outer", True, 1), ("inner", False, 1), ("reflected", True, 1), ("outer", False, 2)],
)
def test_who_comes_is_offered_all_there_is(
    daemon: StillDaemon, name: str, takes_internal: bool, rejected: int
) -> None:
    """RFC 4456 §6: an internal neighbor is not told what others of its kind said, but what clients say."""
    numbers = counter(daemon, name, takes_internal=takes_internal).numbers
    assert numbers == ExportNumbers(updates=3, rejected=rejected)


def test_changes_count_after_that(daemon: StillDaemon) -> None:
    counted = counter(daemon, "outer")
    announce(daemon, "inner", "10.9.0.0/16")
    announce(daemon, "inner", "10.9.0.0/16", 65009)
    announce(daemon, "outer", "10.8.0.0/16")
    daemon.withdraw("inner", "10.9.0.0/16")
    assert counted.numbers == ExportNumbers(updates=6, rejected=2, withdraws=1)


def test_another_session_goes_on_from_the_last(daemon: StillDaemon) -> None:
    counted = counter(daemon, "outer")
    counted.end()
    announce(daemon, "inner", "10.9.0.0/16")
    assert counted.numbers.updates == 3
    offers = daemon.pipeline("master", IPV4_UNICAST).offers
    counted.begin(offers, Taker(daemon.source("outer"), takes_internal=True, takes_all=False))
    assert counted.numbers == ExportNumbers(updates=3 + 4, rejected=2)
    counted.again()  # a refresh
    assert counted.numbers == ExportNumbers(updates=3 + 4 + 4, rejected=3)


def test_several_paths_count_each(daemon: StillDaemon) -> None:
    table = daemon.pipeline("master", IPV4_UNICAST).table
    table.tells_all = True
    counted = counter(daemon, "outer", takes_all=True)
    announce(daemon, "inner", "10.2.0.0/16", 65003, 65004)
    daemon.announce("inner", "10.3.0.0/16", via("10.0.0.1"), refusal=Refusal.AS_LOOP)
    daemon.withdraw("reflected", "10.2.0.0/16")
    assert counted.numbers == ExportNumbers(updates=4, rejected=1, withdraws=1)


def test_who_is_gone_still_counts(daemon: StillDaemon) -> None:
    counted = counter(daemon, "outer")
    announce(daemon, "inner", "10.9.0.0/16")
    daemon.withdraw("inner", "10.9.0.0/16")
    daemon.withdraw("inner", "10.0.0.0/16")
    assert counter(daemon, "reflected").numbers == ExportNumbers(updates=2, rejected=1)
    assert counted.numbers == ExportNumbers(updates=4, rejected=1, withdraws=2)
