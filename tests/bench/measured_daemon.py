"""Run bgpd with its event-loop callbacks and its update groups measured.

Usage: python -m tests.bench.measured_daemon FIGURES bgpd-arguments...

On SIGUSR1 the figures are written to the file, and the search for the next longest callback begins: to come
up and to be up are two things.
"""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bgpd.__main__ import main
from rib.update_group import UpdateGroup


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


def collect(groups: list[UpdateGroup]) -> None:
    """Note every update group that is made; they live as long as the daemon."""
    plain_init = UpdateGroup.__init__

    def init(group: UpdateGroup, *arguments: Any) -> None:
        plain_init(group, *arguments)
        groups.append(group)

    UpdateGroup.__init__ = init  # type: ignore[method-assign, assignment]  # there is no hook


class Figures:
    """What is told: the longest callback since the last time, and the groups as they are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._longest = Longest()
        self._groups: list[UpdateGroup] = []
        measure(self._longest)
        collect(self._groups)

    def tell(self, *_: object) -> None:
        """Replace the file at once, so that whoever reads it finds a whole one."""
        groups = [{"members": len(group.members), "encodings": group.encodings} for group in self._groups]
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({**vars(self._longest), "groups": groups}))
        os.replace(draft, self._path)
        vars(self._longest).update(vars(Longest()))


if __name__ == "__main__":
    figures = Figures(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR1, figures.tell)
    sys.argv = ["bgpd", *sys.argv[2:]]
    sys.exit(main())
