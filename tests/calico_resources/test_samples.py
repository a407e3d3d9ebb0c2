"""What comes of resources is what calico-node renders for BIRD.

Each file in ``samples`` has the resources of one set that calico-node has rendered. They lead to the same
settings as that set, both families together.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

import pytest

from bgpd.bird.loading import load_bird
from bgpd.calico import CalicoDocument, Resource, document_of, resources_of
from bgpd.config import DaemonSettings, build
from bgpd.config.validation import validate
from bgpd.settings import KernelSettings, NeighborSettings
from rib.filters.analysis.comparison import named, same, same_tree
from rib.filters.syntax import Definition, Filter
from tests.filters_oracle.calico import SAMPLES

RESOURCES: Final = Path(__file__).parent / "samples"
_OWN_NODE: Final = "kube-master"
_BLOCKS: Final = "blocks.json"

NOT_COMPARED: Final = {
    "dialect": "BIRD's dialect belongs to BIRD's files",
    "symbols": "only BIRD's `show symbols` asks for them",
    "order": "of protocols in BIRD's `show protocols`",
    "metrics": "BIRD has none",
    "asn": "BIRD's file has one for each session, and that of the most of them counts for the daemon",
    "cluster": "BIRD's file does not say which nodes there are",
    "filters": "compared by what they say, below; sessions with equal filters share one here",
}
"""The settings that differ, and why."""
NOT_DERIVABLE: Final = {
    "mesh/static-routes": "routes of single services follow from Service and EndpointSlice",
    "mesh/static-routes-no-ipv4-address": "routes of single services follow from Service and EndpointSlice",
}
"""The sets that other objects are needed for."""
_WITHOUT_BLOCKS: Final = ("password/", "sourceaddr_gracefulrestart/", "bgpfilter/node_mesh/")
"""The sets of nodes that have no blocks."""
_ROUTER_IDS: Final = {"mesh/hash": "hash"}
"""The environment of calico-node."""

_SETS: Final = sorted(str(path.parent.relative_to(SAMPLES)) for path in SAMPLES.rglob("bird.cfg"))


def _derivable() -> list[str]:
    return [name for name in _SETS if name not in NOT_DERIVABLE]


def _resources(name: str) -> Iterator[Resource]:
    files = [f"{name.replace('/', '--')}.json"]
    if not name.startswith(_WITHOUT_BLOCKS):
        files.append(_BLOCKS)
    for file in files:
        yield from resources_of(json.loads((RESOURCES / file).read_text()), file)


def _document(name: str) -> CalicoDocument:
    wished = _ROUTER_IDS.get(name, "")
    return document_of(_resources(name), _OWN_NODE, environment_router_id=wished)


def _rendered(name: str) -> DaemonSettings:
    folder = SAMPLES / name
    return load_bird([(str(folder / "bird.cfg"), 32), (str(folder / "bird6.cfg"), 128)]).settings


@pytest.mark.parametrize("name", _derivable())
def test_resources_are_what_is_rendered(name: str) -> None:
    ours, theirs = build(validate(_document(name).tables, name)), _rendered(name)
    for field in fields(DaemonSettings):
        if field.name not in (*NOT_COMPARED, "neighbors", "kernels"):
            assert getattr(ours, field.name) == getattr(theirs, field.name), field.name
    for kind in ("neighbors", "kernels"):
        _compare_protocols(ours, theirs, kind)
    _compare_functions(named(ours.filters), named(theirs.filters))


Protocol = KernelSettings | NeighborSettings


def _compare_protocols(ours: DaemonSettings, theirs: DaemonSettings, kind: str) -> None:
    """Compare protocols that have filters: these by what they say, and everything else as it is."""
    left, right = _by_name(ours, kind), _by_name(theirs, kind)
    assert left.keys() == right.keys()
    before, after = named(ours.filters), named(theirs.filters)
    for name, one in left.items():
        other = right[name]
        for mine, its in (
            (one.import_filter, other.import_filter),
            (one.export_filter, other.export_filter),
        ):
            equal = mine == its or same(_nameless(before[mine]), _nameless(after[its]), before, after)
            assert equal, (name, mine, its)
        assert _without_filters(one) == _without_filters(other)


def _by_name(settings: DaemonSettings, kind: str) -> Mapping[str, Protocol]:
    return {each.name: each for each in getattr(settings, kind)}


def _without_filters(protocol: Protocol) -> Protocol:
    if isinstance(protocol, NeighborSettings):
        return replace(protocol, import_filter="", export_filter="", router_asn=0)
    return replace(protocol, import_filter="", export_filter="")


def _nameless(definition: Definition) -> Filter:
    assert isinstance(definition, Filter)
    return replace(definition, name=None)


def _compare_functions(ours: Mapping[str, Definition], theirs: Mapping[str, Definition]) -> None:
    """Compare all functions, those that nobody calls as well."""
    left, right = (
        {name: each for name, each in both.items() if not isinstance(each, Filter)} for both in (ours, theirs)
    )
    assert left.keys() == right.keys()
    for name, function in left.items():
        assert same_tree(function, right[name]), name


def test_every_set_is_compared_or_not_for_a_reason() -> None:
    files = {path.stem.replace("--", "/") for path in RESOURCES.glob("*.json") if path.name != _BLOCKS}
    assert files.isdisjoint(NOT_DERIVABLE)
    if _SETS:
        assert files | set(NOT_DERIVABLE) == set(_SETS)
        assert len(_derivable()) == 43


def test_what_is_rendered_leaves_no_doubt() -> None:
    """No field of the resources of these sets is unknown, and nothing in them goes without effect."""
    remarks = {name: _document(name).remarks for name in _derivable()}
    assert {name: each for name, each in remarks.items() if each} == {
        "password/step2": (
            "password--step2.json: BGPPeer p0: spec.password: there is no Secret my-secrets with the key a; "
            "the session has no password until it is there",
        )
    }
