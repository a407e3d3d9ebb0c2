"""A shell of root's to which the machine belongs alone: nothing that is done there is left on the host.

Its mounts, processes and networks are its own.  ``/run`` is empty, ``/etc`` a copy.
"""

import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_PREPARED: Final = """\
mkdir "$TMPDIR/etc" && cp -a /etc/. "$TMPDIR/etc" && rm -f "$TMPDIR/etc/resolv.conf"
cp -L /etc/resolv.conf "$TMPDIR/etc/" || true
mount --bind "$TMPDIR/etc" /etc
mount -t tmpfs tmpfs /run
ip link set lo up 2>/dev/null || true
exec sh -e
"""
_DONE: Final = "-- done"


class CommandFailedError(Exception):
    """What was typed has ended with an error; so has the shell."""


class Terminal:
    """A shell that is typed into; a context manager that ends whatever was started in it."""

    def __init__(self, directory: Path, *, network: bool = False) -> None:
        self._directory = directory
        self._network = network
        """Whether the network is that of the host, as for who has to fetch something."""
        self._count = 0

    def __enter__(self) -> Self:
        own = ["--mount", "--pid"] if self._network else ["--mount", "--pid", "--net"]
        self._shell = subprocess.Popen(
            ["unshare", *own, "--fork", "--kill-child", "--mount-proc", "sh", "-ec", _PREPARED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "TMPDIR": str(self._directory)},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._shell.kill()
        self._shell.communicate()

    def type(self, script: str) -> str:
        """Run commands, which must succeed, and return what they print."""
        self._count += 1
        typed = self._directory / f"{self._count}.sh"
        typed.write_text(script if script.endswith("\n") else script + "\n")
        printed = typed.with_suffix(".out")
        assert self._shell.stdin
        assert self._shell.stdout
        try:
            self._shell.stdin.write(f". {typed} </dev/null >{printed} 2>&1; echo '{_DONE}'\n")
            self._shell.stdin.flush()
        except BrokenPipeError:
            pass  # what ended it has been written
        answer = self._shell.stdout.readline()
        if answer.strip() != _DONE:
            rest = answer + self._shell.stdout.read()
            raise CommandFailedError(
                f"{script}\nprinted: {printed.read_text() if printed.exists() else rest}"
            )
        return printed.read_text()
