"""BIRD 1.6.8 and our daemon in the same world say the same, send the same and write the same."""

import os
import re
from collections.abc import Sequence
from typing import Final

import pytest

from tests.interop.drop_in.comparison import answers, differences, show
from tests.interop.drop_in.expected import remaining
from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.drop_in.scenario import Scenario
from tests.interop.drop_in.scenarios import IN_SHORT, SCENARIOS
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = [pytest.mark.interop, pytest.mark.soak]


LONG: Final = bool(os.environ.get("BGPD_SOAK"))
CHOSEN: Final = SCENARIOS if LONG else IN_SHORT


def sides(lab: Lab, scenario: Scenario, other: Program) -> tuple[Side, Side]:
    """Return BIRD's side and the other one, with all sessions up."""
    both = Side(lab, BIRD, scenario, "bird"), Side(lab, other, scenario, "other")
    for side in both:
        side.start()
    for side in both:
        eventually(side.is_up)
    return both


def check(lab: Lab, scenario: Scenario, other: Program = OURS) -> None:
    """Fail if there are differences that nothing explains."""
    theirs, ours = sides(lab, scenario, other)
    found = remaining(lambda: differences(answers(theirs, scenario), answers(ours, scenario)))
    assert not found, show(found)
    if other is OURS:
        check_counts(ours)


def check_counts(ours: Side) -> None:
    """What is said to be exported is what is listed as exported; BIRD's own numbers differ at times."""
    for family in ours.scenario.families:
        for name in ours.scenario.sessions(family):
            lines = [line.text for line in ours.node.ask(family, f"show protocols all {name}")]
            said = next(found[1] for line in lines if (found := re.search(r"(\d+) exported", line)))
            [line] = ours.node.ask(family, f"show route {_table(lines)} export {name} count")
            assert line.text.split()[0] == said, f"{name}: {said} exported, but {line.text}"


def _table(lines: Sequence[str]) -> str:
    """Return which table the protocol is attached to, for ``show route``."""
    return f"table {lines[1].split()[2]}"


@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda scenario: scenario.name)
def test_answers_routes_and_kernels_are_the_same(lab: Lab, scenario: Scenario) -> None:
    check(lab, scenario)


@pytest.mark.parametrize("scenario", SCENARIOS if LONG else SCENARIOS[:1], ids=lambda scenario: scenario.name)
def test_what_is_compared_does_not_depend_on_chance(lab: Lab, scenario: Scenario) -> None:
    """BIRD beside BIRD: nothing but our daemon can be the cause of a difference."""
    check(lab, scenario, BIRD)
