"""In which order nodes best take on another mode, or other reflectors, and why."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bgpd.cluster.facts import ClusterFacts

_REFLECTORS: Final = "route-reflector"


class Step(NamedTuple):
    """Who reads the new file next."""

    nodes: Sequence[str]
    """Empty: all who are in no other step."""
    why: str


def order(before: ClusterFacts | None, after: ClusterFacts | None) -> Sequence[Step]:
    """Return the steps; none if it does not matter who is first."""
    if before is None or after is None:
        return ()
    former, coming = _reflectors(before), _reflectors(after)
    if before.mode == after.mode and former == coming:
        return ()
    return [*_steps(former, coming)]


def _steps(former: Sequence[str], coming: Sequence[str]) -> Iterator[Step]:
    new = [name for name in coming if name not in former]
    old = [name for name in former if name not in coming]
    if new:
        yield Step(new, "to reflect before anybody depends on it, so that nobody has to be held for long")
    yield Step((), "in any order; each keeps its former sessions until their routes come from others")
    if old:
        yield Step(old, "to reflect for as long as anybody may depend on it")


def within(after: ClusterFacts | None) -> str:
    """Say how much time there is."""
    if after is None:
        return ""
    if not after.handover:
        return "handover is 0: former sessions go at once, so let all nodes read the file at the same time"
    return (
        f"Any order is safe as long as all nodes read the file within {after.handover} s; "
        "put it on all of them before the first one reads it"
    )


def _reflectors(facts: ClusterFacts) -> Sequence[str]:
    """Return who reflects, as far as the cluster is known."""
    if facts.mode != _REFLECTORS or facts.model is None:
        return ()
    return [node.name for node in facts.model.nodes if node.is_reflector]
