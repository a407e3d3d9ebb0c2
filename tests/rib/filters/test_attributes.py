"""Every attribute: what filters read of a route, what they may set, and what they are told otherwise."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AGGREGATOR,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    ORIGIN,
    ORIGINATOR_ID,
    Aggregator,
    AsPath,
    LargeCommunity,
)
from messages.families.prefix import parse_prefix
from messages.iana import Origin
from rib.filters.algebra.operators import type_of
from rib.filters.attributes import ATTRIBUTES
from rib.filters.errors import RunError
from rib.filters.grammar.names import ATTRIBUTE_NAMES
from rib.filters.running.run import Run
from rib.filters.values import (
    Address,
    CommunityList,
    EnumValue,
    ExtendedCommunityList,
    LargeCommunityList,
    OpaqueValue,
    Prefix,
    Quad,
    Type,
)
from rib.route import Destination, DestinationKind, NextHop, Source, SourceKind
from tests.rib.filters.houses import GATEWAY, INTERFACE, RECEIVED, VIA_GATEWAY, neighbor, route, run

TARGET = bytes((0, 2, 0, 1, 0, 0, 0, 2))
LARGE = LargeCommunity(1, 2, 3)
FULL = RECEIVED.replace(
    {
        LOCAL_PREF: 200,
        MULTI_EXIT_DISC: 7,
        ATOMIC_AGGREGATE: True,
        AGGREGATOR: Aggregator(65001, bytes(4)),
        COMMUNITIES: (65000 << 16 | 1,),
        EXTENDED_COMMUNITIES: (TARGET,),
        LARGE_COMMUNITIES: (LARGE,),
        ORIGINATOR_ID: 5,
        CLUSTER_LIST: (6, 7),
    }
)


def enum(kind: Type, number: int) -> EnumValue:
    return EnumValue(kind, number)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("net", Prefix(Address(bytes((10, 1, 2, 0))), 24)),
        ("proto", "tor1"),
        ("source", enum(Type.RTS, 11)),
        ("scope", enum(Type.SCOPE, 4)),
        ("cast", enum(Type.RTC, 0)),
        ("dest", enum(Type.RTD, 0)),
        ("from", Address(GATEWAY)),
        ("gw", Address(GATEWAY)),
        ("ifname", "eth0"),
        ("ifindex", INTERFACE),
        ("preference", 100),
        ("bgp_path", AsPath.of(65001, 65002)),
        ("bgp_local_pref", 200),
        ("bgp_med", 7),
        ("bgp_origin", enum(Type.ORIGIN, 0)),
        ("bgp_next_hop", Address(GATEWAY)),
        ("bgp_atomic_aggr", OpaqueValue.OPAQUE),
        ("bgp_aggregator", OpaqueValue.OPAQUE),
        ("bgp_community", CommunityList((65000 << 16 | 1,))),
        ("bgp_ext_community", ExtendedCommunityList((0x0002_0001_0000_0002,))),
        ("bgp_large_community", LargeCommunityList((LARGE,))),
        ("bgp_originator_id", Quad(5)),
        ("bgp_cluster_list", CommunityList((6, 7))),
        ("krt_metric", None),
        ("igp_metric", None),
    ],
)
def test_what_a_route_has_is_read_as_it_is(name: str, value: object) -> None:
    found = ATTRIBUTES[name].read(run(route(attributes=FULL)))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bgp_local_pref", 100),
        ("bgp_med", None),
        ("bgp_originator_id", None),
        ("bgp_atomic_aggr", None),
        ("bgp_aggregator", None),
        ("bgp_community", CommunityList()),
        ("bgp_ext_community", ExtendedCommunityList()),
        ("bgp_large_community", LargeCommunityList()),
        ("bgp_cluster_list", CommunityList()),
    ],
)
def test_what_a_route_has_not_is_undefined_but_for_lists(name: str, value: object) -> None:
    found = ATTRIBUTES[name].read(run())
    assert found == value
    assert type(found) is type(value)


def test_a_neighbors_route_counts_as_having_the_default_local_pref() -> None:
    """As in BIRD, where it is attached to what comes without one; a route of our own has none."""
    read = ATTRIBUTES["bgp_local_pref"].read
    source = neighbor()
    source.default_local_pref = 70
    assert read(run(route(source))) == 70
    copy = Source("tor1", SourceKind.BGP)
    copy.origin, copy.facts = source, source.facts
    assert read(run(route(copy))) == 70
    assert read(run(route(Source("static1", SourceKind.STATIC)))) is None


def static_route(destination: Destination, kind: SourceKind = SourceKind.STATIC) -> Run:
    return run(route(Source("own", kind), AttributeSet(b""), destination))


BLACKHOLE = Destination(DestinationKind.BLACKHOLE)
ON_LINK = Destination(DestinationKind.UNICAST, (NextHop(b"", INTERFACE),))
SHARED = Destination(
    DestinationKind.UNICAST, (NextHop(GATEWAY, INTERFACE), NextHop(b"\xc0\x00\x02\x01", INTERFACE))
)


@pytest.mark.parametrize(
    ("destination", "dest", "gw", "ifname", "ifindex"),
    [
        (VIA_GATEWAY, 0, GATEWAY, "eth0", INTERFACE),
        (ON_LINK, 1, bytes(4), "eth0", INTERFACE),
        (BLACKHOLE, 2, bytes(4), "", 0),
        (Destination(DestinationKind.UNREACHABLE), 3, bytes(4), "", 0),
        (Destination(DestinationKind.PROHIBIT), 4, bytes(4), "", 0),
        (SHARED, 5, bytes(4), "", 0),
    ],
)
def test_where_a_route_leads(
    destination: Destination, dest: int, gw: bytes, ifname: str, ifindex: int
) -> None:
    asked = static_route(destination)
    found = [ATTRIBUTES[name].read(asked) for name in ("dest", "gw", "ifname", "ifindex", "from")]
    assert found == [enum(Type.RTD, dest), gw, ifname, ifindex, bytes(4)]


@pytest.mark.parametrize(
    ("kind", "destination", "number"),
    [
        (SourceKind.STATIC, VIA_GATEWAY, 1),
        (SourceKind.STATIC, ON_LINK, 4),
        (SourceKind.STATIC, BLACKHOLE, 1),
        (SourceKind.KERNEL, VIA_GATEWAY, 2),
        (SourceKind.DIRECT, ON_LINK, 3),
        (SourceKind.BGP, VIA_GATEWAY, 11),
        (SourceKind.PIPE, VIA_GATEWAY, 12),
    ],
)
def test_where_a_route_came_from(kind: SourceKind, destination: Destination, number: int) -> None:
    assert ATTRIBUTES["source"].read(static_route(destination, kind)) == enum(Type.RTS, number)


def test_behind_a_pipe_a_route_is_still_whose_it_was() -> None:
    copy = Source("tor1", SourceKind.BGP)
    copy.origin = neighbor()
    copy.facts = copy.origin.facts
    asked = run(route(copy))
    assert ATTRIBUTES["proto"].read(asked) == "tor1"
    assert ATTRIBUTES["from"].read(asked) == GATEWAY


SETTINGS: list[tuple[str, Any]] = [
    ("scope", enum(Type.SCOPE, 1)),
    ("dest", enum(Type.RTD, 2)),
    ("from", Address(bytes((192, 0, 2, 9)))),
    ("gw", Address(bytes((192, 0, 2, 7)))),
    ("ifname", "eth0"),
    ("preference", 65535),
    ("bgp_path", AsPath.of(1)),
    ("bgp_local_pref", 0xFFFFFFFF),
    ("bgp_med", 0),
    ("bgp_origin", enum(Type.ORIGIN, 2)),
    ("bgp_next_hop", Address(bytes(16))),
    ("bgp_community", CommunityList((1, 2))),
    ("bgp_ext_community", ExtendedCommunityList((1, 2))),
    ("bgp_large_community", LargeCommunityList((LARGE,))),
    ("bgp_originator_id", Quad(9)),
    ("bgp_cluster_list", CommunityList((3,))),
    ("krt_metric", 1024),
    ("krt_prefsrc", Address(bytes((10, 0, 0, 1)))),
    ("krt_tunnel", "tunl0"),
    ("krt_lock_mtu", True),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_what_is_set_is_read_again(name: str, value: object) -> None:
    asked, attribute = run(), ATTRIBUTES[name]
    assert attribute.write is not None
    assert type_of(value) is attribute.assigned
    attribute.write(asked, value)
    found = attribute.read(asked)
    assert found == value
    assert type_of(found) in attribute.types


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("scope", 1, "Attempt to set static attribute to incompatible type"),
        ("scope", enum(Type.RTS, 1), "Attempt to set static attribute to incompatible type"),
        ("dest", 2, "Attempt to set static attribute to incompatible type"),
        ("dest", enum(Type.RTD, 0), "Destination can be changed only to blackhole, unreachable or prohibit"),
        ("from", 1, "Attempt to set static attribute to incompatible type"),
        ("gw", "eth0", "Attempt to set static attribute to incompatible type"),
        ("gw", Address(bytes((203, 0, 113, 1))), "Invalid gw address"),
        ("ifname", 3, "Attempt to set static attribute to incompatible type"),
        ("ifname", "eth9", "Invalid iface name"),
        ("preference", True, "Can't set preference to non-integer"),
        ("preference", 65536, "Setting preference value out of bounds"),
        ("bgp_path", CommunityList(), "Setting path attribute to non-path value"),
        ("bgp_path", AsPath.EMPTY.prepend(1, 20_000), "The path is too long"),
        ("bgp_path", AsPath.of(1, 0), "AS 0 can't be in a path (RFC 7607)"),
        ("bgp_local_pref", True, "Setting int attribute to non-int value"),
        ("bgp_local_pref", None, "Setting int attribute to non-int value"),
        ("bgp_origin", 3, "Setting int attribute to non-int value"),
        ("krt_lock_mtu", 1, "Setting bit in bitfield attribute to non-bool value"),
        ("bgp_origin", enum(Type.RTS, 1), "Setting int attribute to non-int value"),
        ("bgp_next_hop", 1, "Setting ip attribute to non-ip value"),
        ("bgp_atomic_aggr", OpaqueValue.OPAQUE, "Setting opaque attribute is not allowed"),
        ("bgp_community", LargeCommunityList(), "Setting clist attribute to non-clist value"),
        ("bgp_community", CommunityList(range(20_000)), "The clist is too long"),
        ("bgp_ext_community", CommunityList(), "Setting eclist attribute to non-eclist value"),
        ("bgp_large_community", CommunityList(), "Setting lclist attribute to non-lclist value"),
        ("bgp_originator_id", "1", "Setting quad attribute to non-quad value"),
        ("bgp_originator_id", Address(bytes(16)), "Setting quad attribute to non-quad value"),
        ("krt_prefsrc", 1, "Setting ip attribute to non-ip value"),
        ("krt_tunnel", 1, "Setting string attribute to non-string value"),
    ],
)
def test_what_can_not_be_set(name: str, value: object, error: str) -> None:
    write = ATTRIBUTES[name].write
    assert write is not None
    with pytest.raises(RunError) as caught:
        write(run(), value)
    assert str(caught.value) == error


@pytest.mark.parametrize(("value", "number"), [(Address(bytes((0, 0, 1, 1))), 257), (7, 7), (Quad(8), 8)])
def test_a_router_id_may_be_written_as_an_address_or_a_number(value: object, number: int) -> None:
    asked, attribute = run(), ATTRIBUTES["bgp_originator_id"]
    assert attribute.write is not None
    attribute.write(asked, value)
    assert asked.outcome().attributes.get(ORIGINATOR_ID) == number


def test_an_origin_may_be_written_as_a_number() -> None:
    asked, attribute = run(), ATTRIBUTES["bgp_origin"]
    assert attribute.write is not None
    attribute.write(asked, 1)
    assert asked.outcome().attributes.get(ORIGIN) is Origin.EGP


@pytest.mark.parametrize("name", [name for name, attribute in ATTRIBUTES.items() if attribute.is_dynamic])
def test_what_is_unset_is_gone(name: str) -> None:
    asked = run(route(attributes=FULL.annotated(dict.fromkeys(ATTRIBUTE_NAMES, 1))))
    attribute = ATTRIBUTES[name]
    assert attribute.remove is not None
    attribute.remove(asked)
    found = attribute.read(asked)
    assert found is None or found == ()


def test_lists_that_become_empty_are_left_out_of_messages() -> None:
    asked = run(route(attributes=FULL))
    for name in ("bgp_community", "bgp_ext_community", "bgp_large_community", "bgp_cluster_list"):
        write = ATTRIBUTES[name].write
        assert write is not None
        write(asked, type(ATTRIBUTES[name].read(asked))())
    attributes = asked.outcome().attributes
    rows = (COMMUNITIES, EXTENDED_COMMUNITIES, LARGE_COMMUNITIES, CLUSTER_LIST)
    assert not any(row in attributes for row in rows)


def test_what_is_set_is_on_the_wire() -> None:
    asked = run()
    for name, value in SETTINGS:
        write = ATTRIBUTES[name].write
        assert write is not None
        write(asked, value)
    attributes, preference, destination, has_own_facts = asked.outcome()
    assert has_own_facts
    assert preference == 65535
    assert destination == ON_LINK  # `ifname` was set last
    assert attributes.get(ORIGIN) is Origin.INCOMPLETE
    assert attributes.get(EXTENDED_COMMUNITIES) == ((1).to_bytes(8), (2).to_bytes(8))
    assert attributes.local == {
        "scope": enum(Type.SCOPE, 1),
        "krt_metric": 1024,
        "krt_prefsrc": Address(bytes((10, 0, 0, 1))),
        "krt_tunnel": "tunl0",
        "krt_lock_mtu": True,
    }


@pytest.mark.parametrize(
    ("name", "value", "is_own_fact"),
    [
        ("preference", 100, True),
        ("scope", enum(Type.SCOPE, 1), True),
        ("krt_metric", 5, False),
        ("bgp_med", 5, False),
    ],
)
def test_what_is_no_path_attribute_is_noted_even_if_it_stays(
    name: str, value: object, is_own_fact: bool
) -> None:
    """BIRD has a copy of the route from then on, which is no more the best one of its table."""
    asked = run()
    write = ATTRIBUTES[name].write
    assert write is not None
    write(asked, value)
    assert asked.outcome().has_own_facts is is_own_fact


def test_without_changes_the_attributes_stay_the_same_object() -> None:
    made = route()
    assert run(made).outcome() == (made.attributes, 100, VIA_GATEWAY, False)
    assert run(made).outcome().attributes is made.attributes


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_without_a_route_there_is_nothing(name: str) -> None:
    attribute = ATTRIBUTES[name]
    with pytest.raises(RunError, match="No route to access"):
        attribute.read(Run())
    values = dict(SETTINGS)
    if name in values and attribute.write is not None:
        with pytest.raises(RunError, match="No route to access"):
            attribute.write(Run(), values[name])


def test_a_prefix_of_ipv6() -> None:
    asked = run(key=parse_prefix("2001:db8::/33")[1], octets=16)
    assert ATTRIBUTES["net"].read(asked) == Prefix(Address(bytes.fromhex("20010db8") + bytes(12)), 33)


def test_the_parser_knows_the_same_names() -> None:
    assert set(ATTRIBUTES) == ATTRIBUTE_NAMES
