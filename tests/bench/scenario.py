"""What a scenario of `make bench` is, how big it is, and how its figures are printed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

Figure: TypeAlias = int | float | None
"""``None`` is what nobody can know."""

_LONGEST_TITLE: Final = 44
_NARROWEST: Final = 9
_QUICK: Final = 0.1
"""At a smaller share of the full size, one turn has to do, and one shape of a scenario."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is of everything, and who takes part."""

    share: float = 1.0
    """Of the full size."""
    rounds: int = 5
    """So many turns has each daemon, where several are measured side by side."""
    daemons: tuple[str, ...] = ()
    """Those that take part; all if empty."""
    plots: Path | None = None
    """The folder where curves are drawn."""
    transits: tuple[int, ...] = (100_000, 500_000, 1_000_000)
    withdrawn: int = 500_000
    prefixes: int = 200_000
    feeds: tuple[int, ...] = (1, 5)
    """So many neighbors hold the same prefixes, each with attributes of its own."""
    reflections: tuple[tuple[int, int], ...] = ((100, 10), (200, 50))
    """Clients, and routes of each."""
    neighbors: tuple[int, ...] = (1, 5, 20)
    """The same as ``feeds``, where bgpd is alone."""
    flapping: int = 100_000
    flaps: int = 10
    kernel_routes: int = 100_000
    kernel_most: int = 1_000_000
    """Routes that each daemon brings into the kernel once."""
    kernel_idle_seconds: int = 120
    idle_seconds: int = 5
    """After the start."""
    scale_transits: tuple[int, ...] = (1_000, 10_000, 100_000, 300_000, 1_000_000)
    scale_feeds: tuple[int, ...] = (1, 5, 20, 50)
    scale_prefixes: int = 50_000
    """Each of the feeds has them."""
    scale_clients: tuple[int, ...] = (10, 50, 100, 200, 500)
    scale_client_routes: int = 10

    @property
    def is_full(self) -> bool:
        """Whether nothing is left out."""
        return self.share == 1

    def scaled(self, share: float) -> "Size":
        """Return a size of which everything that may be big is that much of this one."""
        if share == 1:
            return self

        all_shapes = share >= _QUICK
        some = slice(None) if all_shapes else slice(-1, None)

        def part(full: int, least: int = 100) -> int:
            return max(least, round(full * share))

        return replace(
            self,
            share=share,
            rounds=self.rounds if all_shapes else 1,
            transits=_parts(self.transits, share, 100),
            withdrawn=part(self.withdrawn),
            prefixes=part(self.prefixes),
            feeds=self.feeds[some],
            reflections=tuple((part(clients, 4), routes) for clients, routes in self.reflections[some]),
            flapping=part(self.flapping),
            kernel_routes=part(self.kernel_routes),
            kernel_most=part(self.kernel_most),
            kernel_idle_seconds=part(self.kernel_idle_seconds, 1),
            idle_seconds=part(self.idle_seconds, 0),
            scale_transits=_parts(self.scale_transits, share, 10),
            scale_feeds=self.scale_feeds[: None if all_shapes else 2],
            scale_prefixes=part(self.scale_prefixes),
            scale_clients=_parts(self.scale_clients, share, 4),
        )


def _parts(full: Sequence[int], share: float, least: int) -> tuple[int, ...]:
    """Return that share of each, once if several are the same then."""
    return tuple(dict.fromkeys(max(least, round(each * share)) for each in full))


class Column(NamedTuple):
    """One kind of figure."""

    heading: str
    form: str = ".2f"

    @property
    def width(self) -> int:
        """How much room it takes."""
        return max(len(self.heading), _NARROWEST) + 2

    def shown(self, figure: Figure) -> str:
        """Return a figure as it stands below the heading."""
        return f"{'-':>{self.width}}" if figure is None else f"{figure:>{self.width}{self.form}}"


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
            shown = "".join(column.shown(figure) for column, figure in figures)
            yield f"  {row.title:<{_LONGEST_TITLE}}{shown}"


COSTS: Final = (
    Column("wall s"),
    Column("CPU s"),
    Column("peak MB", ",.0f"),
    Column("callback CPU ms", ",.0f"),
    Column("callback wall ms", ",.0f"),
)
"""What one thing costs a daemon that is measured once."""
