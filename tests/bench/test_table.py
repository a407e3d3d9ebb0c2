"""What the generator makes is taken in by every daemon, and looks like the Internet's table."""

from ipaddress import IPv4Network

from tests.bench.holdings import Holdings
from tests.bench.speaker import messages
from tests.bench.table import SENTINEL_PREFIX, announcements, prefixes, single_announcements

COUNT = 20_000
REFUSED = [
    IPv4Network(each)
    for each in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4")
]
"""What no router routes (RFC 6890), and the addresses of the benchmark itself."""


def network(key: bytes) -> IPv4Network:
    return IPv4Network((key[1:].ljust(4, b"\0"), key[0]))


def test_no_prefix_is_one_that_routers_refuse() -> None:
    keys = prefixes(COUNT)
    assert len(set(keys)) == COUNT
    assert [key for key in keys if any(network(key).overlaps(each) for each in REFUSED)] == []


def test_six_prefixes_share_an_attribute_set_on_average() -> None:
    made = [*announcements(prefixes(COUNT), 65002, bytes(4))]
    assert 5.7 < COUNT / len(made) < 6.3


def test_everything_is_announced_and_the_last_is_known() -> None:
    keys = prefixes(COUNT)
    holdings = Holdings()
    for each in announcements(keys, 65002, bytes(4)):
        holdings.add(each)
    assert holdings.held == {*keys, SENTINEL_PREFIX}


def test_each_route_of_a_client_has_attributes_of_its_own() -> None:
    keys = prefixes(100)
    bodies = [body for _, body in messages(b"".join(single_announcements(keys, 65002, bytes(4), 2)))]
    assert len(bodies) == len({body.removesuffix(key) for body, key in zip(bodies, keys, strict=True)}) == 100
