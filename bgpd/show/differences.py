"""What one attribute set says otherwise than another."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from messages.attribute_set import AttributeSet
from messages.attributes import ATTRIBUTES
from messages.attributes.attribute import value_of


class Difference(NamedTuple):
    """One attribute; None where it is absent."""

    attribute: str
    before: str | None
    after: str | None


def differences(before: AttributeSet, after: AttributeSet) -> tuple[Difference, ...]:
    """Return what changed, in the order of the attributes' numbers."""
    return tuple(_differences(before, after))


def _differences(before: AttributeSet, after: AttributeSet) -> Iterator[Difference]:
    if before.wire == after.wire:
        return
    older, newer = before.pieces(), after.pieces()
    for code in sorted(older.keys() | newer.keys()):
        was, now = (_text(code, pieces.get(code)) for pieces in (older, newer))
        if was != now:
            row = ATTRIBUTES.get(code)
            yield Difference(f"attribute {code}" if row is None else row.name, was, now)
    before.forget()
    after.forget()


def _text(code: int, piece: bytes | None) -> str | None:
    if piece is None:
        return None
    row, value = ATTRIBUTES.get(code), value_of(piece)
    return value.hex(" ") if row is None else row.render(row.decode(value))


def as_change(changed: Iterable[Difference]) -> str:
    """Say what became of what: ``local_pref 100 -> 200``."""
    return ", ".join(map(_change, changed))


def _change(difference: Difference) -> str:
    name, before, after = difference
    if before is None:
        return f"{name} {after} added"
    if after is None:
        return f"{name} {before} removed"
    return f"{name} {before or 'empty'} -> {after or 'empty'}"


def as_result(changed: Iterable[Difference]) -> str:
    """Say what it is now: ``next_hop 10.0.0.1, without med``."""
    return ", ".join(
        f"without {name}" if after is None else f"{name} {after or 'empty'}" for name, _, after in changed
    )
