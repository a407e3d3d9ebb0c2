"""What stands on the pages that people read: their blocks, code between the words, headings and links.

A block is fenced and names its language. A comment on a line of its own may say what else there is to know::

    <!-- scene: rack -->                 who is asked, from here on (scenes.py, machines.py)
    <!-- run by tests/x/test_y.py -->    what is typed from here on is typed by another test
    <!-- wrong on purpose -->            the next block must be refused
    <!-- file: nodes.json -->            the next block is this file; or its first line is such a comment
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = tuple(
    str(path.relative_to(ROOT))
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
)
DEFAULT_SCENE: Final = "machine"
RUN_BY: Final[Mapping[str, str]] = {
    "README.md": "tests/newcomer",
    "docs/filters.md": "tests/filter_tests/test_documentation.py",
    "docs/installing.md": "tests/installation",
    "docs/operations.md": "tests/newcomer",
    "docs/reload.md": "tests/prediction/test_documentation.py",
    "docs/security.md": "tests/newcomer",
    "docs/tutorial.md": "tests/newcomer",
}
"""Pages whose commands are typed by a test of their own."""
_FENCE: Final = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")
_SCENE: Final = re.compile(r"<!-- scene: ([\w-]+) -->")
_RUN_BY: Final = re.compile(r"<!-- run by (\S+) -->")
_NAMED: Final = re.compile(r"<!-- file: (\S+) -->")
_WRONG: Final = "<!-- wrong on purpose -->"
_FILE: Final = re.compile(r"\A(?:#|//) (\S*[\w-]+\.\w+)(?:,.*)?\n")
_CODE: Final = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_HEADING: Final = re.compile(r"^#{1,6} +(.*?) *#*$", re.MULTILINE)
_LINK: Final = re.compile(
    r"\[(?:[^][]|\[[^][]*\])*\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)|(?:src|srcset|href)=\"([^\"]+)\""
)
_NOT_IN_ANCHORS: Final = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; ``line`` is that of the fence."""

    page: str
    line: int
    language: str
    text: str
    scene: str = DEFAULT_SCENE
    run_by: str = ""
    is_wrong: bool = False
    named: str = ""
    """What the comment before it calls it."""

    @property
    def file(self) -> str:
        """Which file it is, or ""."""
        found = _FILE.match(self.text)
        return found[1] if found else self.named

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page, its name relative to the repository."""

    name: str
    text: str
    """As it is written."""
    prose: str
    """Without its blocks, whose lines are empty."""
    blocks: tuple[Block, ...]

    @property
    def code(self) -> Iterator[tuple[int, str]]:
        """Yield what stands in backticks, in one line, with the line it begins in."""
        for found in _CODE.finditer(self.prose):
            yield self.prose.count("\n", 0, found.start()) + 1, " ".join(found[2].split())

    @property
    def links(self) -> Iterator[tuple[int, str]]:
        """Yield where links lead, with the line they are in."""
        for found in _LINK.finditer(_CODE.sub("code", self.prose)):
            yield self.prose.count("\n", 0, found.start()) + 1, found[1] or found[2]

    @property
    def anchors(self) -> set[str]:
        """What a link to a part of the page may say; headings of the same name are counted."""
        found: set[str] = set()
        for heading in _HEADING.findall(self.prose):
            plain = _NOT_IN_ANCHORS.sub("", heading.replace("`", "").lower()).replace(" ", "-")
            names = (plain, *(f"{plain}-{number}" for number in range(1, 1000)))
            found.add(next(name for name in names if name not in found))
        return found


def page(name: str) -> Page:
    """Read a page."""
    return read(name, (ROOT / name).read_text(encoding="utf-8"))


def read(name: str, text: str) -> Page:
    """Take a page apart."""
    lines = text.splitlines()
    blocks: list[Block] = []
    scene, run_by, is_wrong, at = DEFAULT_SCENE, RUN_BY.get(name, ""), False, 0
    named = ""
    prose: list[str] = []
    while at < len(lines):
        line = lines[at]
        if found := _FENCE.match(line):
            end = _end(lines, at, found[1] + found[2])
            body = "".join(f"{each.removeprefix(found[1])}\n" for each in lines[at + 1 : end])
            blocks.append(Block(name, at + 1, found[3].strip(), body, scene, run_by, is_wrong, named))
            is_wrong, named = False, ""
            prose += [""] * (end + 1 - at)
            at = end + 1
            continue
        if found := _SCENE.fullmatch(line):
            scene, run_by = found[1], ""
        if found := _RUN_BY.fullmatch(line):
            run_by = found[1]
        if found := _NAMED.fullmatch(line):
            named = found[1]
        is_wrong = is_wrong or line == _WRONG
        prose.append(line)
        at += 1
    return Page(name, text, "\n".join(prose) + "\n", tuple(blocks))


def all_blocks() -> list[Block]:
    """Return the blocks of all pages."""
    return [block for name in PAGES for block in page(name).blocks]


def _end(lines: list[str], start: int, fence: str) -> int:
    """Return the line that closes a block, or the end of the page."""
    return next((at for at in range(start + 1, len(lines)) if lines[at].rstrip() == fence), len(lines))
