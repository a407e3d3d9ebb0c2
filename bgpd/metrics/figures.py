"""All figures, in the order in which they are on the page."""

from collections.abc import Sequence
from typing import Final

from bgpd.metrics import kernel, neighbors, process, routes
from bgpd.metrics.figure import Figure

SECTIONS: Final[dict[str, Sequence[Figure]]] = {
    "The daemon": process.FIGURES,
    "Neighbors": neighbors.FIGURES,
    "Routes": routes.FIGURES,
    "The kernel": kernel.FIGURES,
}
FIGURES: Final[Sequence[Figure]] = [figure for section in SECTIONS.values() for figure in section]
