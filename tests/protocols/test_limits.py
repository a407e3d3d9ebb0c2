"""Maximum prefixes: what is counted, what is logged, what is taken."""

import logging
from functools import partial
from typing import Literal

import pytest

from bgpd.protocols.limits import LimitReachedError, PrefixLimiter
from bgpd.settings import PrefixLimit
from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import PrefixKey, make_key
from messages.notification import Notification
from rib.route import Refusal, Source
from rib.table import Table
from tests.rib.building import attributes, neighbor, route

Action = Literal["warn", "block", "restart", "disable"]
KEYS = [make_key(number.to_bytes(4), 32) for number in range(1 << 24, (1 << 24) + 30)]


class Neighbor:
    """A neighbor with a limit of ten prefixes, and what it has announced."""

    def __init__(self, action: Action, imported: int | None = 10, received: int | None = None) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.source: Source = neighbor("tor1")
        limit = PrefixLimit(imported, received, None, action, 75, 60)
        held = partial(self.table.held, self.source)
        self.limiter = PrefixLimiter("tor1", limit, IPV4_UNICAST, held)

    def announce(self, *keys: PrefixKey, refusal: Refusal | None = None) -> set[PrefixKey]:
        """Announce as a session does; return what was not taken."""
        said = route(self.source, attributes(65001), refusal)
        excess = set(self.limiter.excess(self.source, keys, is_filtered=said.is_filtered))
        self.table.announce(said, [key for key in keys if key not in excess])
        return excess


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records]


def test_up_to_the_threshold_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    tor1 = Neighbor("warn")
    tor1.announce(*KEYS[:7])
    tor1.announce(*KEYS[:7])
    assert lines(caplog) == []


def test_the_threshold_and_the_limit_are_each_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    tor1 = Neighbor("warn")
    for key in KEYS[:15]:
        assert not tor1.announce(key)
    assert lines(caplog) == [
        "tor1: 8 prefixes (ipv4), and the limit is 10",
        "tor1: more than 10 prefixes (ipv4); all are taken",
    ]
    assert tor1.source.routes == 15
    tor1.table.withdraw(tor1.source, KEYS[:15])
    tor1.announce(KEYS[0])
    tor1.announce(*KEYS[:9])
    assert len(lines(caplog)) == 3  # there was a reason to say it again


def test_blocked_prefixes_are_not_taken_until_there_is_room() -> None:
    tor1 = Neighbor("block")
    assert tor1.announce(*KEYS[:12]) == set(KEYS[10:12])
    assert tor1.announce(*KEYS[5:12]) == set(KEYS[10:12])  # the known ones may change
    tor1.table.withdraw(tor1.source, KEYS[:1])
    assert tor1.announce(*KEYS[10:12]) == {KEYS[11]}
    assert tor1.source.routes == 10


def test_a_prefix_that_is_announced_twice_counts_once() -> None:
    assert Neighbor("block").announce(*KEYS[:10], KEYS[0]) == set()


def test_refused_routes_do_not_count() -> None:
    tor1 = Neighbor("block")
    assert not tor1.announce(*KEYS[:20], refusal=Refusal.AS_LOOP)
    assert tor1.announce(*KEYS[:12]) == set(KEYS[10:12])
    assert not tor1.announce(*KEYS[20:22], refusal=Refusal.IMPORT_FILTER)
    assert tor1.announce(KEYS[20]) == {KEYS[20]}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("restart", "the session ends for 60 seconds"),
        ("disable", "the session ends until the neighbor is enabled"),
    ],
)
def test_the_session_ends_with_the_bound_in_the_data(
    action: Action, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 4486 §4."""
    tor1 = Neighbor(action)
    tor1.announce(*KEYS[:10])
    with pytest.raises(LimitReachedError) as reached:
        tor1.announce(KEYS[10])
    assert reached.value.notification == Notification(6, 1, bytes.fromhex("0001 01 0000000a"))
    assert lines(caplog)[-1] == f"tor1: more than 10 prefixes (ipv4); {words}"


def test_all_that_is_sent_has_a_limit_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """BIRD's ``receive limit``: refused routes count, as they take memory if they are kept."""
    caplog.set_level(logging.WARNING)
    tor1 = Neighbor("block", imported=None, received=10)
    assert not tor1.announce(*KEYS[:6], refusal=Refusal.AS_LOOP)
    assert tor1.announce(*KEYS[4:12]) == {*KEYS[10:12]}
    assert tor1.announce(*KEYS[12:14], refusal=Refusal.AS_LOOP) == {*KEYS[12:14]}
    assert lines(caplog)[-1].startswith("tor1: more than 10 prefixes, refused ones included (ipv4);")
    assert tor1.source.routes == 10


def test_either_limit_may_be_the_narrow_one() -> None:
    tor1 = Neighbor("block", imported=3, received=5)
    assert tor1.announce(*KEYS[:4]) == {KEYS[3]}
    assert tor1.announce(*KEYS[4:8], refusal=Refusal.IMPORT_FILTER) == {*KEYS[6:8]}
    assert tor1.announce(*KEYS[7:9]) == {*KEYS[7:9]}
    assert (tor1.source.routes, tor1.source.filtered) == (5, 2)


def test_a_refused_route_that_is_accepted_now_is_one_more_of_those() -> None:
    tor1 = Neighbor("block", imported=2, received=4)
    tor1.announce(*KEYS[:4], refusal=Refusal.IMPORT_FILTER)
    assert tor1.announce(*KEYS[:4]) == {*KEYS[2:4]}


def test_paths_are_counted_one_by_one() -> None:
    """RFC 7911: several to one prefix."""
    table, source = Table("master", IPV4_UNICAST), neighbor("tor1")
    limit = PrefixLimit(3, None, None, "block", 100, 60)
    limiter = PrefixLimiter("tor1", limit, IPV4_UNICAST, partial(table.held_path, source))
    paths = [make_path(identifier, KEYS[0]) for identifier in range(5)]
    assert limiter.excess(source, paths, is_filtered=False) == {*paths[3:]}
    table.announce_paths(route(source, attributes(65001)), paths[:3])
    assert limiter.excess(source, paths[1:4], is_filtered=False) == {paths[3]}
    assert not limiter.excess(source, paths[:3], is_filtered=False)


@pytest.mark.parametrize(
    ("imported", "received", "announced", "hits"),
    [
        (10, None, 10, []),
        (10, None, 11, ["imported"]),
        (None, 10, 11, ["received"]),
        (10, 10, 12, ["imported", "received"]),
    ],
)
def test_a_limit_is_hit_by_one_prefix_too_many(
    imported: int | None, received: int | None, announced: int, hits: list[str]
) -> None:
    tor1 = Neighbor("block", imported, received)
    tor1.announce(*KEYS[:announced])
    assert tor1.limiter.hits == hits
