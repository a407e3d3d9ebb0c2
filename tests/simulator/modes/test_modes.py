"""A cluster changes its mode, on one node after the other in any order: nobody loses any route meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from random import Random
from typing import Any, Final

import pytest

from bgpd.cluster.model import Cluster
from bgpd.cluster.peerings import peerings
from bgpd.reconfiguration import handover as handover_module
from bgpd.reconfiguration.handover import Handover, Stay
from rib import coverage
from tests.simulator.modes.configurations import mesh, racks, reflected
from tests.simulator.modes.town import Town

HANDOVER: Final = 300.0
_PAUSES: Final = (0.0, 0.0, 1.0, 3.0, 10.0, 40.0)
_BETWEEN: Final = 10.0
"""Seconds between two changes: nodes that go to and fro at the same time may rely on each other."""
_JOURNEYS: Final = 25
_ENOUGH: Final = 150
"""Journeys within which a planted fault has to be found."""

WAYS: Final = {
    "mesh to reflector": (mesh(3), reflected(3, 2)),
    "mesh to reflector with the lowest address": (mesh(3), reflected(3, 0)),
    "reflector to mesh": (reflected(3, 2), mesh(3)),
    "another reflector": (reflected(3, 0), reflected(3, 1)),
    "another reflector of the same cluster": (reflected(3, 0, same=True), reflected(3, 1, same=True)),
    "mesh to two reflectors": (mesh(4), reflected(4, 0, 3)),
    "two reflectors to mesh": (reflected(4, 0, 3), mesh(4)),
    "one reflector to two": (reflected(4, 0), reflected(4, 0, 1)),
    "one of two stops": (reflected(4, 0, 1), reflected(4, 1)),
    "two others": (reflected(4, 0, 1, same=True), reflected(4, 2, 3, same=True)),
}


def sessions_of(cluster: Cluster) -> set[tuple[int, int]]:
    """Return the pairs of nodes that have sessions once all have changed."""
    numbers = {node.name: number for number, node in enumerate(cluster.nodes)}
    return {
        (min(one, other), max(one, other))
        for one, node in enumerate(cluster.nodes)
        for peering in peerings(cluster, node)
        if peering.node is not None
        for other in (numbers[peering.node.name],)
    }


def held(town: Town) -> list[str]:
    return [f"node{node.number}: {each.name}" for node in town.nodes for each in node.handover.held()]


@pytest.mark.parametrize(("before", "after"), WAYS.values(), ids=[*WAYS])
def test_in_every_order(before: Cluster, after: Cluster) -> None:
    for order in permutations(range(len(after.nodes))):
        town = Town(before, "0")
        assert not town.lost()
        for number in order:
            town.read(number, after)
            town.pass_time(30)
            assert not town.lost(), (order, number)
        town.pass_time(HANDOVER)
        assert not town.lost(), order
        assert (town.sessions, held(town)) == (sessions_of(after), []), order


# -- at random -------------------------------------------------------------------------------------


def clusters(random: Random) -> Sequence[Cluster]:
    """Return modes of one cluster: the first, and what it changes to.

    A hierarchy changes once, and not into one of other reflectors: that may cost routes for a moment.
    """
    nodes = random.randint(3, 6)
    flat = [mesh(nodes), reflected(nodes, 0), reflected(nodes, nodes - 1), reflected(nodes, 0, 1, same=True)]
    flat += [reflected(nodes, 1, 2), reflected(nodes, 2, same=True)]
    if nodes < 5 or random.random() < 0.5:
        return random.choices(flat, k=random.randint(2, 4))
    high = random.choice((racks(nodes, 0, 1, 2), racks(nodes, 4, 3, 1)))
    if random.random() < 0.3:
        return random.sample([racks(nodes, 0, 1, 2), racks(nodes, 0, 1, 2, shift=1)], k=2)
    return random.sample([high, random.choice(flat)], k=2)


def journey(seed: str) -> Iterator[str]:
    """Yield what is lost on the way from one mode to another, or perhaps to two others."""
    random = Random(seed)
    first, *others = clusters(random)
    silent = [node for node in range(len(first.nodes)) if random.random() < 0.2]
    town = Town(first, seed, silent)
    town.lost()
    for aim in others:
        town.pass_time(_BETWEEN)
        order = random.sample(range(len(aim.nodes)), len(aim.nodes))
        for number in order:
            town.read(number, aim)
            town.pass_time(random.choice(_PAUSES))
            yield from town.lost()
    town.pass_time(HANDOVER + 10)
    yield from town.lost()
    if (town.sessions, held(town)) != (sessions_of(others[-1]), []):
        yield f"not at rest: {town.sessions} {held(town)}"


@pytest.mark.parametrize("part", range(4))
def test_at_random(part: int) -> None:
    for number in range(part * _JOURNEYS, (part + 1) * _JOURNEYS):
        assert not [*journey(f"0/{number}")], f"journey 0/{number}"


def _nobody(*_arguments: Any) -> Iterator[Stay]:
    return iter(())


WHO_STAYS: Final = handover_module.who_stays


def _only(*kinds: str) -> Callable[..., Iterator[Stay]]:
    def some(*arguments: Any) -> Iterator[Stay]:
        return (stay for stay in WHO_STAYS(*arguments) if stay.kind in kinds)

    return some


def _without_drain(_handover: Handover) -> frozenset[str]:
    """Let whoever goes do so without a warning."""
    return frozenset()


def _all_are_known(entries: Any, _key: Any, found: Any, _stays: Any) -> None:
    """Take it that others bring what somebody brings who is to leave."""
    for entry in entries:
        if entry.source in found:
            found[entry.source].brought += 1
            found[entry.source].is_reflected = True


FAULTS: Final[Sequence[tuple[Any, str, Any]]] = (
    (handover_module, "who_stays", _nobody),
    (handover_module, "who_stays", _only("neighbor", "client")),
    (handover_module, "who_stays", _only("client", "reflected")),
    (handover_module, "who_stays", _only("neighbor", "reflected")),
    (handover_module, "late_ids", lambda *_arguments: None),
    (handover_module, "_blind", lambda *_arguments: ()),
    (Handover, "draining", property(_without_drain)),
    (coverage, "_look_at", _all_are_known),
)


@pytest.mark.parametrize(("owner", "name", "fault"), FAULTS)
def test_a_planted_fault_is_found(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, fault: Any) -> None:
    monkeypatch.setattr(owner, name, fault)
    assert any(any(journey(f"0/{number}")) for number in range(_ENOUGH))


# -- what else may happen --------------------------------------------------------------------------


def test_who_never_changes_is_waited_for_until_the_end_of_the_handover() -> None:
    """Then it has lost nothing that its configuration could have given it, and the others have all."""
    town = Town(mesh(3), "0")
    for number in (0, 1):
        town.read(number, reflected(3, 2))
    town.pass_time(HANDOVER - 5)
    assert (town.lost(), len(held(town))) == ([], 2)
    town.pass_time(10)
    assert town.lost() == ["node0 to 10.244.1.0/26", "node1 to 10.244.0.0/26"]
    endings = [each.ending for node in town.nodes for each in node.ended]
    assert {*endings} <= {"time", "left"}


def test_a_session_that_breaks_meanwhile_comes_back_and_is_waited_for() -> None:
    town = Town(mesh(3), "0")
    town.read(0, reflected(3, 2))
    town.pass_time(5)
    town.flap(0, 1, away=7.0)
    town.pass_time(5)
    assert held(town) == ["node0: Mesh_10_0_1_1"]
    town.pass_time(20)
    assert town.has_session(0, 1)
    town.lost()
    for number in (2, 1):
        town.read(number, reflected(3, 2))
        town.pass_time(5)
    assert (town.lost(), town.sessions, held(town)) == ([], {(0, 2), (1, 2)}, [])


def test_who_is_held_is_back_in_force_if_a_newer_configuration_has_it() -> None:
    town = Town(mesh(3), "0")
    town.read(0, reflected(3, 2))
    town.pass_time(HANDOVER / 2)
    town.read(0, mesh(3))
    assert held(town) == []
    town.pass_time(2 * HANDOVER)
    assert (town.lost(), town.sessions) == ([], {(0, 1), (0, 2), (1, 2)})


def test_a_newer_configuration_that_does_not_have_it_either_leaves_it_its_deadline() -> None:
    town = Town(mesh(4), "0")
    town.read(0, reflected(4, 3))
    before = [(each.name, each.until) for each in town.nodes[0].handover.held()]
    town.pass_time(HANDOVER / 2)
    town.read(0, reflected(4, 2, 3))
    now = [(each.name, each.until) for each in town.nodes[0].handover.held()]
    assert now == [(name, until) for name, until in before if name != "Mesh_10_0_2_1"]


def test_without_a_handover_nobody_is_kept() -> None:
    town = Town(mesh(3), "0")
    town.read(0, reflected(3, 2, handover=0))
    assert held(town) == []
    assert town.lost() == ["node0 to 10.244.1.0/26", "node1 to 10.244.0.0/26"]
