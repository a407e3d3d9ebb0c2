"""Whose turn it is when many want one."""

from collections.abc import Callable, Collection
from itertools import count

import pytest

from bgpd.control.turns import More, Turns


class Passes:
    """A loop that makes a pass when the test says so."""

    def __init__(self) -> None:
        self.due: list[Callable[[], object]] = []

    def call_soon(self, callback: Callable[[], object], /) -> None:
        self.due.append(callback)

    def run(self) -> None:
        due, self.due = self.due, []
        for callback in due:
            callback()


@pytest.fixture
def passes() -> Passes:
    return Passes()


@pytest.fixture
def turns(passes: Passes) -> Turns:
    return Turns(passes)


def noting(log: list[str], name: str, slices: int = 1, alone: Collection[int] = ()) -> Callable[[], More]:
    """Return work that takes so many slices; after those of some numbers it wants to go on before others."""
    numbers = count(1)

    def work() -> More:
        log.append(name)
        number = next(numbers)
        if number >= slices:
            return More.NOTHING
        return More.BEFORE_OTHERS if number in alone else More.AFTER_OTHERS

    return work


def test_who_comes_is_served_in_the_next_pass_however_many_are_in_the_middle(
    passes: Passes, turns: Turns
) -> None:
    log: list[str] = []
    for number in range(50):
        turns.join(noting(log, f"dump {number}", slices=1_000))
    for _ in range(5):
        passes.run()
    turns.join(noting(log, "status"))
    del log[:]
    passes.run()
    assert "status" in log


def test_of_those_in_the_middle_each_pass_serves_one_in_turn(passes: Passes, turns: Turns) -> None:
    log: list[str] = []
    for name in "abc":
        turns.join(noting(log, name, slices=1_000), goes_on=True)
    for expected in "abcabc":
        passes.run()
        assert log.pop() == expected
        assert not log


def test_who_must_go_on_alone_keeps_its_place_and_newcomers_do_not_overtake_it(
    passes: Passes, turns: Turns
) -> None:
    log: list[str] = []
    turns.join(noting(log, "a", slices=1_000), goes_on=True)
    turns.join(noting(log, "b", slices=1_000, alone={1, 2, 3}), goes_on=True)
    turns.join(noting(log, "c", slices=1_000, alone={1, 2}))
    for _ in range(10):
        passes.run()
    assert log == [*"ac", *"bbbb", *"a", *"cc", *"b", *"a"]


def test_newcomers_without_end_do_not_stop_who_is_in_the_middle(passes: Passes, turns: Turns) -> None:
    log: list[str] = []
    turns.join(noting(log, "dump", slices=1_000), goes_on=True)
    for _ in range(10):
        turns.join(noting(log, "status"))
        passes.run()
    assert log.count("dump") == 10
    assert log.count("status") == 10


def test_a_fault_costs_nobody_else_a_turn(passes: Passes, turns: Turns) -> None:
    log: list[str] = []

    def fails() -> More:
        raise RuntimeError

    turns.join(fails, goes_on=True)
    turns.join(fails)
    turns.join(noting(log, "status"))
    for _ in range(2):
        with pytest.raises(RuntimeError):
            passes.run()
    passes.run()
    assert log == ["status"]


def test_there_is_no_pass_when_there_is_nothing_to_do(passes: Passes, turns: Turns) -> None:
    turns.join(noting([], "status"))
    passes.run()
    assert passes.due == []
