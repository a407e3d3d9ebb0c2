"""The command ``bgpd`` as an operator gives it, run to its end."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

from bgpd.__main__ import main
from tests.interop.lab import Host
from tests.interop.routers.bgpd import ROOT

ENVIRONMENT: Final = {"PYTHONPATH": str(ROOT)}
_SECONDS: Final = 60.0


class Ended(NamedTuple):
    """What is left of a process."""

    status: int
    output: str
    complaint: str


def bgpd(*arguments: str | Path) -> list[str | Path]:
    """Return the command line."""
    return [sys.executable, "-m", "bgpd", *arguments]


def inside(*arguments: str | Path) -> Ended:
    """Run the command to its end in this process, which saves it a start; nothing may come of it."""
    with redirect_stdout(StringIO()) as output, redirect_stderr(StringIO()) as complaint:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as wrong:  # argparse
            status = int(wrong.code or 0)
    return Ended(status, output.getvalue(), complaint.getvalue())


def outcome(*commands: Sequence[str | Path]) -> list[Ended]:
    """Run commands side by side to their end."""
    running = [
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **ENVIRONMENT},
            text=True,
        )
        for command in commands
    ]
    try:
        return [_ended(process) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()


def _ended(process: subprocess.Popen[str]) -> Ended:
    output, complaint = process.communicate(timeout=_SECONDS)
    return Ended(process.returncode, output, complaint)


def start_in_vain(host: Host, *arguments: str | Path, wrapper: Sequence[str] = ()) -> str:
    """Return the complaint of a daemon that cannot start, checked for what every such complaint must be."""
    (ended,) = outcome(host.entering([*wrapper, *bgpd(*arguments)]))
    assert "Traceback" not in ended.complaint
    assert (ended.status, ended.output) == (1, "")
    complaint = ended.complaint.partition("bgpd: ")[2]
    assert complaint, ended.complaint
    return complaint


def kernel_routes(host: Host) -> set[str]:
    """Return the prefixes of routes that have our protocol number, in any table of the kernel."""
    shown = [host.ip(family, "route", "show", "table", "all", "proto", "12") for family in ("-4", "-6")]
    lines = [line.split() for text in shown for line in text.splitlines()]
    prefixes = [next(word for word in words if word[0].isdigit()) for words in lines]
    assert len(prefixes) == len(set(prefixes)), f"the kernel has a route twice: {lines}"
    return set(prefixes)
