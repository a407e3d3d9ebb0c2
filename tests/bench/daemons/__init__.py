"""Routing daemons that are given the same task; a new one is one file here and one line in ``PROGRAMS``."""

import sys
from collections.abc import Collection
from typing import Final

from tests.bench.daemons.bgpd import BGPD
from tests.bench.daemons.bird import BIRD1, BIRD2
from tests.bench.daemons.frr import FRR
from tests.bench.daemons.gobgp import GOBGP
from tests.bench.daemons.openbgpd import OPENBGPD
from tests.bench.daemons.task import LOCAL_ASN, Neighbor, Program, Task

PROGRAMS: Final[dict[str, Program]] = {
    "bgpd": BGPD,
    "bird2": BIRD2,
    "bird1": BIRD1,
    "frr": FRR,
    "openbgpd": OPENBGPD,
    "gobgp": GOBGP,
}
"""As they are chosen on the command line, in the order of their turns."""
BIRDS: Final = ("bgpd", "bird2", "bird1")
"""Those for which nothing is too big."""


def contestants(chosen: Collection[str], among: Collection[str] = ()) -> list[Program]:
    """Return those that can run here, and say which others would take part.

    An empty collection names all of them.
    """
    wanted = [name for name in PROGRAMS if name in (chosen or PROGRAMS) and name in (among or PROGRAMS)]
    for name in wanted:
        if obstacle := PROGRAMS[name].obstacle:
            print(f"  {PROGRAMS[name].name} is left out: {obstacle}", file=sys.stderr)
    return [PROGRAMS[name] for name in wanted if not PROGRAMS[name].obstacle]


__all__ = ["BGPD", "BIRD2", "BIRDS", "LOCAL_ASN", "PROGRAMS", "Neighbor", "Program", "Task", "contestants"]
