"""Nodes and edges: what both ends say, one end alone, or nobody who should."""

import copy

import pytest

from bgpd.graph.documents import DocumentError, read_document
from bgpd.graph.model import Edge, Graph, graph_of
from bgpd.graph.sessions import State
from bgpd.graph.tiers import Tier, tiers
from tests.graph.clusters import Document, Shape, documents, outsider


def drawn(told: list[Document]) -> Graph:
    return graph_of([read_document(each) for each in told])


def edge(graph: Graph, one: str, other: str) -> Edge:
    (found,) = [each for each in graph.edges if {*each.ends} == {one, other}]
    return found


def told(shape: Shape) -> list[Document]:
    """Return documents that may be changed one by one."""
    return copy.deepcopy([*documents(shape)])


def test_a_session_is_up_if_both_ends_say_so() -> None:
    graph = drawn(told(Shape(5)))
    assert {each.state for each in graph.edges} == {State.UP}
    assert len(graph.edges) == 10
    assert [*graph.troubles()] == []


def test_a_session_that_no_end_has_up_is_down() -> None:
    graph = drawn(told(Shape(3, down=[frozenset({"node1", "node2"})])))
    assert edge(graph, "node1", "node2").state is State.DOWN
    assert edge(graph, "node1", "node3").state is State.UP


def test_ends_that_differ_are_seen() -> None:
    nodes = told(Shape(3))
    nodes[0]["peers"][0] |= {"session": "Active", "info": "Active Socket: No route to host"}
    found = edge(drawn(nodes), "node1", "node2")
    assert found.state is State.DIFFERING
    assert found.sessions[0].text == "node1: Active Socket: No route to host; node2: Established"


def test_a_session_that_one_end_knows_nothing_of_is_seen() -> None:
    nodes = told(Shape(3))
    nodes[0]["peers"] = nodes[0]["peers"][1:]
    found = edge(drawn(nodes), "node1", "node2")
    assert found.state is State.ONE_SIDED
    assert found.sessions[0].text.endswith("node1: has no such neighbor")


def test_a_session_that_is_missing_in_a_mesh_is_seen() -> None:
    nodes = told(Shape(3))
    nodes[0]["peers"] = nodes[0]["peers"][1:]
    nodes[1]["peers"] = nodes[1]["peers"][1:]
    assert edge(drawn(nodes), "node1", "node2").state is State.MISSING
    for node in nodes:
        node["mode"] = "route-reflector"
    assert len(drawn(nodes).edges) == 2, "clients of reflectors have none with each other"


def test_what_one_end_says_counts_as_long_as_the_other_was_not_asked() -> None:
    graph = drawn(told(Shape(3))[:1])
    assert [each.state for each in graph.edges] == [State.UP, State.UP]
    assert [node.is_asked for node in graph.nodes.values()] == [True, False, False]
    assert graph.unseen == 0


def test_who_has_no_session_with_anybody_asked_is_counted() -> None:
    client = told(Shape(6, 2))[0]
    graph = drawn([client])
    assert {*graph.nodes} == {"node1", "rr1", "rr2"}
    assert graph.unseen == 5


@pytest.mark.parametrize(("kind", "state"), [("neighbor", State.HELD), ("reflected", State.UP)])
def test_a_session_that_is_held_is_up_and_about_to_go(kind: str, state: State) -> None:
    nodes = told(Shape(3))
    nodes[0]["held"] = [{"protocol": nodes[0]["peers"][0]["protocol"], "kind": kind}]
    found = edge(drawn(nodes), "node1", "node2")
    assert (found.state, found.state.is_well) == (state, True)


def test_the_families_of_two_nodes_are_two_sessions_of_one_edge() -> None:
    nodes = told(Shape(2))
    for node, other in ((nodes[0], "node2"), (nodes[1], "node1")):
        six = node["peers"][0] | {"address": "fd00::1", "protocol": f"six_{other}", "session": "Idle"}
        node["peers"].append(six)
    (found,) = drawn(nodes).edges
    assert [session.state for session in found.sessions] == [State.UP, State.DOWN]
    assert found.state is State.DOWN


def test_neighbors_outside_are_one_node_whoever_has_a_session_with_them() -> None:
    nodes = told(Shape(3))
    for number, node in enumerate(nodes):
        node["peers"].append(outsider(f"tor{number}", "10.0.255.1", 65001))
    graph = drawn(nodes)
    assert [node.name for node in tiers(graph)[Tier.OTHER]] == ["10.0.255.1"]
    assert graph.nodes["10.0.255.1"].label == "tor0"


def test_nodes_without_a_cluster_find_each_other_by_their_addresses() -> None:
    one = outsider("two", "10.0.0.2", 64512) | {"local_address": "10.0.0.1"}
    two = outsider("one", "10.0.0.1", 64512) | {"local_address": "10.0.0.2"}
    plain = {"asn": 64512, "at": "2026-11-22T16:09:59+00:00"}
    graph = drawn(
        [plain | {"router_id": "1.1.1.1", "peers": [one]}, plain | {"router_id": "2.2.2.2", "peers": [two]}]
    )
    (found,) = graph.edges
    assert (found.ends, found.state) == (("1.1.1.1", "2.2.2.2"), State.UP)


def test_reflectors_stand_above_those_they_reflect_for() -> None:
    who = tiers(drawn(told(Shape(4, 2, 2))))
    names = {tier: [node.name for node in nodes] for tier, nodes in who.items()}
    assert names == {
        Tier.TOP: ["rr1", "rr2"],
        Tier.RACK: ["rack1", "rack2"],
        Tier.NODE: ["node1", "node3", "node2", "node4"],
        Tier.OTHER: [],
    }


def test_of_two_answers_of_one_node_the_last_one_counts() -> None:
    before, after = told(Shape(2, down=[frozenset({"node1", "node2"})])), told(Shape(2))
    assert drawn([*before, *after]).edges[0].state is State.UP


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"asn": "x"}, "it: asn is missing, or of another kind"),
        ({"asn": True}, "it: asn is missing, or of another kind"),
        ({"peers": {}}, "it: peers is missing, or of another kind"),
        ({"peers": [1]}, "peers is no JSON object"),
        ({"peers": [{"protocol": "x"}]}, "peers: address is missing, or of another kind"),
        ({"members": [{"name": "a", "addresses": [1]}]}, "members: addresses has something that is no text"),
        ({"node": "", "router_id": None}, "it: router_id is missing, or of another kind"),
    ],
)
def test_what_is_no_answer_is_refused(change: Document, problem: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read_document(told(Shape(1))[0] | change)
    assert str(refusal.value) == problem


def test_texts_are_made_fit_for_a_picture() -> None:
    document = read_document(told(Shape(1))[0] | {"node": "a\x00\x1b[31m\u202e" + "b" * 300})
    assert document.name.startswith("a??[31m?b")
    assert len(document.name) == 200
