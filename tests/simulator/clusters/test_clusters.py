"""Clusters that start from nothing: small ones always, a thousand nodes in the long run."""

from dataclasses import replace

import pytest

from rib.egress import NextHopRule
from tests.simulator.clusters import cluster as cluster_module
from tests.simulator.clusters.cluster import Cluster
from tests.simulator.clusters.trial import Figures, WrongRouteError, check, play

SMALL = {
    "mesh": Cluster(20, 3),
    "one reflector": Cluster(60, 3, reflectors=1),
    "two reflectors": Cluster(60, 3, reflectors=2),
    "racks": Cluster(60, 3, reflectors=2, racks=4),
}
LARGE = Cluster(1000, 10, reflectors=2)


def _start(cluster: Cluster) -> Figures:
    network, figures = play(cluster)
    print("\n".join(figures.lines()))
    check(cluster, network)
    return figures


@pytest.mark.parametrize("cluster", SMALL.values(), ids=SMALL)
def test_every_block_is_reached(cluster: Cluster) -> None:
    _start(cluster)


def test_a_missing_block_is_noticed() -> None:
    cluster = SMALL["racks"]
    network, _ = play(cluster)
    network.speakers[-1].retract(cluster.keys(cluster.nodes - 1)[:1])
    network.pause(100_000)
    with pytest.raises(WrongRouteError, match="179 of 180"):
        check(cluster, network)


def test_a_detour_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reflector that puts itself into the way of packets (RFC 4456 §10 says to leave the next hop)."""
    cluster = SMALL["two reflectors"]
    monkeypatch.setattr(
        cluster_module, "CLIENT", replace(cluster_module.CLIENT, next_hop_rule=NextHopRule.SELF)
    )
    network, _ = play(cluster)
    with pytest.raises(WrongRouteError, match="to a block of"):
        check(cluster, network)


@pytest.mark.soak
def test_a_thousand_nodes(*, soaking: bool) -> None:
    """Convergence, messages and memory are counted; no route goes in circles, and little is told twice."""
    cluster = LARGE if soaking else replace(LARGE, nodes=80, blocks=2)
    figures = _start(cluster)
    once = cluster.nodes * cluster.reflectors * cluster.nodes
    assert figures.updates < 1.5 * once  # a reflector may hear of a block from its fellow first
