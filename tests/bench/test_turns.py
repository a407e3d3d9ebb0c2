"""Daemons take turns, the slow ones only one, and each turn is compared with BIRD's of the same round."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.bench.daemons import BGPD, BIRD2, PROGRAMS, Program, contestants
from tests.bench.running import Callback, Cost
from tests.bench.turns import SIDE_BY_SIDE, side_by_side
from tests.interop import packages

GOBGP, BIRD1 = PROGRAMS["gobgp"], PROGRAMS["bird1"]
MEGABYTE = 1 << 20


class Course:
    """Turns whose costs are known: the seconds of each daemon, in each of its turns."""

    def __init__(self, seconds: Mapping[Program, list[float]]) -> None:
        self._seconds = {program: iter(its) for program, its in seconds.items()}
        self.order: list[str] = []

    def turn(self, program: Program) -> dict[str, Cost]:
        self.order.append(program.name)
        wall = next(self._seconds[program])
        callback = Callback(wall / 100, wall / 50) if program is BGPD else None
        return {"all": Cost(wall, wall / 2, round(wall) * MEGABYTE, callback)}


def test_turns_alternate_and_the_slow_have_one() -> None:
    course = Course({BGPD: [2.0, 2.0, 2.0], BIRD2: [2.0, 2.0, 2.0], GOBGP: [10.1]})
    results = [*side_by_side([BGPD, BIRD2, GOBGP], 3, course.turn)]
    assert course.order == ["bgpd", "BIRD 2.0", "GoBGP", "bgpd", "BIRD 2.0", "bgpd", "BIRD 2.0"]
    assert [len(result.costs) for result in results] == [3, 3, 1]
    assert [result.row.title for result in results] == ["all: bgpd", "all: BIRD 2.0", "all: GoBGP"]


def test_five_times_as_long_is_not_too_slow() -> None:
    course = Course({BGPD: [2.0, 2.0], GOBGP: [10.0, 10.0]})
    assert [len(result.costs) for result in side_by_side([BGPD, GOBGP], 2, course.turn)] == [2, 2]


def test_who_is_slow_but_soon_through_has_all_turns() -> None:
    course = Course({BGPD: [0.1, 0.1], GOBGP: [9.0, 9.0]})
    assert [len(result.costs) for result in side_by_side([BGPD, GOBGP], 2, course.turn)] == [2, 2]


def test_medians_extremes_and_ratios() -> None:
    course = Course({BGPD: [1.0, 6.0, 2.0], BIRD2: [2.0, 4.0, 1.0]})
    ours, theirs = side_by_side([BGPD, BIRD2], 3, course.turn)
    #            wall, CPU,               peak, callbacks,     ratios: 0.5, 1.5 and 2
    expected = [2.0, 1.0, 6.0, 1.0, 0.5, 3.0, 6, 60.0, 120.0, 1.5, 1.5]
    assert ours.figures == pytest.approx(expected)
    assert len(expected) == len(SIDE_BY_SIDE)
    assert theirs.figures[7:] == (None, None, 1.0, 1.0)


def test_without_bird_there_is_nothing_to_compare_with() -> None:
    course = Course({BGPD: [1.0]})
    [result] = side_by_side([BGPD], 1, course.turn)
    assert result.figures[-2:] == (None, None)


def test_a_daemon_that_is_not_installed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages, "CACHE", tmp_path)
    (tmp_path / BIRD1.package).mkdir()
    assert contestants(("bgpd", "bird1", "frr")) == [BGPD, BIRD1]
    assert capsys.readouterr().err == "  FRR is left out: make peers has not fetched it\n"


def test_who_takes_part_is_chosen() -> None:
    assert contestants(("bgpd",)) == [BGPD]
    assert contestants(("bgpd", "frr"), among=("bgpd", "bird2")) == [BGPD]
