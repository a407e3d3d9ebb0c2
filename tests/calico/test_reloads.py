"""From one file that Calico renders to another: whoever stays a neighbor keeps its session."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Final

import pytest

from bgpd.bird.loading import load_bird
from bgpd.reconfiguration.plan import plan
from bgpd.settings import DaemonSettings, NeighborSettings
from tests.filters_oracle.calico import SAMPLES

_BITS: Final = {"bird": 32, "bird6": 128}
_TELLING: Final = ("address", "interface", "port", "source_address", "asn", "local_asn", "table", "tcp_ao")
"""What a session depends on, of what these files have."""
_STEPS: Final = (
    ("mesh/route-reflector-mesh-enabled", "explicit_peering/route_reflector"),
    ("explicit_peering/route_reflector", "mesh/route-reflector-mesh-enabled"),
    ("mesh/route-reflector-mesh-enabled", "explicit_peering/keepnexthop"),
)
"""From a mesh with one reflector, where there is an end of the mesh, to reflectors alone, and back."""


def loaded(sample: Path, name: str) -> DaemonSettings:
    return load_bird([(str(sample / f"{name}.cfg"), _BITS[name])]).settings


def staying(
    before: DaemonSettings, after: DaemonSettings
) -> Iterator[tuple[NeighborSettings, NeighborSettings]]:
    """Yield the neighbors that both have, as far as what is told in OPEN is the same."""
    if before.router_id == after.router_id:
        there = {tuple(getattr(each, name) for name in _TELLING): each for each in before.neighbors}
        for now in after.neighbors:
            was = there.get(tuple(getattr(now, name) for name in _TELLING))
            if was is not None:
                yield was, now


@pytest.mark.parametrize(("before", "after"), _STEPS)
def test_from_a_mesh_to_reflectors(before: str, after: str) -> None:
    old, new = (loaded(SAMPLES / name, "bird") for name in (before, after))
    pairs = [*staying(old, new)]
    assert pairs
    assert {now.name for _, now in pairs} <= {each.name for each in plan(old, new).kept}


@pytest.mark.parametrize("name", _BITS)
def test_between_any_two(name: str) -> None:
    folders = ("mesh", "explicit_peering")
    every = [loaded(file.parent, name) for each in folders for file in (SAMPLES / each).rglob(f"{name}.cfg")]
    renamed = stayed = 0
    for old, new in permutations(every, 2):
        found = plan(old, new)
        kept = {each.name for each in found.kept}
        for was, now in staying(old, new):
            assert now.name in kept
            assert found.renamed.get(now.name, now.name) == was.name
            stayed += 1
        renamed += len(found.renamed)
    assert stayed > renamed > 0
