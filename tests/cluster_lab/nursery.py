"""Daemons that begin as copies of one process, in which the program is loaded already.

Usage: ``python -m tests.cluster_lab.nursery``. Each line of input is JSON: a network namespace, a log file
and the arguments of ``bgpd``. It is answered with the number of the process that runs it; at the end of the
input all of them are killed. To load the program takes some 0.6 s of processor time and 40 MB, which a
machine with a hundred daemons need not spend on each of them: copies share what none of them changes.
"""

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Self

from pyroute2 import netns

from bgpd.__main__ import main as bgpd
from tests.interop.lab import Host


class Nursery:
    """The first process, in the hands of a test; a context manager."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster_lab.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and with it all daemons."""
        self._child.communicate()

    def start(self, host: Host, log: Path, arguments: Sequence[str | Path]) -> int:
        """Start a daemon on a host and return its process's number."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        order = [host.namespace, str(log), [str(each) for each in arguments]]
        self._child.stdin.write(f"{json.dumps(order)}\n")
        self._child.stdin.flush()
        return int(self._child.stdout.readline())


def _live(namespace: str, log: str, arguments: list[str]) -> NoReturn:
    """Be a daemon."""
    status = 70
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for new, old in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(new, old)
        netns.setns(namespace)
        status = bgpd(arguments)
    finally:
        os._exit(status)


def main() -> None:
    """Start daemons until there are no more orders."""
    gc.collect()
    gc.freeze()  # or the first collection of each copy would write to everything that is shared
    children = []
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(*json.loads(line))
        children.append(pid)
        print(pid, flush=True)
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
