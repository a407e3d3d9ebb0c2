"""The document in the making: what a TOML file would say, and where BIRD's file says it."""

from dataclasses import dataclass, field
from typing import Any

from bgpd.config.faults import KeyPath
from rib.filters.errors import Place
from rib.filters.syntax import Definition, Filter


@dataclass(slots=True)
class Draft:
    """A document, and what is known of it besides."""

    document: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    """Of the statements that its keys come from."""
    definitions: list[Definition] = field(default_factory=list)
    """What is defined in the filter language, then the filters that protocols have of their own."""
    changes: dict[KeyPath, Filter] = field(default_factory=dict)
    """The statements of static routes, by the places of these in the document."""
    _remarks: dict[str, None] = field(default_factory=dict)

    def remark(self, at: Place, text: str) -> None:
        """Tell the user something about a statement, once, however many protocols have it from a template."""
        self._remarks[f"{at.file}:{at.line} {text}"] = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what the user is told."""
        return tuple(self._remarks)

    def table(self, *path: str) -> "Table":
        """Return the table of that name, which is made if need be."""
        keys = self.document
        for part in path:
            keys = keys.setdefault(part, {})
        return Table(self, path, keys)

    def row(self, name: str) -> "Table":
        """Return another table of a list."""
        rows = self.document.setdefault(name, [])
        rows.append({})
        return Table(self, (name, len(rows) - 1), rows[-1])


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the document."""

    draft: Draft
    path: KeyPath
    keys: dict[str, Any]

    def put(self, key: str, value: object, at: Place | None = None) -> None:
        """Write a key; ``at`` is where BIRD's file says so."""
        self.keys[key] = value
        if at is not None:
            self.draft.places[(*self.path, key)] = at
