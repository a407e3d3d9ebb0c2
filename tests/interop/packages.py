"""Fetches the routing daemons that the interop tests talk to, without installing anything.

``python -m tests.interop.packages`` downloads Debian packages, with the shared libraries the machine lacks,
and unpacks each into a folder of its own below ``.cache/peers`` (or ``$BGPD_PEER_CACHE``).  What is there
already is left alone.  The exit status is 1, with a reason for each, when packages are missing at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PEERS: Final = ("bird", "bird2", "frr", "gobgpd", "openbgpd")
"""Debian's names of the packages with the daemons."""

CACHE: Final = Path(
    os.environ.get("BGPD_PEER_CACHE", Path(__file__).resolve().parents[2] / ".cache" / "peers")
).absolute()


class FetchError(Exception):
    """A package could not be had; the message says why."""


def folder(package: str) -> Path | None:
    """Return where a package is unpacked, or ``None`` if it has not been fetched."""
    place = CACHE / package
    return place if place.is_dir() else None


def library_path() -> str:
    """Return the ``LD_LIBRARY_PATH`` under which every fetched daemon runs."""
    libraries = {path.parent for path in CACHE.glob("*/usr/lib/*/**/*.so.*")}
    return ":".join(str(path) for path in sorted(libraries))


def main() -> int:
    """Fetch what is missing and report."""
    missing = [package for package in PEERS if folder(package) is None]
    if not missing:
        print(f"peers: all of {', '.join(PEERS)} are in {CACHE}")
        return 0
    print(f"peers: fetching {', '.join(missing)} into {CACHE}", flush=True)
    reasons = _fetch_all(missing)
    for package, reason in reasons.items():
        print(f"peers: package {package} not available: {reason}", file=sys.stderr)
    print(f"peers: {len(missing) - len(reasons)} fetched, {len(reasons)} not available")
    return 1 if reasons else 0


def _fetch_all(packages: Sequence[str]) -> dict[str, str]:
    """Fetch packages one by one and return the reasons of those that failed."""
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        return dict.fromkeys(packages, "this machine has no apt-get and dpkg")
    CACHE.mkdir(parents=True, exist_ok=True)
    reasons: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="apt-") as private:
        apt = _Apt(Path(private))
        for position, package in enumerate(packages):
            try:
                _fetch(apt, package)
            except FetchError as error:
                rest = packages[position:] if apt.offline else [package]
                reasons |= dict.fromkeys(rest, str(error))
                if apt.offline:
                    break
    return reasons


class _Apt:
    """apt-get with the machine's package lists or, where they are empty or stale, with fresh private ones."""

    def __init__(self, private: Path) -> None:
        self._private = private
        self._options: list[str] = []
        self._updated = False

    @property
    def offline(self) -> bool:
        """Whether not even package lists could be fetched."""
        return self._updated and not self._options

    def libraries(self, package: str) -> list[str]:
        """Return the shared libraries that installing ``package`` would bring along."""
        plan = self._ask("--simulate", "--no-install-recommends", "install", package)
        names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        return [name for name in names if name.startswith("lib")]

    def download(self, package: str) -> Path:
        """Download one package file."""
        place = self._private / package
        place.mkdir()
        self._ask("-o", "APT::Sandbox::User=root", "download", package, cwd=place)
        return next(place.glob("*.deb"))

    def _ask(self, *arguments: str, cwd: Path | None = None) -> str:
        try:
            return _command("apt-get", *self._options, *arguments, cwd=cwd)
        except FetchError:
            if self._updated or not self._update():
                raise
        return _command("apt-get", *self._options, *arguments, cwd=cwd)

    def _update(self) -> bool:
        """Fetch private lists, once; tell whether there are any now."""
        print("peers: apt-get update, into private lists", flush=True)
        self._updated = True
        lists, cache = self._private / "lists", self._private / "cache"
        (lists / "partial").mkdir(parents=True)
        (cache / "archives" / "partial").mkdir(parents=True)
        options = [f"-oDir::State::lists={lists}", f"-oDir::Cache={cache}"]
        _command("apt-get", *options, "-o", "APT::Sandbox::User=root", "update")
        if any(lists.glob("*_Packages*")):
            self._options = options
        return bool(self._options)


def _fetch(apt: _Apt, package: str) -> None:
    for library in apt.libraries(package):
        if folder(library) is None:
            _unpack(apt.download(library), library)
    _unpack(apt.download(package), package)  # last: a peer that is there has its libraries


def _unpack(archive: Path, package: str) -> None:
    place = Path(tempfile.mkdtemp(dir=archive.parent))
    _command("dpkg", "-x", str(archive), str(place))
    place.chmod(0o755)
    place.rename(CACHE / package)
    print(f"peers: unpacked {archive.name}", flush=True)


def _command(*arguments: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(
            arguments,
            cwd=cwd,
            env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"{arguments[0]} did not finish in 300 s") from None
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise FetchError(" ".join(complaints) or done.stderr.strip() or f"exit status {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
