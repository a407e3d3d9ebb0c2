"""The blocks of a page that somebody at a terminal would paste or compare.

A block of ``sh`` is pasted as it is.  A block of ``console`` is a transcript: after each ``$ `` a command,
then what it prints, in which a line ``...`` stands for any lines.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_FENCED: Final = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TURN: Final = re.compile(r"^\$ (.*(?:(?<=\\)\n.*)*)\n?((?:(?!\$ ).*\n)*)", re.MULTILINE)
_MASKS: Final = tuple(
    (re.compile(pattern, re.MULTILINE), instead)
    for pattern, instead in (
        (r"\d{4}-\d\d-\d\d", "<date>"),
        (r"\d\d:\d\d:\d\d(\.\d+)?", "<time>"),
        (r"\b\d+(\.\d+)? +(s|ms|B|kB|MB|seconds?|octets)\b", r"<number> \2"),
        (r"(longest callback <number> ms) \([^)]+\), \d+ slow", r"\1"),
        (r"((?:timer|wait|retry|delay): +)[\d.]+/", r"\1<number>/"),
        (r"\b(pid|process) \d+", r"\1 <number>"),
        (r"\b(version|bgpd|BIRD) \d+\.\d+\.\d+\S*", r"\1 <number>"),
        (r"^([-a-z]{10} +\d+ \w+ +\w+) +\d+ \w{3} +\d+ [\d:]+ ", r"\1 <size and time> "),
        (r"[ \t]+", " "),
    )
)
_ANY_LINES: Final = "..."
_INSTALLATION: Final = re.compile(r"^make venv\b.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pasted:
    """Commands that are pasted, and must all succeed."""

    line: int
    script: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A command, and what it prints according to the page."""

    line: int
    command: str
    output: str

    def is_like(self, printed: str) -> bool:
        """Tell whether this is what was printed, but for times, durations and the width of columns."""
        patterns = (
            r"(?:.*\n)*?" if line.strip() == _ANY_LINES else re.escape(line) + r"\n"
            for line in _lines(self.output)
        )
        return bool(re.fullmatch("".join(patterns), "".join(f"{line}\n" for line in _lines(printed))))


def blocks_of(text: str) -> list[Pasted | Shown]:
    """Return the blocks of a page in their order, each turn of a transcript for itself."""
    found: list[Pasted | Shown] = []
    for block in _FENCED.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        kind, body = block.groups()
        if kind == "sh":
            found.append(Pasted(line, body))
        else:
            found += [Shown(line, command, output) for command, output in _TURN.findall(body)]
    return found


def already_installed(blocks: Iterable[Pasted | Shown]) -> Iterator[Pasted | Shown]:
    """Yield blocks without the line that makes the virtual environment, since the repository has one."""
    for block in blocks:
        if isinstance(block, Pasted):
            yield replace(block, script=_INSTALLATION.sub("", block.script))
        else:
            yield block


def installs(blocks: Iterable[Pasted | Shown]) -> bool:
    """Tell whether one line makes the virtual environment."""
    scripts = "".join(block.script for block in blocks if isinstance(block, Pasted))
    return len(_INSTALLATION.findall(scripts)) == 1


def section_of(text: str, heading: str) -> str:
    """Return a part of a page: from a heading to the next one of the same level."""
    level = heading.partition(" ")[0]
    _, found, rest = text.partition(f"\n{heading}\n")
    if not found:
        raise LookupError(f"no heading: {heading}")
    return rest.partition(f"\n{level} ")[0]


def _lines(text: str) -> list[str]:
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return [line.strip() for line in text.rstrip().splitlines()]
