"""Who has a session with whom."""

from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface

import pytest
from hypothesis import given

from bgpd.cluster.model import Cluster, Node
from bgpd.cluster.peerings import Peering, peerings, role_of, seen_from_there
from tests.cluster.clusters import cluster, clusters, node, reflector

Sessions = dict[str, str]
REFLECTED = "route-reflector"
VISITOR = Node("visitor", ipv4=IPv4Interface("10.255.0.77/32"), ipv6=IPv6Interface("2001:db8:ffff::77/128"))


def sessions(of: Cluster, number: int) -> Sessions:
    """Return what the neighbors of node N are to it, by their names."""
    own = of.by_name[f"node{number}"]
    return {each.name: each.role for each in peerings(of, own)}


def mesh(*numbers: int) -> Sessions:
    return {f"Mesh_10_0_0_{number}": "mesh" for number in numbers}


def role(word: str, *numbers: int) -> Sessions:
    return {f"Node_10_0_0_{number}": word for number in numbers}


THREE = (node(1), node(2), reflector(9))
TWO_REFLECTORS = (node(1), node(2), reflector(8), reflector(9))
RACKS = (
    reflector(1),
    reflector(2),
    reflector(11, "rack1"),
    reflector(12, "rack1"),
    reflector(21, "rack2"),
    node(101, group="rack1"),
    node(102, group="rack2"),
    node(103),
    node(104, group="rack9"),
)
NO_TOP = RACKS[2:]


@pytest.mark.parametrize(
    ("nodes", "mode", "number", "expected"),
    [
        (THREE, "mesh", 1, mesh(2, 9)),
        (THREE, "mesh", 9, mesh(1, 2)),
        (THREE, REFLECTED, 1, role("reflector", 9)),
        (THREE, REFLECTED, 9, role("client", 1, 2)),
        (TWO_REFLECTORS, REFLECTED, 1, role("reflector", 8, 9)),
        (TWO_REFLECTORS, REFLECTED, 8, role("client", 1, 2) | role("fellow", 9)),
        (RACKS, "mesh", 101, mesh(1, 2, 11, 12, 21, 102, 103, 104)),
        (RACKS, REFLECTED, 1, role("fellow", 2) | role("client", 11, 12, 21, 103, 104)),
        (RACKS, REFLECTED, 11, role("reflector", 1, 2) | role("client", 101)),
        (RACKS, REFLECTED, 21, role("reflector", 1, 2) | role("client", 102)),
        (RACKS, REFLECTED, 101, role("reflector", 11, 12)),
        (RACKS, REFLECTED, 103, role("reflector", 1, 2)),
        (RACKS, REFLECTED, 104, role("reflector", 1, 2)),
        (NO_TOP, REFLECTED, 11, role("fellow", 12, 21) | role("client", 101)),
        (NO_TOP, REFLECTED, 103, {}),
    ],
)
def test_sessions_follow_from_the_mode_and_the_groups(
    nodes: tuple[Node, ...], mode: str, number: int, expected: Sessions
) -> None:
    assert sessions(cluster(*nodes, mode=mode), number) == expected


def test_each_family_has_a_session_of_its_own() -> None:
    both = replace(node(1), ipv6=IPv6Interface("2001:db8::1/64"))
    other = replace(node(2), ipv6=IPv6Interface("2001:db8::2/64"))
    found = peerings(cluster(both, other, node(3)), both)
    assert [(each.name, each.family, str(each.own)) for each in found] == [
        ("Mesh_10_0_0_2", "ipv4", "10.0.0.1"),
        ("Mesh_2001_db8__2", "ipv6", "2001:db8::1"),
        ("Mesh_10_0_0_3", "ipv4", "10.0.0.1"),
    ]


def test_the_lower_address_waits_by_number_and_not_by_spelling() -> None:
    of = cluster(node(9), node(10), node(100))
    waiting = {each.name: each.passive for each in peerings(of, of.by_name["node10"])}
    assert waiting == {"Mesh_10_0_0_9": False, "Mesh_10_0_0_100": True}


def test_who_waits_is_the_same_in_both_modes() -> None:
    in_mesh, reflected = cluster(*THREE), cluster(*THREE, mode=REFLECTED)
    for own in THREE:
        before = {each.address: each.passive for each in peerings(in_mesh, own)}
        after = {each.address: each.passive for each in peerings(reflected, own)}
        assert after.items() <= before.items()


def test_a_reflector_waits_for_nodes_of_the_range() -> None:
    of = cluster(node(1), reflector(9), mode=REFLECTED, range=IPv4Network("10.0.0.0/16"))
    found = [each for each in peerings(of, of.by_name["node9"]) if each.range is not None]
    assert [(each.name, each.role, str(each.range), each.passive) for each in found] == [
        ("Node", "client", "10.0.0.0/16", True)
    ]
    assert all(each.range is None for each in peerings(of, of.by_name["node1"]))


@pytest.mark.parametrize(("nodes", "expected"), [(RACKS, (1, 2)), (NO_TOP, (11, 12, 21)), (THREE, (9,))])
def test_a_node_in_no_list_comes_to_the_upper_reflectors_and_opens(
    nodes: tuple[Node, ...], expected: tuple[int, ...]
) -> None:
    of = cluster(*nodes, mode=REFLECTED, range=IPv4Network("10.0.0.0/8"))
    found = peerings(of, VISITOR)
    assert {each.name: each.role for each in found} == role("reflector", *expected)
    assert not any(each.passive for each in found)


def by_addresses(found: tuple[Peering, ...]) -> dict[tuple[str, str], Peering]:
    return {(str(each.own), str(each.address)): each for each in found if each.address is not None}


@given(clusters())
def test_both_ends_agree_on_each_session(of: Cluster) -> None:
    """Both have it or neither; one of them opens it, and the roles fit."""
    every: dict[tuple[str, str], Peering] = {}
    for own in of.nodes:
        found = by_addresses(peerings(of, own))
        assert not found.keys() & every.keys()
        every |= found
    for (here, there), peering in every.items():
        other_end = every[there, here]
        assert peering.passive != other_end.passive
        assert peering.family == other_end.family
        assert other_end.role == seen_from_there(peering.role)


@given(clusters())
def test_names_are_unique_on_a_node(of: Cluster) -> None:
    for own in of.nodes:
        names = [each.name for each in peerings(of, own)]
        assert len(names) == len(set(names))


@given(clusters())
def test_a_node_is_its_own_neighbor_in_no_mode(of: Cluster) -> None:
    for own in of.nodes:
        assert all(each.node is not own for each in peerings(of, own))


@given(clusters())
def test_who_comes_to_a_range_is_awaited_where_it_goes(of: Cluster) -> None:
    for own in of.nodes:
        awaited = {each.family for each in peerings(of, own) if each.range is not None}
        visited = {each.family for each in peerings(of, VISITOR) if each.node is own}
        assert awaited <= visited
        assert {family for family in visited if of.range_of(family) is not None} == awaited


@given(clusters())
def test_a_mesh_has_every_pair_that_shares_a_family(of: Cluster) -> None:
    meshed = replace(of, mode="mesh")
    for own in meshed.nodes:
        expected = {
            (str(here), str(there))
            for other in meshed.nodes
            if other is not own
            for here in own.addresses
            for there in other.addresses
            if here.version == there.version
        }
        assert by_addresses(peerings(meshed, own)).keys() == expected


@given(clusters())
def test_roles_are_each_other_s_mirror(of: Cluster) -> None:
    for own in of.nodes:
        for other in of.nodes:
            if own is not other:
                mine, theirs = role_of(of, own, other), role_of(of, other, own)
                assert (seen_from_there(mine) if mine else None) == theirs
