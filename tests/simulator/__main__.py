"""``python -m tests.simulator``: random networks of BGP speakers, in one process and without sockets.

The same seed makes the same scenarios. One that fails is printed in its shortest form; ``--seed`` with
``--only`` plays it again.
"""

import argparse
import secrets
import sys
import time
import traceback

from tests.simulator.report import describe
from tests.simulator.scenario import Failure, make_scenario, make_scenario_of_restarts, search
from tests.simulator.topology import KINDS


def main() -> int:
    options = _parser().parse_args()
    seed = secrets.randbelow(1 << 32) if options.seed is None else options.seed
    numbers = range(options.scenarios) if options.only is None else [options.only]
    make = make_scenario_of_restarts if options.restarts else make_scenario
    print(f"seed {seed}", flush=True)
    started = reported = time.monotonic()
    for done, number in enumerate(numbers):
        failure = search(f"{seed}/{number}", options.kind, make)
        if failure is not None:
            _report(seed, number, failure)
            return 1
        if time.monotonic() - reported >= options.every:
            reported = time.monotonic()
            print(f"  {reported - started:.0f} s: {done + 1:,} scenarios", flush=True)
    print(f"nothing found in {len(numbers):,} scenarios")
    return 0


def _report(seed: int, number: int, failure: Failure) -> None:
    traceback.print_exception(failure.error)
    print(f"\nfound with --seed {seed} --only {number}:")
    print("\n".join(describe(failure.scenario)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__.splitlines()[0])
    parser.add_argument("--scenarios", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--seed", type=int, help="play the same scenarios again")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="play only this one")
    parser.add_argument("--kind", choices=KINDS, help="only networks of this kind")
    parser.add_argument("--restarts", action="store_true", help="with speakers that are killed (RFC 4724)")
    parser.add_argument("--every", type=float, default=10, help="seconds between reports (default 10)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
