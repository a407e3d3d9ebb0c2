"""A filter run over one route so that one can see what it does."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rib.filters.attributes import ATTRIBUTES
from rib.filters.compiler.unit import Style
from rib.filters.errors import RunError
from rib.filters.program import Program
from rib.filters.running.judging import UNDECIDED
from rib.filters.running.run import NOWHERE, DecidedError, Decision, Run, Subject, Surroundings
from rib.filters.running.trace import Change, Trace
from rib.filters.running.work import uncounted
from rib.filters.syntax import Filter


class Trial(NamedTuple):
    """What came of it."""

    decision: Decision
    """ERROR also if it stopped, or came to its end without any."""
    complaint: str
    """What went wrong; empty if nothing did."""
    run: Run
    trace: Trace

    @property
    def printed(self) -> list[str]:
        """The lines that it printed."""
        return self.run.printed


def attempt(program: Program, tree: Filter, subject: Subject, surroundings: Surroundings = NOWHERE) -> Trial:
    """Run a resolved filter over a route and take notes."""
    trace = Trace()
    run = Run(subject, surroundings, trace)
    complaint = ""
    decision = Decision.ERROR
    try:
        value = program.compile(tree, Style.TRACED)(run)
        if isinstance(value, Decision):
            decision = value
        else:
            complaint = UNDECIDED.format(tree.name or "(unnamed)")
    except DecidedError as error:
        decision = error.decision
    except RunError as error:
        complaint = str(error)
    return Trial(decision, complaint, run, trace)


def values(run: Run) -> Mapping[str, object]:
    """Return everything that a filter would read of the route by now."""
    return {name: uncounted(run, attribute.read) for name, attribute in ATTRIBUTES.items()}


def changes(trial: Trial, subject: Subject) -> Iterator[Change]:
    """Yield what became of the attributes that are not what they were."""
    before = values(Run(subject, trial.run.surroundings))
    for name, after in values(trial.run).items():
        if after != before[name]:
            yield Change(name, before[name], after)
