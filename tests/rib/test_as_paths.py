"""What external neighbors see of paths: our AS, other ASes of ours, private ASes, their own AS."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, MULTI_EXIT_DISC, ONLY_TO_CUSTOMER
from messages.attributes.as_path import AsPath, Segment
from messages.iana import Role, SegmentType
from rib.as_paths import PrivateAs, is_private
from rib.route import Source, SourceKind
from tests.rib.building import attributes, group_key, neighbor, route, sent_as

EXTERNAL, INTERNAL = neighbor("e"), neighbor("i", external=False)
STATIC = Source("static1", SourceKind.STATIC)
OUR_AS, ROUTERS_AS = 64496, 64499


def sent(received: AsPath, source: Source = EXTERNAL, **settings: Any) -> AttributeSet:
    carried = attributes(med=5).replace({AS_PATH: received})
    outcome = sent_as(group_key(local_as=OUR_AS, **settings), route(source, carried))
    assert isinstance(outcome, AttributeSet)
    return outcome


@pytest.mark.parametrize(
    ("prepended", "expected"),
    [
        ((), (OUR_AS, 1, 2)),
        ((OUR_AS,), (OUR_AS, 1, 2)),
        # an AS of its own towards a neighbor instead of the router's, or before it (RFC 7705 §3.2)
        ((OUR_AS, ROUTERS_AS), (OUR_AS, ROUTERS_AS, 1, 2)),
        # longer than it is, so that others are preferred
        ((OUR_AS, OUR_AS, OUR_AS), (OUR_AS, OUR_AS, OUR_AS, 1, 2)),
        ((OUR_AS, OUR_AS, ROUTERS_AS), (OUR_AS, OUR_AS, ROUTERS_AS, 1, 2)),
    ],
)
def test_an_external_neighbor_sees_the_ases_it_is_to_see(
    prepended: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    """RFC 4271 §5.1.2 b."""
    assert sent(AsPath.of(1, 2), prepended=prepended).get(AS_PATH) == AsPath.of(*expected)


def test_internal_neighbors_see_nothing_of_it() -> None:
    settings: dict[str, Any] = {
        "prepended": (OUR_AS, OUR_AS),
        "private_as": PrivateAs.REMOVE,
        "override_as": 1,
    }
    received = AsPath.of(1, 64512)
    assert sent(received, external=False, **settings).get(AS_PATH) == received


@pytest.mark.parametrize(
    ("asn", "expected"),
    [
        (64511, False),
        (64512, True),
        (65534, True),
        (65535, False),
        (4_199_999_999, False),
        (4_200_000_000, True),
        (4_294_967_294, True),
        (4_294_967_295, False),
    ],
)
def test_private_ases_are_those_of_the_rfc(asn: int, expected: bool) -> None:
    """RFC 6996 §5; the last of each range is reserved (RFC 7300)."""
    assert is_private(asn) is expected


SET = SegmentType.AS_SET
MIXED = AsPath.from_segments(
    Segment(SegmentType.AS_SEQUENCE, (64512, 1, 4_200_000_000, 2)), Segment(SET, (65000, 65001))
)


def test_the_neighbors_own_as_stays_so_that_it_sees_loops() -> None:
    out = sent(AsPath.of(64513, 64514, 1), private_as=PrivateAs.REMOVE, neighbor_as=64514)
    assert out.get(AS_PATH) == AsPath.of(OUR_AS, 64514, 1)


@pytest.mark.parametrize(
    ("private_as", "received", "expected"),
    [
        (PrivateAs.KEEP, AsPath.of(64512, 1), AsPath.of(OUR_AS, 64512, 1)),
        (PrivateAs.REMOVE, AsPath.of(64512, 1), AsPath.of(OUR_AS, 1)),
        (PrivateAs.REMOVE, AsPath.of(64512, 64512), AsPath.of(OUR_AS)),
        (PrivateAs.REMOVE, AsPath.of(1, 2), AsPath.of(OUR_AS, 1, 2)),
        (PrivateAs.REMOVE, MIXED, AsPath.of(OUR_AS, 1, 2)),
        (PrivateAs.REPLACE, AsPath.of(64512, 1), AsPath.of(OUR_AS, OUR_AS, 1)),
        (
            PrivateAs.REPLACE,
            MIXED,
            AsPath.from_segments(
                Segment(SegmentType.AS_SEQUENCE, (OUR_AS, OUR_AS, 1, OUR_AS, 2)), Segment(SET, (OUR_AS,))
            ),
        ),
    ],
)
def test_private_ases_need_not_leave(private_as: PrivateAs, received: AsPath, expected: AsPath) -> None:
    """RFC 6996 §4: they mean nothing outside."""
    assert sent(received, private_as=private_as).get(AS_PATH) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (AsPath.of(7), AsPath.of(OUR_AS, OUR_AS)),
        (AsPath.of(7, 7, 1, 7), AsPath.of(OUR_AS, OUR_AS, OUR_AS, 1, OUR_AS)),
        (AsPath.of(1), AsPath.of(OUR_AS, 1)),
    ],
)
def test_sites_of_one_as_see_each_other_through_us(received: AsPath, expected: AsPath) -> None:
    """Their AS would be a loop to them (RFC 4271 §9.1.2); the path stays as long as it is."""
    assert sent(received, override_as=7).get(AS_PATH) == expected


def test_what_stands_for_others_is_the_as_that_the_neighbor_knows() -> None:
    settings: dict[str, Any] = {
        "prepended": (ROUTERS_AS, OUR_AS),
        "override_as": 7,
        "private_as": PrivateAs.REPLACE,
    }
    out = sent(AsPath.of(7, 64512), role=Role.PROVIDER, **settings)
    assert out.get(AS_PATH) == AsPath.of(ROUTERS_AS, OUR_AS, ROUTERS_AS, ROUTERS_AS)
    assert out.get(ONLY_TO_CUSTOMER) == ROUTERS_AS


@pytest.mark.parametrize(
    ("source", "received", "expected", "med"),
    [
        (EXTERNAL, AsPath.of(1, 64512), AsPath.of(1, 64512), 5),
        (INTERNAL, AsPath.of(1), AsPath.of(1), 5),
        # what nobody else has brought comes from us
        (INTERNAL, AsPath.EMPTY, AsPath.of(OUR_AS), 5),
        (STATIC, AsPath.EMPTY, AsPath.of(OUR_AS), 5),
    ],
)
def test_a_route_server_is_not_in_the_path(
    source: Source, received: AsPath, expected: AsPath, med: int
) -> None:
    """RFC 7947 §2.2.2, §2.2.3."""
    out = sent(received, source, is_route_server_client=True, private_as=PrivateAs.REMOVE, override_as=1)
    assert out.get(AS_PATH) == expected
    assert out.get(MULTI_EXIT_DISC) == med
    assert LOCAL_PREF not in out
