"""The versions of Python that this machine has and bgpd runs under."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

VERSIONS: Final = ("3.11", "3.12", "3.13")
_PROBE: Final = "import sys; print('%d.%d' % sys.version_info[:2])"
_PYENV: Final = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"


@cache
def found(version: str) -> Path | None:
    """Return an interpreter of this version, or ``None``: there is none that works."""
    on_path = shutil.which(f"python{version}")
    of_pyenv = sorted(_PYENV.glob(f"{version}.*/bin/python{version}"), reverse=True)
    # What pyenv has on the path may be a script that refuses, so the interpreters themselves go first.
    for each in [*of_pyenv, *([Path(on_path)] if on_path else [])]:
        tried = subprocess.run([each, "-c", _PROBE], capture_output=True, text=True, check=False)
        if tried.stdout.strip() == version:
            return each
    return None
