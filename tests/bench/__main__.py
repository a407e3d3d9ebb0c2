"""`make bench`: how fast routes move through bgpd, next to other daemons, and what they cost in memory.

Each daemon runs in a network namespace of its own. What the scenarios do, and what the figures mean, is in
docs/performance.md.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.bench.codec import CODEC
from tests.bench.daemons import PROGRAMS
from tests.bench.feeds import FEEDS
from tests.bench.filters import FILTERS
from tests.bench.flap import FLAP
from tests.bench.kernel import KERNEL
from tests.bench.kernel_idle import KERNEL_IDLE
from tests.bench.memory import MEMORY
from tests.bench.real import REAL
from tests.bench.reflection import REFLECTION
from tests.bench.scale import SCALE
from tests.bench.scenario import Scenario, Size
from tests.bench.selection import SELECTION
from tests.bench.start import START
from tests.bench.transit import TRANSIT, WITHDRAWAL

SCENARIOS: Final[dict[str, Scenario]] = {
    each.name: each
    for each in (
        TRANSIT,
        WITHDRAWAL,
        FEEDS,
        REFLECTION,
        REAL,
        START,
        SCALE,
        KERNEL,
        KERNEL_IDLE,
        FLAP,
        MEMORY,
        SELECTION,
        CODEC,
        FILTERS,
    )
}
_INSIDE: Final = "BGPD_BENCH_INSIDE"
_EXAMPLE: Final = "example: python -m tests.bench transit feeds --daemons bgpd,bird2 --scale 0.1"


def enter_namespace() -> None:
    """Start over in a network namespace, where all neighbors of the daemons will be.

    It has processes of its own, too, so that no daemon is left whatever ends the benchmark.
    """
    if os.environ.get(_INSIDE):
        return
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    setup = 'ip link set lo up && exec "$@"'
    apart = ["unshare", *rights, "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    bench = ["sh", "-c", setup, "sh", sys.executable, "-m", "tests.bench", *sys.argv[1:]]
    os.execvpe(apart[0], [*apart, *bench], os.environ | {_INSIDE: "1"})


def _parser() -> argparse.ArgumentParser:
    names = "\n".join(f"  {each.name:<13}{each.about}" for each in SCENARIOS.values())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__.splitlines()[0],
        epilog=f"scenarios:\n{names}\n\n{_EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="what to measure (default: all)")
    parser.add_argument(
        "--daemons",
        type=lambda text: tuple(text.split(",")),
        default=(),
        metavar="NAME,...",
        help=f"who takes part (default: all of {','.join(PROGRAMS)} that are there)",
    )
    parser.add_argument(
        "--rounds", type=int, metavar="N", help="turns of each daemon (default 5; 1 if --scale is below 0.1)"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how big, as a share of the full size (default 1)"
    )
    parser.add_argument("--plot", type=Path, metavar="FOLDER", help="where to draw the curves of scale")
    return parser


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for, which is there."""
    parser = _parser()
    options = parser.parse_args(arguments)
    for what, names, known in (
        ("scenario", options.scenarios, SCENARIOS),
        ("daemon", options.daemons, PROGRAMS),
    ):
        unknown = [name for name in names if name not in known]
        if unknown:
            parser.error(f"no such {what}: {', '.join(unknown)}; there are {', '.join(known)}")
    return options


def main() -> None:
    """Run the scenarios that were asked for, and print their figures."""
    options = read_options(sys.argv[1:])
    enter_namespace()
    size = Size(daemons=options.daemons, plots=options.plot).scaled(options.scale)
    if options.rounds:
        size = replace(size, rounds=options.rounds)
    for name in options.scenarios or SCENARIOS:
        for line in SCENARIOS[name].lines(size):
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
