"""Filters as policies: what the RIB asks about routes."""

from collections.abc import Sequence
from types import TracebackType
from typing import Final, Protocol, runtime_checkable

from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.filters.analysis.prefix_reading import reading_of
from rib.filters.compiler.unit import Compiled
from rib.filters.errors import RunError
from rib.filters.program import Program
from rib.filters.running.run import NOWHERE, DecidedError, Decision, Run, Subject, Surroundings
from rib.filters.syntax import Filter
from rib.policy import Accepted, Policy
from rib.route import Route


class Reporter(Protocol):
    """Takes what filters say."""

    def printed(self, line: str) -> None:
        """Take a line that a filter printed."""

    def failed(self, complaint: str) -> None:
        """Take what went wrong: the route was refused for it."""


@runtime_checkable
class BugReporter(Protocol):
    """A reporter that takes more; without it a bug is nobody's."""

    def broke(self, filter_name: str, error: Exception) -> None:
        """Take a bug of ours that came up while a filter ran: the route was refused for it."""


UNDECIDED: Final = "Filter {} did not return accept nor reject. Make up your mind"


class FilterJudge:
    """Runs one filter over routes of one family."""

    def __init__(
        self, name: str, compiled: Compiled, octets: int, surroundings: Surroundings, reporter: Reporter
    ) -> None:
        self._name = name
        self._compiled = compiled
        self._octets = octets
        self._surroundings = surroundings
        self._reporter = reporter
        self.calls = 0
        """How often the filter was run."""

    def __call__(
        self, route: Route, attributes: AttributeSet, key: PrefixKey, /, *, silent: bool = False
    ) -> Accepted | None:
        """Return what the filter makes of a route; None if it refuses it, or fails."""
        self.calls += 1
        run = Run(Subject(route, attributes, key, self._octets), self._surroundings)
        decision = self._decision(run, silent=silent)
        return run.outcome() if decision is Decision.ACCEPT else None

    def _decision(self, run: Run, *, silent: bool) -> Decision:
        complaint = ""
        try:
            value = self._compiled(run)
            if value.__class__ is not Decision:
                complaint = UNDECIDED.format(self._name)
        except DecidedError as error:
            value = error.decision
        except RunError as error:
            value, complaint = None, f"filters, line {line_of(error.__traceback__)}: {error}"
        except Exception as error:  # it costs this route, and nothing else
            if not isinstance(self._reporter, BugReporter):
                raise
            self._reporter.broke(self._name, error)
            return Decision.ERROR
        if not silent:
            self._tell(run.printed, complaint)
        return value if isinstance(value, Decision) else Decision.ERROR

    def _tell(self, printed: Sequence[str], complaint: str) -> None:
        for line in printed:
            self._reporter.printed(line)
        if complaint:
            self._reporter.failed(complaint)


def line_of(traceback: TracebackType | None) -> int:
    """Return the line of the filter in which an error came up: compiled code has its lines."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_name == "compiled":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def make_policy(
    program: Program,
    tree: Filter,
    octets: int,
    reporter: Reporter,
    surroundings: Surroundings = NOWHERE,
) -> Policy:
    """Return a resolved filter as a policy for the family whose addresses have so many octets."""
    name = tree.name or "(unnamed)"
    judge = FilterJudge(name, program.compile(tree), octets, surroundings, reporter)
    reading, kind_of = reading_of(tree, program.symbols, octets)
    return Policy(name, judge, reading, kind_of)
