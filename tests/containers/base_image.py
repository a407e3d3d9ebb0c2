"""What plays ``python:3.13-slim``: a clean Debian, and a Python in /usr/local, bare as in that image."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.installation import debian
from tests.installation.cache import kept
from tests.installation.interpreters import found
from tests.installation.root import Root
from tests.requirements import skip_package_missing

VERSION: Final = "3.13"
_LEFT_OUT: Final = ("test", "tests", "idle_test", "__pycache__", "site-packages", "config-*", "_tkinter*")
"""Of Python's library; that image has no compiled files, either."""


def base_image() -> Path:
    """Return the folders that are laid over each other, the upper one first, for ``Root``."""
    return Path(f"{kept(f'python-{VERSION}-slim', _make)}:{debian.made()}")


def _make(place: Path) -> None:
    prefix = _prefix()
    system = debian.made()
    target = place / "usr" / "local"
    (target / "bin").mkdir(parents=True)
    library = f"lib/python{VERSION}"
    shutil.copytree(
        prefix / library, target / library, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT)
    )
    packages = f"{library}/site-packages"
    shutil.copytree(prefix / packages / "pip", target / packages / "pip")
    program = target / "bin" / f"python{VERSION}"
    shutil.copy2(prefix / "bin" / program.name, program)
    for name in ("python3", "python"):
        (target / "bin" / name).symlink_to(program.name)
    for path in _linked([program, *(prefix / library / "lib-dynload").glob("*.so")]):
        if prefix in path.parents or not any((system / f"{each}{path}").exists() for each in ("", "usr/")):
            shutil.copy2(path.resolve(), target / "lib" / path.name)
    with Root(Path(f"{place}:{system}")) as root:
        root.run("ldconfig")
        (place / "etc").mkdir()
        shutil.copy2(root.file("/etc/ld.so.cache"), place / "etc")


def _prefix() -> Path:
    """Return where a Python of this version has its files."""
    interpreter = found(VERSION)
    if interpreter is None:
        skip_package_missing(f"python{VERSION}")
    command = [str(interpreter), "-c", "import sys; print(sys.base_prefix)"]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


def _linked(files: list[Path]) -> set[Path]:
    """Return the shared libraries that files are linked with."""
    shown = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False).stdout
    return {Path(path) for path in re.findall(r"=> (/\S+) \(0x", shown)}
