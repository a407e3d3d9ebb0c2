"""From what is wrong to what a user is told: files, lines and the names of keys."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bgpd.config.faults import Fault, KeyPath, Problem
from bgpd.config.filter_sources import Text
from bgpd.config.toml_lines import line_of
from bgpd.config.wording import key_text
from rib.filters.errors import FilterError

_LABEL: Final = re.compile(r"[A-Za-z0-9_.:/%-]{1,64}")


def located(
    faults: Iterable[Fault], data: Mapping[str, object], file: str, lines: Mapping[KeyPath, int]
) -> list[Problem]:
    """Return faults with their lines, and the names of their keys."""
    return [
        Problem(file, line_of(fault.path, lines), render_path(fault.path, data), fault.message)
        for fault in dict.fromkeys(faults)
    ]


def located_in_text(error: FilterError, text: Text, data: object) -> Problem:
    """Return what is wrong in a text of the filter language, with its place in the file if that is known."""
    (_, line, column), beginning = error.place, text.beginning
    if beginning is None:
        return Problem(
            text.file, None, render_path(text.key, data), f"line {line}, column {column}: {error.message}"
        )
    if line == beginning.line:
        column += beginning.column - 1
    return Problem(text.file, line, "", error.message, column)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems of each file in the order of its lines; the files as they come first."""
    files: dict[str, list[Problem]] = {}
    for problem in problems:
        files.setdefault(problem.file, []).append(problem)
    return [
        problem
        for file in files.values()
        for problem in sorted(file, key=lambda each: (each.line or 0, each.column or 0))
    ]


def render_path(path: KeyPath, data: object) -> str:
    """Return a key path as text; a list item by its name, or else by its number: ``neighbors[tor1].asn``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
            text += f"[{_label(data) or f'#{part + 1}'}]"
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
            text += f".{key_text(part)}" if text else key_text(part)
    return text


def _label(item: object) -> str | None:
    """Return what a person would call the item of a list."""
    if not isinstance(item, Mapping):
        return None
    names = [item.get(key) for key in ("name", "prefix", "address")]
    return next((name for name in names if isinstance(name, str) and _LABEL.fullmatch(name)), None)
