"""Wheels: bgpd's own, and those of what it needs for a version of Python, so that pip needs no network."""

import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from functools import partial
from hashlib import blake2s
from pathlib import Path
from typing import Final

from tests.installation.cache import kept
from tests.installation.root import REPOSITORY, clone_files, copy_clone
from tests.requirements import skip_package_missing

_PIP: Final[tuple[str, ...]] = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_HERE: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
_NO_PART: Final = ("tests/", "docs/")
"""Folders of which nothing is in a wheel."""
_WORN_SECONDS: Final = 3600.0
"""Who uses a wheel of ours has it since less."""
_ANY: Final = "-none-any.whl"
"""What a wheel's name ends in that is the same for all versions."""


def needed(version: str = _HERE) -> Path:
    """Return a folder with wheels of all that bgpd needs to be built and to run under a version."""
    return kept(f"wheels-{version}", partial(_fetch, version))


def offline(folder: Path | str) -> dict[str, str]:
    """Return the environment that has pip look into a folder and nowhere else."""
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": "/dev/null"}


def built() -> Path:
    """Return bgpd's wheel, made of the repository as it is now, as ``pip wheel .`` does."""
    digest = blake2s()
    for name in clone_files():
        if not name.startswith(_NO_PART):
            digest.update((REPOSITORY / name).read_bytes())
    (wheel,) = kept(f"ours-{digest.hexdigest()[:16]}", _build).iterdir()
    return wheel


def _build(place: Path) -> None:
    for former in place.parent.glob("ours-*"):
        if time.time() - former.stat().st_mtime > _WORN_SECONDS:
            shutil.rmtree(former)
    with tempfile.TemporaryDirectory() as clone:
        copy_clone(Path(clone))
        of_folder(Path(clone), place)


def of_folder(source: Path, place: Path) -> Path:
    """Build the wheel of a folder with the source."""
    command = [*_PIP, "wheel", "--no-deps", f"--wheel-dir={place}", str(source)]
    subprocess.run(command, env=_isolated(), check=True, timeout=300)
    (wheel,) = place.glob("bgpd-*.whl")
    return wheel


def source_distribution(place: Path, *, clone: Path) -> Path:
    """Build the source distribution, as ``python -m build`` has the backend do it."""
    backend = place / "backend"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", backend], check=True)
    install(backend / "bin/python", "setuptools", version=_HERE)
    asking = f"import setuptools.build_meta as backend; print(backend.build_sdist({str(place)!r}))"
    subprocess.run([backend / "bin/python", "-c", asking], cwd=clone, capture_output=True, check=True)
    (archive,) = place.glob("bgpd-*.tar.gz")
    return archive


def shared_files() -> set[str]:
    """Return the manual pages and completion files that come with bgpd, as paths below ``share``."""
    share = REPOSITORY / "bgpd" / "share"
    return {str(path.relative_to(share)) for path in share.rglob("*") if path.is_file()}


def install(interpreter: Path, *what: str | Path, version: str) -> None:
    """Install into the environment of an interpreter, which needs no pip of its own."""
    command = [*_PIP, "--python", interpreter, "install", "--no-compile", *what]
    subprocess.run(command, env=_isolated(version), check=True, timeout=300)


def _isolated(version: str = _HERE) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **offline(needed(version))}


def _fetch(version: str, place: Path) -> None:
    """Download wheels; what is the same for all versions is had already."""
    if version == _HERE:
        project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
        _download(place, version, [*project["project"]["dependencies"], *project["build-system"]["requires"]])
        return
    special: list[str] = []
    for wheel in needed().iterdir():
        if wheel.name.endswith(_ANY):
            (place / wheel.name).hardlink_to(wheel)
        else:
            name, number, *_ = wheel.name.split("-")
            special.append(f"{name}=={number}")
    _download(place, version, special, "--no-deps")


def _download(place: Path, version: str, what: Iterable[str], *options: str) -> None:
    wanted = ("--only-binary=:all:", f"--python-version={version}", f"--dest={place}", *options)
    done = subprocess.run(
        [*_PIP, "download", *wanted, *what], capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode:
        skip_package_missing(f"wheels for Python {version}", done.stderr[-1000:])
