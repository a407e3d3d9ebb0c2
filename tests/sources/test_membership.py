"""Who has joined a cluster, and who has left, in words."""

from collections.abc import Mapping
from typing import Final

import pytest

from bgpd.cluster.facts import ClusterFacts
from bgpd.sources.membership import membership_changes

BOTH: Final = {"10.0.0.1": "node1", "10.0.0.2": "node2"}
MANY: Final = {f"10.0.1.{number}": f"extra{number}" for number in range(7)}
CHANGES: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, str], str]]] = {
    "nothing": (BOTH, BOTH, ""),
    "in another order": (BOTH, dict(reversed(BOTH.items())), ""),
    "one more": (BOTH, BOTH | {"10.0.0.3": "node3"}, "node3 added"),
    "one more with two addresses": (BOTH, BOTH | {"10.0.0.3": "node3", "fd00::3": "node3"}, "node3 added"),
    "one less": (BOTH, {"10.0.0.1": "node1"}, "node2 gone"),
    "one for another": (BOTH, {"10.0.0.1": "node1", "10.0.0.4": "node4"}, "node4 added, node2 gone"),
    "elsewhere": (BOTH, {"10.0.0.1": "node1", "10.0.0.9": "node2"}, "node2 elsewhere"),
    "one more address": (BOTH, BOTH | {"fd00::1": "node1"}, "node1 elsewhere"),
    "called otherwise": (BOTH, {"10.0.0.1": "node1", "10.0.0.2": "x"}, "x added, node2 gone"),
    "many": (
        BOTH, BOTH | MANY, "7 nodes added (extra0, extra1, extra2, extra3, extra4 ...)"),
}  # fmt: skip


def facts(members: Mapping[str, str]) -> ClusterFacts:
    return ClusterFacts("node1", "mesh", 64512, members=members)


@pytest.mark.parametrize(("old", "new", "words"), CHANGES.values(), ids=CHANGES.keys())
def test_what_has_become_of_the_nodes(old: Mapping[str, str], new: Mapping[str, str], words: str) -> None:
    assert membership_changes(facts(old), facts(new)) == words


def test_nothing_is_said_of_a_cluster_that_begins_or_ends() -> None:
    assert not membership_changes(None, facts(BOTH))
    assert not membership_changes(facts(BOTH), None)
