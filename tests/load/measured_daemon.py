"""Run bgpd with its event-loop callbacks measured, and tell in time, not only at the end.

Usage: python -m tests.load.measured_daemon FIGURES bgpd-arguments...

On SIGUSR1 the longest callback so far is written to the file, and the search for the next one begins: to come
up and to be up are two things.
"""

import json
import os
import signal
import sys
from pathlib import Path

from bgpd.__main__ import main
from tests.bench.measured_daemon import Longest, measure


class Figures:
    """The longest callback since the last one that was told."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._longest = Longest()
        measure(self._longest)

    def tell(self, *_: object) -> None:
        """Replace the file at once, so that whoever reads it finds a whole one."""
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(vars(self._longest)))
        os.replace(draft, self._path)
        vars(self._longest).update(vars(Longest()))


if __name__ == "__main__":
    figures = Figures(Path(sys.argv[1]))
    signal.signal(signal.SIGUSR1, figures.tell)
    sys.argv = ["bgpd", *sys.argv[2:]]
    sys.exit(main())
