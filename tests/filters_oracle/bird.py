"""Has BIRD 1.6 evaluate items while it reads them (``bird -p``)."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from tests.filters_oracle.items import NO_INTEGER, Item, Outcome
from tests.interop import packages

_PREAMBLE: Final = (
    "router id 1.2.3.4;",
    "protocol device {}",
    'function begin(int number) { print number, " begins"; return 0; }',
)
_PROGRAMS: Final = {32: "bird", 128: "bird6"}
_TOGETHER: Final = 100
_BEGINS: Final = re.compile(r"(\d+) begins")
_RUN_ERROR: Final = re.compile(r"filters, line (\d+): (.*)")
_READ_ERROR: Final = re.compile(r"[^ ]*:(\d+):(\d+) (.*)")


class Bird:
    """One of the two programs of the Debian package ``bird``."""

    def __init__(self, program: Path, directory: Path) -> None:
        self._program = program
        self.file = directory / "items.conf"

    @classmethod
    def of(cls, bits: int, directory: Path) -> Self:
        """Return the program for the family with addresses of ``bits`` bits; its package has been fetched."""
        folder = packages.folder("bird")
        assert folder is not None
        return cls(folder / "usr" / "sbin" / _PROGRAMS[bits], directory)

    def outcomes(self, items: Sequence[Item]) -> list[Outcome]:
        """Return what came of every item.

        BIRD ends at the first error; it is started again with the items behind the one that failed.
        """
        outcomes: list[Outcome] = []
        while len(outcomes) < len(items):
            outcomes += self._run(items[len(outcomes) : len(outcomes) + _TOGETHER])
        return outcomes

    def lines(self, text: str) -> list[str]:
        """Return what BIRD prints while it reads ``text``."""
        self.file.write_text(text)
        done = subprocess.run(
            [self._program, "-p", "-c", self.file],
            env={"LD_LIBRARY_PATH": packages.library_path()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise AssertionError(f"{self._program.name} ended with {done.returncode}:\n{text}")
        return [line.removeprefix("bird: ") for line in done.stderr.splitlines()]

    def _run(self, items: Sequence[Item]) -> list[Outcome]:
        text = list(_PREAMBLE)
        first_lines = []
        for number, item in enumerate(items):
            text.append(f"eval begin({number});")
            first_lines.append(len(text) + 1)
            text += item.lines
        printed = _by_item(self.lines("\n".join((*text, ""))))
        return [_outcome(lines, first) for lines, first in zip(printed, first_lines, strict=False)]


def _by_item(lines: Sequence[str]) -> Iterator[list[str]]:
    """Cut what was printed at the lines that say which item begins."""
    current: list[str] = []
    for line in lines:
        if found := _BEGINS.fullmatch(line):
            if found[1] != "0":
                yield current
            current = []
        else:
            current.append(line)
    yield current


def _outcome(lines: Sequence[str], first_line: int) -> Outcome:
    if not lines or not (refused := _READ_ERROR.fullmatch(lines[-1])):
        return Outcome(tuple(lines))
    line, column, message = int(refused[1]) - first_line, refused[2], refused[3]
    if line < 0:
        raise AssertionError(f"BIRD refused what the items have in common: {lines[-1]}")
    if len(lines) > 1 and (stopped := _RUN_ERROR.fullmatch(lines[-2])):
        return Outcome(tuple(lines[:-2]), f"run: {int(stopped[1]) - first_line} {stopped[2]}")
    if message == NO_INTEGER:
        return Outcome(tuple(lines[:-1]), f"read: {message}")
    return Outcome(tuple(lines[:-1]), f"read: {line}:{column} {message}")
