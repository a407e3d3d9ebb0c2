"""A Debian system that is clean: made by debootstrap, of this machine's release and from its mirror.

That takes some 45 s, so it is for long forms; then it is kept. ``python -m tests.installation.debian``
"""

import platform
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.installation.cache import kept
from tests.requirements import skip_package_missing

PACKAGES: Final = ("python3", "python3-venv", "iproute2", "ca-certificates")
"""What there is beside the smallest Debian: what docs/installing.md asks for, and ``ip`` for tests."""
_SECONDS: Final = 1200.0


def made() -> Path:
    """Return the folder with the system, for ``Root``."""
    if shutil.which("debootstrap") is None:
        skip_package_missing("debootstrap")
    return kept(f"debian-{_codename()}", _make)


def _make(place: Path) -> None:
    codename = _codename()
    included = f"--include={','.join(PACKAGES)}"
    command = ["debootstrap", "--variant=minbase", included, codename, str(place), _mirror(codename)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        skip_package_missing("debootstrap's root", f"{done.stdout[-500:]}{done.stderr[-500:]}")
    for archive in (place / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()


def _codename() -> str:
    return platform.freedesktop_os_release()["VERSION_CODENAME"]


def _mirror(codename: str) -> str:
    """Return where this machine has the packages of its release from."""
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return next((row[0] for row in rows if row[1:] == [codename, "main"]), "")


if __name__ == "__main__":
    print(made())
