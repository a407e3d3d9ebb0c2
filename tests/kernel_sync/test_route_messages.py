"""Route messages: golden bytes, and what is written reads back the same."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel_sync.operations import Operation, OperationKind
from kernel_sync.route_messages import RoutePacker, RouteReader
from kernel_sync.rtnetlink import NLM_F_ACK, split_messages
from kernel_sync.types import KernelRoute, Metric, NextHop, ObservedRoute, RouteKind, Scope
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key, parse_address, parse_prefix

pytestmark = pytest.mark.skipif(sys.byteorder != "little", reason="kernel lacks little-endian integers")

ADD, REPLACE, DELETE, EXACTLY, _TWIN = OperationKind
VIA = KernelRoute(RouteKind.UNICAST, (NextHop(parse_address("10.10.0.2"), 5, onlink=True),), 1024)
ECMP = KernelRoute(
    RouteKind.UNICAST,
    (NextHop(parse_address("fd00::2"), 5), NextHop(parse_address("fd00::3"), 6, weight=3)),
    1024,
)


def pack(family: Family, kind: OperationKind, prefix: str, route: KernelRoute, table_id: int = 254) -> bytes:
    (message,) = RoutePacker(family, table_id).pack([Operation(parse_prefix(prefix)[1], kind, route)], 7)
    return message


@pytest.mark.parametrize(
    ("packed", "wire"),
    [
        pytest.param(
            pack(IPV4_UNICAST, ADD, "10.244.2.0/26", VIA),
            "44000000 1800 0506 07000000 00000000"  # RTM_NEWROUTE, REQUEST | ACK | EXCL | CREATE
            "02 1a 00 00 fe 0c 00 01 04000000"  # AF_INET /26, table 254, bird, universe, unicast, onlink
            "0800 0100 0af40200 0800 0f00 fe000000 0800 0600 00040000"  # RTA_DST, RTA_TABLE, RTA_PRIORITY
            "0800 0500 0a0a0002 0800 0400 05000000",  # RTA_GATEWAY, RTA_OIF
            id="tunneled route",
        ),
        pytest.param(
            pack(IPV4_UNICAST, REPLACE, "10.244.1.0/26", KernelRoute(RouteKind.BLACKHOLE), table_id=1000),
            "2c000000 1800 0501 07000000 00000000"  # REQUEST | ACK | REPLACE
            "02 1a 00 00 00 0c 00 06 00000000"  # a table above 255 is in RTA_TABLE only; RTN_BLACKHOLE
            "0800 0100 0af40100 0800 0f00 e8030000",
            id="blackhole",
        ),
        pytest.param(
            pack(IPV4_UNICAST, DELETE, "10.244.2.0/26", VIA),
            "34000000 1900 0500 07000000 00000000"  # RTM_DELROUTE
            "02 1a 00 00 fe 0c ff 01 00000000"  # proto bird, any scope, unicast
            "0800 0100 0af40200 0800 0f00 fe000000 0800 0600 00040000",
            id="removal",
        ),
        pytest.param(
            pack(IPV4_UNICAST, EXACTLY, "10.244.2.0/26", VIA),
            "44000000 1900 0500 07000000 00000000"
            "02 1a 00 00 fe 0c ff 01 00000000"
            "0800 0100 0af40200 0800 0f00 fe000000 0800 0600 00040000"
            "0800 0500 0a0a0002 0800 0400 05000000",  # the next hop as well
            id="removal of one of several at a place",
        ),
        pytest.param(
            pack(
                IPV4_UNICAST,
                ADD,
                "11.0.0.0/8",
                KernelRoute(
                    RouteKind.UNICAST, (NextHop(b"", 5),), preferred_source=parse_address("10.0.0.1")
                ),
            ),
            "3c000000 1800 0506 07000000 00000000"
            "02 08 00 00 fe 0c fd 01 00000000"  # scope link
            "0800 0100 0b000000 0800 0f00 fe000000 0800 0400 05000000 0800 0700 0a000001",
            id="device route with a preferred source",
        ),
        pytest.param(
            pack(IPV6_UNICAST, ADD, "2001:db8::/32", ECMP),
            "7c000000 1800 0506 07000000 00000000"
            "0a 20 00 00 fe 0c 00 01 00000000"
            "1400 0100 20010db8000000000000000000000000 0800 0f00 fe000000 0800 0600 00040000"
            "3c00 0900"  # RTA_MULTIPATH; each leg: length, flags, weight - 1, interface, RTA_GATEWAY
            "1c00 00 02 06000000 1400 0500 fd000000000000000000000000000003"
            "1c00 00 00 05000000 1400 0500 fd000000000000000000000000000002",
            id="IPv6 multipath with weights",
        ),
        pytest.param(
            pack(
                IPV4_UNICAST,
                ADD,
                "11.0.0.0/8",
                KernelRoute(RouteKind.UNICAST, (NextHop(parse_address("fe80::1"), 5),)),
            ),
            "4c000000 1800 0506 07000000 00000000"
            "02 08 00 00 fe 0c 00 01 00000000"
            "0800 0100 0b000000 0800 0f00 fe000000"
            "1600 1200 0a00 fe800000000000000000000000000001 0000 0800 0400 05000000",  # RTA_VIA
            id="IPv4 via IPv6 (RFC 8950)",
        ),
    ],
)
def test_golden_bytes(packed: bytes, wire: str) -> None:
    assert packed.hex() == bytes.fromhex(wire).hex()


def test_only_the_last_message_of_a_batch_asks_for_an_answer() -> None:
    operations = [Operation(make_key(bytes((10, number)), 16), ADD, VIA) for number in range(3)]
    data = b"".join(RoutePacker(IPV4_UNICAST, 254).pack(operations, 12))
    rows = [(row.sequence, bool(row.flags & NLM_F_ACK)) for row in split_messages(data)]
    assert rows == [(10, False), (11, False), (12, True)]


def as_the_kernel_sends(packed: bytes, octets: int) -> bytes:
    """Put RTA_TABLE before RTA_DST, and leave RTA_DST out of a default route, as Linux does."""
    head, prefix, table, rest = (
        packed[:28],
        packed[28 : 32 + octets],
        packed[32 + octets : 40 + octets],
        packed[40 + octets :],
    )
    return head + table + (prefix if packed[17] else b"") + rest


families = st.sampled_from([IPV4_UNICAST, IPV6_UNICAST])
metrics = st.dictionaries(st.sampled_from(Metric).map(int), st.integers(0, 2**32 - 1)).map(
    lambda values: tuple(values.items())
)


@st.composite
def written(draw: st.DrawFn) -> tuple[Family, PrefixKey, KernelRoute]:
    family = draw(families)
    octets = st.binary(min_size=family.address_octets, max_size=family.address_octets)
    hop = st.builds(NextHop, octets, st.integers(1, 2**31 - 1), st.integers(1, 256), st.booleans())
    route = st.builds(
        KernelRoute,
        st.sampled_from([RouteKind.UNICAST, RouteKind.BLACKHOLE, RouteKind.UNREACHABLE, RouteKind.PROHIBIT]),
        st.lists(hop, min_size=1, max_size=4).map(tuple),
        st.integers(1, 2**32 - 1),
        st.just(b"") | octets,
        st.integers(0, 2**32 - 1),
        metrics,
        st.none() | st.sampled_from(Scope),
    )
    key = make_key(draw(octets), draw(st.integers(0, family.max_bits)))
    return family, key, draw(route).canonical(family)


@given(st.lists(written(), min_size=1, max_size=3), st.sampled_from([254, 1000]))
def test_what_is_written_reads_back(rows: list[tuple[Family, PrefixKey, KernelRoute]], table_id: int) -> None:
    readers = {family: RouteReader(family, table_id) for family in (IPV4_UNICAST, IPV6_UNICAST)}
    for family, key, route in rows * 2:
        (packed,) = RoutePacker(family, table_id).pack([Operation(key, ADD, route)], 1)
        for data in (packed, as_the_kernel_sends(packed, family.address_octets)):
            assert readers[family].read(data, 16, len(data)) == (key, ObservedRoute(route, 12))


def altered(position: int, value: int) -> bytes:
    packed = bytearray(pack(IPV4_UNICAST, ADD, "10.244.2.0/26", VIA))
    packed[position] = value
    return bytes(packed)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(pack(IPV4_UNICAST, ADD, "10.0.0.0/8", VIA, table_id=255), id="another table"),
        pytest.param(pack(IPV6_UNICAST, ADD, "fd00::/8", ECMP), id="another family"),
        pytest.param(altered(18, 32), id="a source prefix"),
        pytest.param(altered(19, 8), id="a type of service"),
        pytest.param(altered(23, 10), id="a kind nobody knows"),
        pytest.param(altered(25, 2), id="cloned: a cache entry"),
    ],
)
def test_what_is_no_plain_route_of_the_table_is_ignored(data: bytes) -> None:
    reader = RouteReader(IPV4_UNICAST, 254)
    for form in (data, as_the_kernel_sends(data, 4)):
        assert reader.read(form, 16, len(form)) is None
