"""The commands of BIRD as tests run them: ours from the checkout, and BIRD's own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.daemon.command import ENVIRONMENT, Ended
from tests.interop import packages
from tests.requirements import skip_package_missing

_SECONDS: Final = 60.0


def ours(name: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command line of one of our commands."""
    return [sys.executable, "-m", "bgpd.programs", name, *arguments]


def real(name: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command line of BIRD 1.6.8; the test is skipped without it."""
    place = packages.folder("bird")
    if place is None:
        skip_package_missing("bird")
    return [place / "usr/sbin" / name, *arguments]


def ended(command: list[str | Path], folder: Path | None = None) -> Ended:
    """Run a command to its end."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, **ENVIRONMENT},
        text=True,
        timeout=_SECONDS,
        check=False,
        cwd=folder,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
