"""`make bench`: how fast routes move through bgpd, and what they cost it in memory.

The daemons run in a network namespace of their own, with kernel synchronization off where it is not what is
measured. What the scenarios do,
and what the figures mean, is in docs/performance.md.
"""

import argparse
import os
import sys
from typing import Final

from tests.bench.best_path import BEST_PATH
from tests.bench.codec import CODEC
from tests.bench.daemon import OURS
from tests.bench.filters import FILTERS
from tests.bench.flap import FLAP
from tests.bench.kernel import KERNEL
from tests.bench.kernel_idle import KERNEL_IDLE
from tests.bench.memory import MEMORY
from tests.bench.reflection import REFLECTION
from tests.bench.scenario import Scenario, Size
from tests.bench.selection import SELECTION
from tests.bench.transfer import TRANSFER

SCENARIOS: Final[dict[str, Scenario]] = {
    each.name: each
    for each in (
        TRANSFER,
        BEST_PATH,
        SELECTION,
        REFLECTION,
        FLAP,
        MEMORY,
        CODEC,
        FILTERS,
        KERNEL,
        KERNEL_IDLE,
    )
}
_INSIDE: Final = "BGPD_BENCH_INSIDE"
_EXAMPLE: Final = "example: python -m tests.bench best-path selection --scale 0.1"


def enter_namespace() -> None:
    """Start over in a network namespace whose loopback has the addresses of all speakers."""
    if os.environ.get(_INSIDE):
        return
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    setup = f'ip link set lo up && ip address add {OURS}/24 dev lo && exec "$@"'
    command = ["unshare", "--net", *rights, "sh", "-c", setup, "sh", sys.executable, "-m", "tests.bench"]
    os.execvpe(command[0], [*command, *sys.argv[1:]], os.environ | {_INSIDE: "1"})


def _parser() -> argparse.ArgumentParser:
    names = "\n".join(f"  {each.name:<12}{each.about}" for each in SCENARIOS.values())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__.splitlines()[0],
        epilog=f"scenarios:\n{names}\n\n{_EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="what to measure (default: all)")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how big, as a share of the full size (default 1)"
    )
    parser.add_argument("--rounds", type=int, default=1, help="how often (default 1)")
    return parser


def main() -> None:
    """Run the scenarios that were asked for, and print their figures."""
    parser = _parser()
    options = parser.parse_args()
    unknown = [name for name in options.scenarios if name not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    enter_namespace()
    size = Size.scaled(options.scale)
    for _ in range(options.rounds):
        for name in options.scenarios or SCENARIOS:
            for line in SCENARIOS[name].lines(size):
                print(line, flush=True)
            print()


if __name__ == "__main__":
    main()
