"""Folders that take long to make are made once and kept; several processes may want the same."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "installation"


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that ``make`` has filled, now or earlier; it is there as a whole or not at all."""
    place = CACHE / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f".{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            new = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-"))
            try:
                make(new)
                new.chmod(0o755)
                new.rename(place)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    return place
