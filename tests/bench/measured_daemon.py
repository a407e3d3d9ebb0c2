"""Run bgpd with every event-loop callback measured; figures go to a JSON file when it stops.

Usage: python -m tests.bench.measured_daemon FIGURES bgpd-arguments...
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from bgpd.__main__ import main


class Longest:
    """The longest callback so far, in thread CPU seconds and in wall seconds."""

    def __init__(self) -> None:
        self.cpu = 0.0
        self.wall = 0.0
        self.what = ""


def measure(longest: Longest) -> None:
    """Wrap every callback that the event loop runs."""
    plain_run = asyncio.Handle._run

    def run(handle: Any) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        plain_run(handle)
        cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
        longest.wall = max(longest.wall, wall)
        if cpu > longest.cpu:
            longest.cpu = cpu
            longest.what = repr(handle)

    asyncio.Handle._run = run  # type: ignore[method-assign, assignment]  # there is no hook
    asyncio.TimerHandle._run = run  # type: ignore[method-assign, assignment]  # there is no hook


if __name__ == "__main__":
    longest = Longest()
    measure(longest)
    figures = Path(sys.argv[1])
    sys.argv = ["bgpd", *sys.argv[2:]]
    try:
        code = main()
    finally:
        figures.write_text(json.dumps(vars(longest)))
    sys.exit(code)
