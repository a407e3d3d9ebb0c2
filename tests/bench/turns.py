"""Daemons that take turns at the same thing, so that a bad minute of the machine is bad for all of them."""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from statistics import median
from typing import Final, NamedTuple, TypeAlias

from tests.bench.daemons import BGPD, BIRD2, Program, contestants
from tests.bench.running import Cost
from tests.bench.scenario import Column, Figure, Row, Size

Turn: TypeAlias = Callable[[Program], Mapping[str, Cost]]
"""Lets a daemon that has just been started do something; returns what each part of it cost."""

_SLOW: Final = 5
"""A daemon that takes so many times as long as ours has one turn only."""
_LONG: Final = 10.0
"""Seconds; shorter turns are no burden."""

SIDE_BY_SIDE: Final = (
    Column("wall s", ".3f"),
    Column("fastest", ".3f"),
    Column("slowest", ".3f"),
    Column("CPU s", ".3f"),
    Column("least", ".3f"),
    Column("most", ".3f"),
    Column("peak MB", ",.0f"),
    Column("callback CPU ms", ",.0f"),
    Column("callback wall ms", ",.0f"),
    Column("to BIRD 2.0"),
    Column("CPU to BIRD 2.0"),
)
"""What the turns of several daemons cost."""


class Result(NamedTuple):
    """What one part cost a daemon, in each of its turns, and what it cost BIRD 2.0 in these."""

    part: str
    program: Program
    costs: Sequence[Cost]
    others: Sequence[Cost]

    @property
    def row(self) -> Row:
        return Row(f"{self.part}: {self.program.name}", self.figures)

    @property
    def figures(self) -> Sequence[Figure]:
        """The figures of ``SIDE_BY_SIDE``: medians, and the worst of what must never be too much."""
        walls = [cost.wall for cost in self.costs]
        cpus = [cost.cpu for cost in self.costs]
        callbacks = [cost.callback for cost in self.costs if cost.callback is not None]
        pairs = [*zip(self.costs, self.others, strict=False)]
        return (
            *(median(walls), min(walls), max(walls)),
            *(median(cpus), min(cpus), max(cpus)),
            max(cost.peak for cost in self.costs) / (1 << 20),
            max((each.cpu * 1000 for each in callbacks), default=None),
            max((each.wall * 1000 for each in callbacks), default=None),
            _ratio((cost.wall, other.wall) for cost, other in pairs),
            _ratio((cost.cpu, other.cpu) for cost, other in pairs),
        )


def _ratio(pairs: Iterator[tuple[float, float]]) -> float | None:
    """Return the median of the ratios of each turn, or ``None`` if there is nothing to compare with."""
    ratios = [one / other for one, other in pairs if other]
    return median(ratios) if ratios else None


def side_by_side(programs: Sequence[Program], rounds: int, turn: Turn) -> Iterator[Result]:
    """Let each have that many turns, one after the other, and yield what they cost."""
    costs: dict[Program, list[Mapping[str, Cost]]] = {each: [] for each in programs}
    patient = list(programs)
    for number in range(rounds):
        for each in patient:
            costs[each].append(turn(each))
            _tell(each, number + 1, costs[each][-1])
        if number == 0 and BGPD in costs:
            [ours] = costs[BGPD]
            patient = [each for each in programs if not _is_slow(costs[each][0], ours)]
    for part in costs[programs[0]][0] if programs else ():
        for each, turns in costs.items():
            others = [its[part] for its in costs.get(BIRD2, [])]
            yield Result(part, each, [its[part] for its in turns], others)


def compare(
    size: Size, part: str, cost_of: Callable[[Program], Cost], among: Collection[str] = ()
) -> Iterator[Result]:
    """Let those who take part do one thing in turns."""
    programs = contestants(size.daemons, among)
    return side_by_side(programs, size.rounds, lambda program: {part: cost_of(program)})


def _is_slow(costs: Mapping[str, Cost], ours: Mapping[str, Cost]) -> bool:
    return all(costs[part].wall > max(_LONG, _SLOW * ours[part].wall) for part in ours)


def _tell(program: Program, number: int, costs: Mapping[str, Cost]) -> None:
    """Show that something happens: the figures come when everybody has had all turns."""
    for part, cost in costs.items():
        seconds = f"{cost.wall:.2f} s, {cost.cpu:.2f} CPU s, {cost.peak / (1 << 20):,.0f} MB"
        print(f"    turn {number}, {part}: {program.name} {seconds}", file=sys.stderr, flush=True)
