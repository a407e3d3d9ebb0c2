"""``python -m tests.fuzz``: mutated messages on the whole way from bytes to what other neighbors hold.

The same seed makes the same search. What breaks something is printed as a sequence of messages that
``--replay`` plays again.
"""

import argparse
import secrets
import sys
import time
import traceback
from collections.abc import Sequence

from tests.fuzz.search import STEPS_PER_WORLD, Finding, play, read_step, search, write_step
from tests.fuzz.seeds import real_messages, vector_messages


def main() -> int:
    options = _parser().parse_args()
    if options.replay:
        play(map(read_step, options.replay))
        print("nothing breaks")
        return 0
    seed = secrets.randbelow(1 << 32) if options.seed is None else options.seed
    real = real_messages()
    print(f"seed {seed}, {len(real) or 'no'} real messages", flush=True)
    return _run(seed, [*vector_messages() * (1 + len(real) // 500), *real], options)


def _run(seed: int, seeds: Sequence[bytes], options: argparse.Namespace) -> int:
    started = reported = time.monotonic()
    world = first = options.world or 0
    while options.world is None or world == first:
        now = time.monotonic()
        if now - started >= options.seconds:
            break
        if now - reported >= options.every:
            print(f"  {now - started:.0f} s: {(world - first) * STEPS_PER_WORLD:,} steps", flush=True)
            reported = now
        finding = search(seed, seeds, world)
        if finding is not None:
            _report(seed, finding)
            return 1
        world += 1
    print(f"nothing found in {(world - first) * STEPS_PER_WORLD:,} steps")
    return 0


def _report(seed: int, finding: Finding) -> None:
    traceback.print_exception(finding.error)
    words = " ".join(map(write_step, finding.steps))
    print(f"\nfound with --seed {seed} --world {finding.world}; {len(finding.steps)} steps do it:")
    print(f"  python -m tests.fuzz --replay {words}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--seed", type=int, help="begin a search again")
    parser.add_argument("--world", type=int, help="play only this part of the search")
    parser.add_argument("--every", type=float, default=10, help="seconds between reports (default 10)")
    parser.add_argument("--replay", nargs="+", metavar="STEP", help="play reported steps again")
    return parser


if __name__ == "__main__":
    sys.exit(main())
