"""Plays the suite against our daemon and others, and prints what each passes.

``python -m tests.wire.score [--failures] [ROUTER ...]``: the others show that the cases are fair.
"""

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from tests.interop import packages
from tests.interop.routers import Bgpd
from tests.interop.routers.router import Router
from tests.wire.case import Case
from tests.wire.cases import CASES, GROUPS
from tests.wire.judging import Verdict
from tests.wire.routers import ROUTERS
from tests.wire.stage import Stage

Verdicts = dict[str, Verdict]


def play_all(router: type[Router], cases: tuple[Case, ...] = CASES, progress: bool = False) -> Verdicts:
    """Return the verdict of every case, by name."""
    verdicts: Verdicts = {}
    with Stage(router, cases) as stage:
        for each in cases:
            verdict = verdicts[each.name] = stage.play(each)
            if progress and verdict.passed is False:
                print(f"  {router.name}: {each.name} ({each.rule}): {verdict.story}", flush=True)
    return verdicts


def share(verdicts: Iterable[Verdict]) -> float:
    """Return the part of the cases that passed, of those that apply."""
    counts = Counter(verdict.passed for verdict in verdicts)
    return counts[True] / ((counts[True] + counts[False]) or 1)


def table(name: str, verdicts: Verdicts) -> Iterator[str]:
    """Yield a line for a router, and one for each group of cases."""
    yield _line(name, verdicts.values())
    for group, cases in GROUPS.items():
        yield "  " + _line(group, [verdicts[each.name] for each in cases if each.name in verdicts])


def _line(name: str, verdicts: Collection[Verdict]) -> str:
    counts = Counter(verdict.passed for verdict in verdicts)
    missing = f"   {counts[None]} need what is not offered" if counts[None] else ""
    return f"{name:16}{counts[True]:5} of {counts[True] + counts[False]:3}{share(verdicts):9.1%}{missing}"


def main(arguments: Sequence[str]) -> int:
    """Print the scores; only ours has to be full."""
    by_name = {router.name: router for router in ROUTERS}
    parser = argparse.ArgumentParser(prog="python -m tests.wire.score", description=__doc__.splitlines()[0])
    parser.add_argument("routers", nargs="*", metavar="ROUTER", help=f"of {', '.join(by_name)}; default: all")
    parser.add_argument("--failures", action="store_true", help="show what does not pass, and why")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    imperfect = False
    for name in chosen.routers or by_name:
        router = by_name[name]
        if router.package and packages.folder(router.package) is None:
            print(f"{name:16} is not there; run python -m tests.interop.packages")
            continue
        verdicts = play_all(router, progress=chosen.failures)
        print("\n".join(table(name, verdicts)), flush=True)
        imperfect |= router is Bgpd and share(verdicts.values()) < 1
    return imperfect


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
