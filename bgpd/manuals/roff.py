"""A small writer of man pages (groff_man(7)), and of such pages from simple Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_CODE: Final = re.compile(r"`([^`]+)`")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_STRONG: Final = re.compile(r"\*\*([^*]+)\*\*")
_CELLS: Final = re.compile(r"(?<!\\)\|")
_FENCE: Final = "```"


def escaped(text: str) -> str:
    """Return text that stands for itself, wherever in a page it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def bold(text: str) -> str:
    """Return text in bold letters, within a line."""
    return f"\\fB{escaped(text)}\\fR"


def title(name: str, section: int, purpose: str) -> Iterator[str]:
    """Begin a page."""
    yield f'.TH {name.upper()} {section} "" bgpd'
    yield from heading("NAME")
    yield f"{escaped(name)} \\- {escaped(purpose)}"


def heading(text: str, *, level: int = 1) -> Iterator[str]:
    """Begin a section, or a subsection."""
    yield f'.{"SH" if level == 1 else "SS"} "{escaped(text).replace(chr(34), "")}"'


def paragraph(text: str) -> Iterator[str]:
    """Write words that are filled."""
    yield ".PP"
    yield escaped(text)


def entry(tag: str, *texts: str) -> Iterator[str]:
    """Write a term, and below it what it means."""
    yield ".TP"
    yield bold(tag)
    yield from (escaped(text) for text in texts)


def example(lines: Iterable[str]) -> Iterator[str]:
    """Write lines as they are."""
    yield from (".PP", ".EX")
    yield from (escaped(line) for line in lines)
    yield ".EE"


def from_markdown(text: str) -> Iterator[str]:
    """Write headings, paragraphs, code and tables of a document; its title and comments are left out."""
    lines = iter(text.splitlines())
    is_new = True
    for line in lines:
        if line.startswith(_FENCE):
            yield from example(_until_fence(lines))
        elif line.startswith("##"):
            yield from heading(_plain(line.lstrip("# ")), level=1 if line.startswith("## ") else 2)
        elif line.startswith("|"):
            yield from _row(line)
        elif line and not line.startswith(("# ", "<!--")):
            if is_new:
                yield ".PP"
            yield escaped(_plain(line))
        is_new = not line or line.startswith(("|", _FENCE))


def _until_fence(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith(_FENCE):
            return
        yield line


def _row(line: str) -> Iterator[str]:
    """Write a row of a table as a term and what it means; the last column says most."""
    cells = [_plain(cell.strip().replace("\\|", "|")) for cell in _CELLS.split(line)[1:-1]]
    if cells[0].startswith("--") or cells[0] in ("key", "command"):
        return
    yield from entry(cells[0], *_meaning(cells[1:]))


def _meaning(cells: Sequence[str]) -> Iterator[str]:
    if len(cells) == 3:
        value, default, text = cells
        yield f"{value[:1].upper()}{value[1:]}; default: {default}."
        yield text
    else:
        yield "; ".join(cells)


def _plain(text: str) -> str:
    return _STRONG.sub(r"\1", _CODE.sub(r"\1", _LINK.sub(r"\1", text)))
