"""What a scenario of `make bench` is, how big it is, and how its figures are printed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self, TypeAlias

Figure: TypeAlias = int | float

_LONGEST_TITLE: Final = 44
_NARROWEST: Final = 9


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything."""

    prefixes: int = 200_000
    neighbors: tuple[int, ...] = (1, 5, 20)
    """So many hold the same prefixes, each with attributes of its own."""
    flapping: int = 100_000
    flaps: int = 10
    clients: int = 200
    client_routes: int = 50
    kernel_routes: int = 100_000
    kernel_rounds: int = 5
    """So often each daemon brings them into the kernel, in turns."""
    kernel_most: int = 1_000_000
    """Routes that each brings there once."""
    idle_seconds: int = 120
    is_full: bool = True

    @classmethod
    def scaled(cls, factor: float) -> Self:
        """Return a size of which everything that may be big is that much of the full one."""
        full = cls()
        if factor == 1:
            return full
        return cls(
            prefixes=max(100, round(full.prefixes * factor)),
            flapping=max(100, round(full.flapping * factor)),
            clients=max(4, round(full.clients * factor)),
            kernel_routes=max(100, round(full.kernel_routes * factor)),
            kernel_rounds=max(1, round(full.kernel_rounds * min(1, factor * 10))),
            kernel_most=max(100, round(full.kernel_most * factor)),
            idle_seconds=max(1, round(full.idle_seconds * factor)),
            is_full=False,
        )


class Column(NamedTuple):
    """One kind of figure."""

    heading: str
    form: str = ".2f"

    @property
    def width(self) -> int:
        """How much room it takes."""
        return max(len(self.heading), _NARROWEST) + 2


class Row(NamedTuple):
    """What was measured of one thing, a figure for each column."""

    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the table of scenarios."""

    name: str
    about: str
    columns: Sequence[Column]
    measure: Callable[[Size], Iterator[Row]]

    def lines(self, size: Size) -> Iterator[str]:
        """Run it, and yield what is printed as soon as it is known."""
        yield f"{self.name}: {self.about}"
        headings = "".join(f"{column.heading:>{column.width}}" for column in self.columns)
        yield f"  {'':<{_LONGEST_TITLE}}{headings}"
        for row in self.measure(size):
            figures = zip(self.columns, row.figures, strict=True)
            shown = "".join(f"{figure:>{column.width}{column.form}}" for column, figure in figures)
            yield f"  {row.title:<{_LONGEST_TITLE}}{shown}"


COSTS: Final = (
    Column("wall s"),
    Column("CPU s"),
    Column("peak MB", ",.0f"),
    Column("callback CPU ms", ",.0f"),
    Column("callback wall ms", ",.0f"),
)
"""What it costs the daemon: the first figures of every scenario with one."""
