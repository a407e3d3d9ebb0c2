"""At which step of the decision process a route lost, against which other, and by how much."""

from collections.abc import Sequence
from typing import NamedTuple

from rib.decision import Decision
from rib.decision_steps import LOWER_IGP_METRIC, Step
from rib.next_hops import IGP_METRIC_UNKNOWN
from rib.route import Route
from rib.slot import Path


class Comparison(NamedTuple):
    """One step that decided; the values are empty if they say nothing."""

    step: str
    reference: str
    rival: str
    own: str
    others: str

    def text(self, between: str) -> str:
        """Say it: the step, ``between``, the rival, and both values."""
        values = f": {self.own} against {self.others}" if self.own != self.others else ""
        return f'at "{self.step}" {between} {self.rival}{values} ({self.reference})'


def compared(decision: Decision, path: Path, paths: Sequence[Path]) -> Comparison | None:
    """Return why a route lost; ``paths`` has the best one first. None for the best and its like."""
    verdict = decision.verdict(path.route, [other.route for other in paths])
    if verdict is None:
        return None
    rival = next(other for other in paths if other.route is verdict.rival)
    return _comparison(verdict.step, path, rival, paths)


def won(decision: Decision, best: Path, second: Path, paths: Sequence[Path]) -> Comparison | None:
    """Return what the best one has before another; None if that is just like it."""
    verdict = decision.verdict(second.route, [best.route, second.route])
    return None if verdict is None else _comparison(verdict.step, best, second, paths)


def _comparison(step: Step, path: Path, rival: Path, paths: Sequence[Path]) -> Comparison:
    own, others = _shown(step, path.route), _shown(step, rival.route)
    return Comparison(step.name, step.reference, label(rival, paths), own, others)


def _shown(step: Step, route: Route) -> str:
    if step is LOWER_IGP_METRIC and route.igp_metric >= IGP_METRIC_UNKNOWN:
        return "unknown"
    return str(step.shown(route))


def label(path: Path, paths: Sequence[Path]) -> str:
    """Name a route by its protocol, and by its Path Identifier if that has several."""
    source = path.route.source
    several = sum(other.route.source is source for other in paths) > 1
    return f"{source.name} (path {path.identifier})" if several else source.name


def why_not_best(decision: Decision, path: Path, paths: Sequence[Path]) -> str | None:
    """Explain what kept a route from being the best one of its prefix; None for the best."""
    if path.route.refusal is not None:
        return path.route.refusal.value
    comparison = compared(decision, path, paths)
    return None if comparison is None else f"lost {comparison.text('against')}"
