"""``python -m tests.bird.edits``: Calico's files, edited in haste: each is loaded, or what is wrong is said.

The same seed makes the same edits. A file that breaks something is kept, and named.
"""

import argparse
import re
import secrets
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from bgpd.bird.loading import BirdError, load_bird
from tests.bird.mutations import edits
from tests.filters_oracle.calico import SAMPLES

_MESSAGE: Final = re.compile(r"\S+:\d+:\d+ \S[^\n]*")
_PER_FILE: Final = 5


class UnclearError(AssertionError):
    """A file was refused, and nobody can tell why."""


def load(main: Path) -> BirdError | None:
    """Load a file; return what is wrong with it, which must have a place and a message."""
    try:
        load_bird([(str(main), 128 if main.name == "bird6.cfg" else 32)])
    except BirdError as error:
        if not _MESSAGE.fullmatch(str(error)):
            raise UnclearError(str(error)) from error
        return error
    return None


def edited_files(seed: int, folder: Path) -> Iterator[Path]:
    """Write one file after the other, and yield the main file that it belongs to, without end."""
    random = Random(seed)
    samples = sorted(SAMPLES.rglob("bird*.cfg"))
    while True:
        sample = random.choice(samples)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(sample.parent, folder)
        main = folder / ("bird6.cfg" if sample.name.startswith("bird6") else "bird.cfg")
        variants = edits(sample.read_text(encoding="utf-8"), random)
        for _ in range(_PER_FILE):
            (folder / sample.name).write_text(next(variants), encoding="utf-8")
            yield main


def main() -> int:
    options = _parser().parse_args()
    seed = secrets.randbelow(1 << 32) if options.seed is None else options.seed
    folder = Path(tempfile.mkdtemp()) / "edited"
    refused, reported = 0, time.monotonic()
    print(f"seed {seed}", flush=True)
    for number, file in enumerate(edited_files(seed, folder)):
        if number == options.count:
            break
        if time.monotonic() - reported > options.every:
            reported = time.monotonic()
            print(f"  {number:,} edits", flush=True)
        try:
            refused += load(file) is not None
        except Exception:  # whatever it is, it is what we are looking for
            traceback.print_exc()
            print(f"edit {number} of --seed {seed} breaks something, see {file}")
            return 1
    shutil.rmtree(folder.parent)
    print(f"{options.count:,} edits: {refused:,} refused with a message, the others loaded")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bird.edits", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="how many edits (default 10000)")
    parser.add_argument("--seed", type=int, help="make the same edits again")
    parser.add_argument("--every", type=float, default=10, help="seconds between reports (default 10)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
