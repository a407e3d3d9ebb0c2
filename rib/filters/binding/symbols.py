"""What the definitions of a configuration have named so far."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rib.filters.algebra.roa import RoaTable
from rib.filters.analysis.scope import Signature
from rib.filters.errors import FilterError, Place
from rib.filters.syntax import Filter, Function

ALREADY_DEFINED: Final = "Symbol already defined"


class Cost(NamedTuple):
    """What a call can take."""

    calls: int
    """How many it makes at most, all together and loops aside."""
    depth: int
    """How many are inside of each other."""
    size: int
    """Nodes of the tree, once more for every call."""


class DefinedFunction(NamedTuple):
    """A function that may be called."""

    tree: Function
    """Resolved."""
    cost: Cost


@dataclass(slots=True)
class Symbols:
    """All names of one configuration; no two things have the same."""

    functions: dict[str, DefinedFunction] = field(default_factory=dict)
    signatures: dict[str, Signature] = field(default_factory=dict)
    """Of the functions."""
    filters: dict[str, Filter] = field(default_factory=dict)
    """Resolved."""
    constants: dict[str, object] = field(default_factory=dict)
    roa_tables: dict[str, RoaTable] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """Names of what is no part of the filter language: protocols, tables, templates."""

    def __contains__(self, name: str) -> bool:
        taken = (self.functions, self.filters, self.constants, self.roa_tables, self.others)
        return any(name in names for names in taken)

    def check_free(self, name: str, place: Place) -> None:
        """Raise FilterError if something has that name."""
        if name in self:
            raise FilterError(place, ALREADY_DEFINED)
