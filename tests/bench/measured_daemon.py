"""Run bgpd and tell how long its callbacks were and what its update groups did.

Usage: python -m tests.bench.measured_daemon FIGURES bgpd-arguments...

On SIGUSR2 the figures are written to the file, and the search for the next longest callback begins: to come
up and to be up are two things.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from bgpd.__main__ import main
from bgpd.health.callbacks import CallbackClock
from rib.update_group import UpdateGroup


def collect_clocks(clocks: list[CallbackClock]) -> None:
    """Note the clock that the daemon makes for itself."""
    plain_init = CallbackClock.__init__

    def init(clock: CallbackClock) -> None:
        plain_init(clock)
        clocks.append(clock)

    CallbackClock.__init__ = init  # type: ignore[method-assign, assignment]  # there is no hook


def collect_groups(groups: list[UpdateGroup]) -> None:
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
        self._clocks: list[CallbackClock] = []
        self._groups: list[UpdateGroup] = []
        collect_clocks(self._clocks)
        collect_groups(self._groups)

    def tell(self, *_: object) -> None:
        """Replace the file at once, so that whoever reads it finds a whole one."""
        groups = [
            {"members": len(group.members), "encodings": group.views.encodings} for group in self._groups
        ]
        draft = self._path.with_suffix(".draft")
        (clock,) = self._clocks
        draft.write_text(json.dumps({**clock.ever._asdict(), "groups": groups}))
        os.replace(draft, self._path)
        clock.start_over()


if __name__ == "__main__":
    figures = Figures(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR2, figures.tell)
    sys.argv = ["bgpd", *sys.argv[2:]]
    sys.exit(main())
