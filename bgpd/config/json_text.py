"""JSON texts, read more strictly than ``json`` does: what nobody means is an error with its place."""

import json
from typing import Final, NoReturn

from bgpd.config.wording import quoted

_LONGEST_KEY: Final = 64
"""Characters of a key that are shown."""


def parse_json(text: str) -> object:
    """Return the value of a text. Raises ValueError, and RecursionError for what is nested too deeply."""
    return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse what JSON permits and nobody means: the same key twice, and keys that are no text."""
    table: dict[str, object] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"the key {quoted(key[:_LONGEST_KEY])} is there twice in one object")
        if not _is_unicode(key):
            raise ValueError(f"the key {key[:_LONGEST_KEY]!a} has half of a character (a lone surrogate)")
        table[key] = value
    return table


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
