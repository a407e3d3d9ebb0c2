"""A short search, always the same; ``make fuzz`` goes on from there."""

import pytest

from messages.attributes import MULTI_EXIT_DISC
from tests.fuzz import search as search_module
from tests.fuzz.search import LimitError, Step, read_step, search, steps, write_step
from tests.fuzz.seeds import update, vector_messages
from tests.fuzz.world import CONTEXTS, DisagreementError, World

WORLDS = 30
SEEDS = vector_messages()
ANNOUNCEMENT = update(bytes.fromhex("40010100 40020602010000fde9 400304c0000201"), bytes.fromhex("080a"))


def test_nothing_is_found() -> None:
    for world in range(WORLDS):
        finding = search(1, SEEDS, world)
        if finding is not None:
            words = " ".join(map(write_step, finding.steps))
            raise AssertionError(f"world {world} breaks, see --replay {words}") from finding.error


def test_the_same_seed_makes_the_same_steps() -> None:
    assert list(steps(7, SEEDS, 50)) == list(steps(7, SEEDS, 50))
    assert list(steps(7, SEEDS, 50)) != list(steps(8, SEEDS, 50))


def test_a_world_passes_routes_on() -> None:
    """Otherwise the search would compare nothing with nothing."""
    world = World()
    world.step(0, ANNOUNCEMENT, now=0)
    world.check()
    held = [len(keys) for observer in world.observers for keys in observer.listener.held.values()]
    assert sorted(held) == [0] * len(CONTEXTS) + [1] * len(CONTEXTS)


def test_a_member_that_holds_something_else_is_noticed() -> None:
    world = World()
    world.step(0, ANNOUNCEMENT, now=0)
    for held in world.observers[1].listener.held.values():
        for key in held:
            held[key] = held[key].replace({MULTI_EXIT_DISC: 1})
    with pytest.raises(DisagreementError, match="internal13 holds"):
        world.check()


def test_steps_without_effect_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a limit of no time at all every sequence breaks, and one step is enough."""
    monkeypatch.setattr(search_module, "CPU_SECONDS_PER_STEP", 0.0)
    finding = search(1, SEEDS, 0)
    assert finding is not None
    assert isinstance(finding.error, LimitError)
    assert len(finding.steps) == 1


@pytest.mark.parametrize("step", list(steps(3, SEEDS, 20)))
def test_a_step_is_reported_so_that_it_can_be_played_again(step: Step) -> None:
    assert read_step(write_step(step)) == step
