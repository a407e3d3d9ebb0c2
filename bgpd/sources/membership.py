"""Who has joined a cluster, and who has left it, in words."""

from collections.abc import Iterator, Sequence
from typing import Final

from bgpd.cluster.facts import ClusterFacts

_NAMED: Final = 5
"""Nodes that are named; of more there is only the number."""


def membership_changes(old: ClusterFacts | None, new: ClusterFacts | None) -> str:
    """Return what has become of the nodes, such as ``node4 added, node2 gone``; empty if nothing has."""
    if old is None or new is None:
        return ""
    before, after = dict.fromkeys(old.members.values()), dict.fromkeys(new.members.values())
    moved = {
        name
        for address, name in (new.members.items() ^ old.members.items())
        if name in before and name in after
    }
    changes = (
        ([name for name in after if name not in before], "added"),
        ([name for name in before if name not in after], "gone"),
        ([name for name in after if name in moved], "elsewhere"),
    )
    return ", ".join(_phrases(changes))


def _phrases(changes: Sequence[tuple[Sequence[str], str]]) -> Iterator[str]:
    for names, what in changes:
        if len(names) > _NAMED:
            yield f"{len(names)} nodes {what} ({', '.join(names[:_NAMED])} ...)"
        elif names:
            yield f"{', '.join(names)} {what}"
