"""What became of the tests of a file, for the person who wrote it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bgpd.config.faults import ConfigurationError, Problem
from bgpd.config.filter_tests import FilterTest, load_tests
from bgpd.filter_tests.routes import Host
from bgpd.filter_tests.running import Result, run_test
from rib.filters.errors import RunError
from rib.filters.program import Program
from rib.filters.running.narration import Narrator, narrated_lines


class Report(NamedTuple):
    """What is printed, and whether all is well."""

    lines: list[str]
    failed: int


def report(path: Path, node: str | None = None) -> Report:
    """Run all tests of a file. Raises ConfigurationError if there is anything wrong with it.

    ``node`` is the name of this host in the cluster of the configuration, if that has one.
    """
    loaded = load_tests(path, node)
    program = Program()
    for definition in loaded.definitions:
        program.define(definition)
    host = Host.of(loaded.interfaces, [test.route for test in loaded.tests])
    results = [_result(test, program, host, path) for test in loaded.tests]
    narrator = Narrator(loaded.definitions)
    failed = sum(bool(result.differences) for result in results)
    lines = [line for result in results for line in _lines(result, narrator)]
    return Report([*lines, _sum(len(results), failed)], failed)


def _result(test: FilterTest, program: Program, host: Host, path: Path) -> Result:
    """Run a test. Raises ConfigurationError if its route has what no route may have."""
    try:
        return run_test(test, program, host)
    except RunError as error:
        problem = Problem(str(path), None, f"test[{test.name}].route", str(error))
        raise ConfigurationError(problem) from None


def _sum(count: int, failed: int) -> str:
    tests = f"{count} test{'' if count == 1 else 's'}"
    return f"{tests}, {failed} failed" if failed else f"{tests}, all passed"


def _lines(result: Result, narrator: Narrator) -> Iterator[str]:
    """Yield one line for a test that has passed; for another what differs, and how the filter went."""
    test, trial, differences = result
    if not differences:
        yield f"ok      {test.filter_name}: {test.name}"
        return
    yield f"FAILED  {test.filter_name}: {test.name}"
    yield from (f"        {difference}" for difference in differences)
    yield f"        the way of {test.route.prefix} through {test.filter_name}:"
    yield from (f"          {line}" for line in narrated_lines(narrator.tell(trial.trace)))
    yield from (f"          printed: {line}" for line in trial.printed)
