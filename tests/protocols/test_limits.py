"""Maximum prefixes: what is counted, what is logged, what is taken."""

import logging
from typing import Literal

import pytest

from bgpd.config.settings import PrefixLimit
from bgpd.protocols.limits import LimitReachedError, PrefixLimiter
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, make_key
from messages.notification import Notification
from rib.route import Refusal, Source
from rib.table import Table
from tests.rib.building import attributes, neighbor, route

Action = Literal["warn", "block", "restart", "disable"]
KEYS = [make_key(number.to_bytes(4), 32) for number in range(1 << 24, (1 << 24) + 30)]


class Neighbor:
    """A neighbor with a limit of ten prefixes, and what it has announced."""

    def __init__(self, action: Action) -> None:
        self.table = Table("master", IPV4_UNICAST)
        self.source: Source = neighbor("tor1")
        self.limiter = PrefixLimiter("tor1", PrefixLimit(10, action, 75, 60), self.table, self.source)

    def announce(self, *keys: PrefixKey, refusal: Refusal | None = None) -> set[PrefixKey]:
        """Announce as a session does; return what was not taken."""
        said = route(self.source, attributes(65001), refusal)
        excess = set() if said.is_filtered else set(self.limiter.excess(keys))
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
