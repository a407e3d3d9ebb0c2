"""What a daemon costs as there is more of something: prefixes, feeds, or clients of a route reflector."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Final

from tests.bench.daemons import BIRDS
from tests.bench.feeds import choose
from tests.bench.plot import Curve, draw
from tests.bench.reflection import reflect
from tests.bench.running import Cost
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.bench.transit import announce, feed
from tests.bench.turns import SIDE_BY_SIDE, compare


@dataclass(frozen=True, slots=True)
class Growth:
    """Something of which there is more and more."""

    name: str
    title: str
    counted: str
    """What the horizontal axis counts."""
    counts: Sequence[int]
    cost_of: Callable[..., Cost]
    """Of a program, and ``count``."""
    work: Callable[[int], int]
    """How many prefixes or paths that is."""


def _growths(size: Size) -> Iterator[Growth]:
    prefixes, routes = size.scale_prefixes, size.scale_client_routes
    yield Growth(
        "transit",
        "A table from one neighbor to another",
        "prefixes",
        size.scale_transits,
        lambda program, count: announce(program, feed(count)),
        lambda count: count,
    )
    yield Growth(
        "feeds",
        f"Neighbors that all have the same {prefixes:,} prefixes",
        "neighbors",
        size.scale_feeds,
        lambda program, count: choose(program, count, prefixes),
        lambda count: count * prefixes,
    )
    yield Growth(
        "reflection",
        f"A route reflector: clients with {routes} routes each",
        "clients",
        size.scale_clients,
        lambda program, count: reflect(program, count, routes, {}),
        lambda count: count * (count - 1) * routes,
    )


def _measure(size: Size) -> Iterator[Row]:
    for growth in _growths(size):
        points: dict[str, list[tuple[float, float]]] = {}
        for count in growth.counts:
            part = f"{growth.name}, {count:,} {growth.counted}"
            for result in compare(size, part, partial(growth.cost_of, count=count), BIRDS):
                cpu = median(cost.cpu for cost in result.costs)
                points.setdefault(result.program.name, []).append((count, cpu))
                yield Row(result.row.title, (*result.figures, cpu / growth.work(count) * 1e6))
        if size.plots is not None:
            curves = [Curve(name, its) for name, its in points.items()]
            picture = draw(growth.title, growth.counted, "CPU seconds", curves)
            size.plots.mkdir(parents=True, exist_ok=True)
            (size.plots / f"scale-{growth.name}.svg").write_text(picture)


SCALE: Final = Scenario(
    "scale",
    "the same with more and more prefixes, neighbors and clients, next to BIRD",
    (*SIDE_BY_SIDE, Column("CPU us each", ".2f")),
    _measure,
)
