"""``cluster plan``: what becomes of sessions, of how many, and in which order nodes read the file."""

from typing import Any

import pytest

from bgpd.control.interpreter import Interpreter
from tests.show.cluster_change import TOR, between, file
from tests.show.node import node
from tests.show.test_json import ask
from tests.show.transcript import converse, lines_of
from tests.show.world import StillDaemon

MESH, REFLECTORS = file("mesh", more=TOR), file("route-reflector", more=TOR)
TWO = file("route-reflector", is_second=True, more=TOR)


def told(daemon: StillDaemon) -> dict[str, Any]:
    document = ask("cluster plan", daemon)
    assert isinstance(document, dict)
    return document


def fates(document: dict[str, Any]) -> dict[str, str]:
    """Return what becomes of each session, by who is at the other end."""
    return {row.get("node", row["protocol"]): row["fate"] for row in document["sessions"]}


def lines(daemon: StillDaemon) -> list[str]:
    """Return the text, without the line about the file."""
    return [line.text for line in lines_of(Interpreter(daemon).answer("cluster plan"))][1:]


def test_a_node_keeps_the_session_with_the_reflector_and_the_others_until_it_may() -> None:
    document = told(between(MESH, REFLECTORS))
    assert (document["node"], document["mode"], document["new_mode"]) == ("node1", "mesh", "route-reflector")
    assert fates(document) == {
        "rr1": "in_place",
        "tor1": "unchanged",
        "rr2": "goes",
        "node2": "goes",
        "node3": "goes",
    }
    stays = next(row for row in document["sessions"] if row["fate"] == "in_place")
    assert stays == {
        "fate": "in_place",
        "protocol": "Node_10_0_0_1",
        "former_name": "Mesh_10_0_0_1",
        "address": "10.0.0.1",
        "node": "rr1",
        "role": "reflector",
        "former_role": "mesh",
    }
    gone = document["sessions"][-1]
    assert (gone["former_role"], gone["held_until"]) == ("mesh", "2026-11-22T16:14:59+00:00")


def test_the_text_says_what_goes_when() -> None:
    assert lines(between(MESH, REFLECTORS))[:5] == [
        "Mode on node1: mesh -> route-reflector",
        "Sessions of this node",
        "  stays as it is      tor1",
        "  changes in place    rr1 (Mesh_10_0_0_1 -> Node_10_0_0_1): mesh -> reflector",
        "  goes                rr2, node2, node3: when its routes come from others, after 300 s at most",
    ]


@pytest.mark.parametrize(
    ("before", "after", "first", "second"),
    [
        (MESH, REFLECTORS, "1. rr1: ", "2. all other nodes: "),
        (TWO, MESH, "1. all nodes but rr1, rr2: ", "2. rr1, rr2: "),
    ],
)
def test_the_text_says_who_is_first(before: str, after: str, first: str, second: str) -> None:
    said = lines(between(before, after))
    order = said[said.index("Order") + 1 :]
    assert order[0].strip().startswith(first)
    assert order[1].strip().startswith(second)
    assert order[2].strip().startswith("Any order is safe as long as all nodes read the file within 300 s")


def test_the_reflector_takes_everybody_as_clients_in_place() -> None:
    document = told(between(MESH, REFLECTORS, "rr1"))
    assert fates(document) == dict.fromkeys(("rr2", "node1", "node2", "node3"), "in_place") | {
        "tor1": "unchanged"
    }
    assert {row.get("role") for row in document["sessions"]} == {"client", None}


def test_a_second_reflector_brings_one_session() -> None:
    document = told(between(REFLECTORS, TWO))
    assert fates(document) == {"rr1": "unchanged", "rr2": "comes", "tor1": "unchanged"}
    assert document["steps"][0]["nodes"] == ["rr2"]


def test_a_former_reflector_goes_on_reflecting_for_those_that_have_not_read_the_file() -> None:
    document = told(between(REFLECTORS, MESH, "rr1"))
    row = next(row for row in document["sessions"] if row.get("node") == "node1")
    assert (row["fate"], row["former_role"], row["role"]) == ("in_place", "client", "mesh")
    assert "held_until" in row
    assert "in place" in "\n".join(lines(between(REFLECTORS, MESH, "rr1")))


def test_what_takes_a_new_session_is_named_with_its_reason() -> None:
    other = TOR.replace("65001", "65002")
    document = told(between(MESH, file("mesh", more=other)))
    row = next(row for row in document["sessions"] if row["protocol"] == "tor1")
    assert (row["fate"], row["settings"]) == ("new_session", ["asn"])
    assert "  takes a new session tor1: asn" in lines(between(MESH, file("mesh", more=other)))


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        (MESH, REFLECTORS, {("rr1",): (4, 4), ("rr2", "node1", "node2", "node3"): (4, 1)}),
        (REFLECTORS, TWO, {("rr1",): (4, 4), ("rr2",): (1, 4), ("node1", "node2", "node3"): (1, 2)}),
        (MESH, MESH, {("rr1", "rr2", "node1", "node2", "node3"): (4, 4)}),
    ],
)
def test_the_sessions_of_each_node_are_counted(
    before: str, after: str, counts: dict[tuple[str, ...], tuple[int, int]]
) -> None:
    rows = told(between(before, after))["nodes"]
    assert {tuple(row["nodes"]): (row["now"], row["then"]) for row in rows} == counts


def test_a_node_that_is_new_or_gone_has_no_number_on_one_side() -> None:
    one, two = MESH.replace('  { name = "node3", address = "10.0.0.13" },\n', ""), MESH
    rows = told(between(one, two))["nodes"]
    assert {"nodes": ["node3"], "then": 4} in rows
    assert "  node3: no [cluster] -> 4" in lines(between(one, two))


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        (MESH, REFLECTORS, [["rr1"], []]),
        (REFLECTORS, MESH, [[], ["rr1"]]),
        (REFLECTORS, TWO, [["rr2"], []]),
        (TWO, REFLECTORS, [[], ["rr2"]]),
        (MESH, MESH, []),
        (TWO, TWO, []),
        (TOR, MESH, []),
    ],
)
def test_reflectors_come_first_and_go_last(before: str, after: str, steps: list[list[str]]) -> None:
    assert [step["nodes"] for step in told(between(before, after))["steps"]] == steps


def test_without_a_handover_everybody_must_hurry() -> None:
    hasty = file("route-reflector", "handover = 0", more=TOR)
    daemon = between(MESH, hasty)
    assert "handover is 0" in told(daemon)["within"]
    assert "  goes                rr2, node2, node3: at once" in lines(daemon)


def test_a_file_that_changes_nothing_says_so() -> None:
    assert lines(between(MESH, MESH)) == [
        "Mode on node1: mesh",
        "Sessions of this node",
        "  nothing changes",
        "Sessions of each node",
        "  rr1, rr2, node1, node2, node3: 4",
        "Routes",
        "  'configure check' says for which prefixes somebody is told otherwise",
        "",
    ]


def test_a_file_without_a_cluster_takes_it_away() -> None:
    document = told(between(MESH, TOR))
    assert (document["node"], document["mode"]) == ("node1", "mesh")
    assert "new_mode" not in document
    assert lines(between(MESH, TOR))[0] == "Mode on node1: mesh -> no [cluster]"


def test_another_file_may_be_named() -> None:
    daemon = between(MESH, MESH)
    assert converse(daemon, ['cluster plan "next.toml"']).splitlines()[1] == (
        "S: 0002-Reading configuration from next.toml"
    )
    assert daemon.done == ["consider next.toml"]


def test_a_broken_file_is_the_same_error_as_ever() -> None:
    daemon = node()
    daemon.broken = "/etc/bgpd/bgpd.toml:3: cluster.mode: Mesh is not allowed"
    assert converse(daemon, ["cluster plan"]).splitlines()[-1] == f"S: 8002 {daemon.broken}"


def test_before_any_configuration_is_in_force_nothing_can_be_said() -> None:
    assert converse(StillDaemon(), ["cluster plan"]).splitlines()[-1].startswith("S: 8008 ")


def test_bird_has_no_such_plan() -> None:
    daemon = node()
    daemon.dialect = "bird"
    assert converse(daemon, ["cluster plan"]).splitlines()[1:] == ["S: 9001 syntax error"]
