"""What pydantic finds, as messages for the person who wrote the file."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bgpd.config.configuration import Configuration
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.fields import allowed_values, field_at, keys_of, section_at
from bgpd.config.section import Section
from bgpd.config.wording import REFUSED, found, kind, quoted

_SHAPES: Final = {
    "model_type": "a table of keys and values",
    "dict_type": "tables with names, like [{key}.NAME]",
    "tuple_type": "a list of tables, each headed by [[...]]",
}


def faults_of(error: ValidationError, root: type[Section] = Configuration) -> Iterator[Fault]:
    """Turn every error of pydantic about a file, all of which is a ``root``, into a fault."""
    for detail in error.errors(include_url=False):
        path: KeyPath = tuple(part for part in detail["loc"] if part != "[key]")
        yield Fault(path, _message(path, detail, root))


def _message(path: KeyPath, detail: ErrorDetails, root: type[Section]) -> str:
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(str(path[-1]), section_at(path[:-1], root))
        case "missing" if isinstance(path[-1], str):
            return f"missing; write {allowed_values(field_at(path, root))}"
        case shape if shape in _SHAPES:
            return f"{kind(detail['input'])} is not allowed; write {_SHAPES[shape].format(key=path[-1])}"
    if detail["type"] == REFUSED:
        return detail["msg"]
    return f"{kind(detail['input'])} is not allowed; write {allowed_values(field_at(path, root))}"


def _unknown(key: str, section: type[Section]) -> str:
    if key in section.planned:
        today = section.planned[key]
        return f"not supported yet; leave it out{'' if today is None else f' or write {found(today)}'}"
    known = [*keys_of(section), *section.planned]
    similar = get_close_matches(key, known, n=1)
    if similar:
        return f"unknown key; did you mean {quoted(similar[0])}?"
    names = ", ".join(sorted(keys_of(section)))
    return f"unknown key; the keys of this table are {names}" if names else "unknown key; this table has none"
