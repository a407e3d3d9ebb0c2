"""JSON in the lines of a reply: the client puts the chunks together again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bgpd.control.reply import JSON, JSON_CODE
from bgpd.show.command import Line, Pause
from bgpd.show.times import Moment, iso

__all__ = ("JSON", "JSON_CODE", "json_lines")

_CHUNK: Final = 400
"""Characters of a line; all are ASCII."""


def json_lines(
    documents: Iterator[Mapping[str, object] | Pause | None], *, is_single: bool
) -> Iterator[Line | Pause | None]:
    """Write objects as one JSON list, or the only one as itself; passes the pauses on."""
    text = "" if is_single else "["
    separator = ""
    for document in documents:
        if document is None or isinstance(document, Pause):
            yield document
            continue
        text += separator
        separator = ","
        for piece in _pieces(document):
            text += piece
            while len(text) > _CHUNK:
                yield Line(JSON_CODE, text[:_CHUNK])
                text = text[_CHUNK:]
    yield Line(JSON_CODE, text if is_single else text + "]")


def _pieces(document: Mapping[str, object]) -> Iterator[str]:
    """Write an object bit by bit, since it may have a list of a thousand others."""
    opening = "{"
    for name, item in document.items():
        if item is not None:
            yield f"{opening}{json.dumps(name)}:"
            yield from _items(item)
            opening = ","
    yield "{}" if opening == "{" else "}"


def _items(value: object) -> Iterator[str]:
    if type(value) in (list, tuple) and isinstance(value, Sequence) and value:  # no named tuple
        for number, item in enumerate(value):
            yield f"{',' if number else '['}{_encoded(item)}"
        yield "]"
    else:
        yield _encoded(value)


def _encoded(value: object) -> str:
    return json.dumps(_plain(value), separators=(",", ":"))


def _plain(value: object) -> object:
    """Turn named tuples into objects, down to the last, and leave out what is None."""
    if isinstance(value, Moment):
        return iso(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
