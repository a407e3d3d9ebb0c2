"""Golden vectors: ``tests/vectors/KIND/NAME.txt``, one a line: name, context, hex, expected text."""

from pathlib import Path
from typing import NamedTuple

from messages.context import Context
from messages.families import IPV4_UNICAST, IPV6_UNICAST

_DIRECTORY = Path(__file__).parent.parent / "vectors"
_FAMILIES = frozenset({IPV4_UNICAST, IPV6_UNICAST})

CONTEXTS = {
    "-": Context(),
    "external": Context(external=True, families=_FAMILIES),
    "internal": Context(external=False, families=_FAMILIES),
    "member": Context(external=False, families=_FAMILIES, confederation=True),
    "two-octet": Context(external=True, as_number_octets=2, families=_FAMILIES),
}


class Vector(NamedTuple):
    """One line of a file."""

    name: str
    context: Context
    wire: bytes
    text: str


def lines(name: str) -> list[list[str]]:
    """Return the fields of each line of a file."""
    text = (_DIRECTORY / f"{name}.txt").read_text()
    return [
        [part.strip() for part in line.split("|")]
        for line in text.splitlines()
        if line and not line.startswith("#")
    ]


def vectors(kind: str, name: str) -> list[Vector]:
    """Return the vectors of one row; a row without a file fails here."""
    return [
        Vector(vector, CONTEXTS[context], bytes.fromhex(wire), text)
        for vector, context, wire, text in lines(f"{kind}/{name}")
    ]


def names(kind: str) -> set[str]:
    """Return the names of the files of a kind."""
    return {path.stem for path in (_DIRECTORY / kind).glob("*.txt")}
