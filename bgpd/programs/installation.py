"""``bgpd install-bird-names DIR``: the commands of BIRD in a folder, for whoever looks for them there."""

import os
import shlex
import sys
from pathlib import Path
from typing import Final

from bgpd.programs import NAMES

_LONGEST: Final = 127
"""Octets that the kernel takes of a ``#!`` line."""
_PROGRAM: Final = """{first}
import sys

{path}from bgpd.programs import run

sys.exit(run({name!r}, sys.argv[1:]))
"""


def install(folder: Path) -> list[Path]:
    """Write the four commands and return where they are; what has such a name is replaced.

    Each takes its new place at once, as a process that is running may be started again at any moment.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_install(folder / name) for name in NAMES]


def _install(path: Path) -> Path:
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with new.open("x") as file:  # nobody else may say where it goes
        file.write(_PROGRAM.format(first=_first_line(), path=_own_place(), name=path.name))
    new.chmod(0o755)
    os.replace(new, path)
    return path


def _first_line() -> str:
    """Return the line that finds this interpreter, and lets it look nowhere else for modules.

    A shell does where the kernel would not.
    """
    line = f"#!{sys.executable} -I"
    if " " not in sys.executable and len(os.fsencode(line)) <= _LONGEST:
        return line
    return f"#!/bin/sh\n'''exec' {shlex.quote(sys.executable)} -I \"$0\" \"$@\"\n' '''"


def _own_place() -> str:
    """Return what lets the interpreter find us, if we are not installed but run from a checkout."""
    root = Path(__file__).resolve().parents[2]
    installed = any(part in {"site-packages", "dist-packages"} for part in root.parts)
    return "" if installed else f"sys.path.insert(0, {str(root)!r})\n"
