"""An explanation to read: offset, octets and meaning side by side."""

from collections.abc import Iterator, Sequence
from typing import Final

from bgpd.explain.field import Explanation, Field

_OCTETS_PER_LINE: Final = 8
_WIDTH: Final = 3 * _OCTETS_PER_LINE - 1


def text_lines(explanation: Explanation) -> Iterator[str]:
    """Yield the lines that explain one message."""
    octets = len(explanation.octets)
    yield f"{explanation.kind} at offset {explanation.offset}, {octets} octet{'s' * (octets != 1)}"
    yield from _field_lines(explanation.fields, "")
    for fault in explanation.faults:
        cost = f": {fault.cost}" if fault.cost else ""
        yield f"  error at offset {fault.offset}: {fault.reason} ({fault.rule}){cost}"
    yield f"  => {explanation.verdict}"


def _field_lines(fields: Sequence[Field], indent: str) -> Iterator[str]:
    for field in fields:
        if field.is_heading:
            yield f"{'':{8 + _WIDTH}}  {indent}{field.name}"
            yield from _field_lines(field.parts, f"{indent}  ")
            continue
        words = f"{indent}{field.name}{_said(field)}"
        for start in range(0, len(field.octets), _OCTETS_PER_LINE):
            part = field.octets[start : start + _OCTETS_PER_LINE].hex(" ")
            yield f"{field.offset + start:6}  {part:{_WIDTH}}  {words}".rstrip()
            words = ""


def _said(field: Field) -> str:
    said = [str(part) for part in (field.value, field.meaning or None) if part is not None]
    return f": {', '.join(said)}" if said else ""
