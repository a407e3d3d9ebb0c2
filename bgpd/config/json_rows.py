"""The lines on which the rows of lists begin in a JSON text; ``json`` does not tell."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from bgpd.config.faults import KeyPath

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()


def index_rows(text: str) -> Mapping[KeyPath, int]:
    """Return the lines, counted from 1, of the keys and list items that a text is made of, two levels deep.

    ``json`` has accepted the text before.
    """
    rows: dict[KeyPath, int] = {}
    line, counted = 1, 0
    for path, at in _items(text, _skip(text, 0), (), depth=2):
        line, counted = line + text.count("\n", counted, at), at
        rows[path] = line
    return rows


def _items(text: str, at: int, path: KeyPath, depth: int) -> Iterator[tuple[KeyPath, int]]:
    """Yield what is in the list or object that begins here, and where that begins."""
    if not depth or text[at] not in "[{":
        return
    is_list = text[at] == "["
    at, number = _skip(text, at + 1), 0
    while text[at] not in "]}":
        begin: int = at
        key: str | int = number
        if not is_list:
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # past the colon
        yield (*path, key), begin
        yield from _items(text, at, (*path, key), depth - 1)
        _, at = _DECODER.raw_decode(text, at)
        at, number = _skip(text, at), number + 1
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found is not None else at
