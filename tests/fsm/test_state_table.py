"""``docs/fsm.md`` says what the machine does."""

from pathlib import Path

import pytest

from fsm.events import EXPIRIES, Event
from fsm.state import State
from fsm.states import TRANSITIONS
from tests.fsm.state_table import CASES, SITUATIONS, page

DOCUMENT = Path(__file__).parents[2] / "docs/fsm.md"


def test_the_document_is_made_from_the_machine() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert document == page(), "run: python -m tests.fsm.state_table > docs/fsm.md"


def test_every_event_that_a_state_lists_is_shown() -> None:
    shown = {type(case.event) for case in CASES}
    assert {event for _, event in TRANSITIONS} | {type(event) for event in EXPIRIES} <= shown


@pytest.mark.parametrize("event", [case.event for case in CASES if not case.condition], ids=str)
def test_every_event_has_a_number_of_its_own_on_the_page(event: Event) -> None:
    name = type(event).__name__
    assert f"{event.number} {name}" in page() or (event.number is None and name in page())


@pytest.mark.parametrize("title", SITUATIONS)
def test_situations_are_what_their_titles_say(title: str) -> None:
    machine = SITUATIONS[title]()
    state, _, delay = title.partition(",")
    assert (str(machine.state), machine.waits_to_open) == (state, bool(delay))


def test_every_state_is_on_the_page() -> None:
    assert {title.partition(",")[0] for title in SITUATIONS} == {str(state) for state in State}
