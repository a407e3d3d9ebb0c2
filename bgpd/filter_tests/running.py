"""One test of a filter: run, and compared with what was expected."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bgpd.config.attribute_values import written
from bgpd.config.filter_tests import Expectation, FilterTest, attributes_of
from bgpd.config.printing import render
from bgpd.filter_tests.routes import subject_of
from rib.filters.attributes import ATTRIBUTES
from rib.filters.program import Program
from rib.filters.running.narration import place_text
from rib.filters.running.run import Decision, Run, Surroundings
from rib.filters.running.trial import Trial, attempt
from rib.filters.running.work import uncounted
from rib.filters.values import Type

_NOTHING: Final = "none"


class Result(NamedTuple):
    """What came of a test."""

    test: FilterTest
    trial: Trial
    differences: tuple[str, ...]
    """What is not as expected; nothing if the test has passed."""


def run_test(test: FilterTest, program: Program, host: Surroundings) -> Result:
    """Run the filter over the route of a test."""
    tree = program.symbols.filters[test.filter_name]
    trial = attempt(program, tree, subject_of(test.route, host), host)
    return Result(test, trial, tuple(_differences(test.expect, trial)))


def _differences(expected: Expectation, trial: Trial) -> Iterator[str]:
    if trial.decision.value != expected.verdict:
        yield f"verdict: expected {expected.verdict}, but it is {trial.decision.value}{_reason(trial)}"
    elif trial.decision is Decision.ACCEPT:
        yield from _different_attributes(expected, trial.run)
    if expected.printed is not None and expected.printed != tuple(trial.printed):
        lines = render(list(expected.printed)), render(list(trial.printed))
        yield f"printed: expected {lines[0]}, but it is {lines[1]}"


def _reason(trial: Trial) -> str:
    """Return where it was decided, and what went wrong."""
    steps = trial.trace.steps
    place = f" ({place_text(steps[-1].at)})" if steps else ""
    return f"{place}: {trial.complaint}" if trial.complaint else place


def _different_attributes(expected: Expectation, run: Run) -> Iterator[str]:
    for name, value in attributes_of(expected).items():
        found = uncounted(run, ATTRIBUTES[name].read)
        if found != value:
            yield f"{name}: expected {_text(name, value)}, but it is {_text(name, found)}"
    for name in expected.absent:
        found = uncounted(run, ATTRIBUTES[name].read)
        if found is not None and found != ():
            yield f"{name}: expected none, but it is {_text(name, found)}"


def _text(name: str, value: object) -> str:
    """Return a value as it is written in a test."""
    (kind,) = ATTRIBUTES[name].types - {Type.VOID}
    return _NOTHING if value is None else render(written(kind, value))
