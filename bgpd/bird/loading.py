"""BIRD's configuration files, one or that of each family, as the configuration that the daemon runs with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from bgpd.bird.reading import read
from bgpd.bird.translation import Draft, Part, translate
from bgpd.bird.tree import BirdConfiguration
from bgpd.config import Configuration, ConfigurationError, DaemonSettings, Problem, build, validate
from bgpd.config.faults import KeyPath
from rib.filters.syntax import Filter

_TABLE: Final = "routing table"
_SUFFIX: Final = "_v6"
"""What is behind names of the second file that the first one has, too."""
_NO_STATEMENTS: Final = "reject;"
"""Stands for a filter while the rest of the document is checked: what BIRD's grammar has read is right."""


class BirdError(ConfigurationError):
    """A file can't be used; the text is what BIRD says of it."""

    def __init__(self, message: str, printed: tuple[str, ...]) -> None:
        super().__init__(Problem("", None, "", message))
        self.printed = printed
        """What its filters have printed before."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return all that the user is told, in order."""
        return (*self.printed, str(self))


class LoadedBird(NamedTuple):
    """What came of a file, or of two."""

    configuration: Configuration
    settings: DaemonSettings
    printed: tuple[str, ...]
    """What filters printed while they were read, and what is no error."""


def load_bird(files: Sequence[tuple[str, int]], socket: str | None = None) -> LoadedBird:
    """Read files, each with the bits of its addresses. Raises BirdError for the first mistake."""
    parts, printed = _read(files)
    draft = translate(*parts)
    if socket is not None:
        draft.table("control").put("socket", socket)
    _check(draft, printed)
    configuration = Configuration.model_validate(draft.document)
    configuration = configuration.with_filters(draft.definitions, draft.changes)
    symbols = {name: kind for part in parts for name, kind in part.configuration.symbols.items()}
    settings = replace(build(configuration), symbols=symbols, remarks=draft.remarks)
    return LoadedBird(configuration, settings, printed)


def _read(files: Sequence[tuple[str, int]]) -> tuple[list[Part], tuple[str, ...]]:
    """Return what the files say, and what was printed; no two things of them have the same name."""
    parts: list[Part] = []
    printed: tuple[str, ...] = ()
    taken: dict[str, str] = {}
    for file, bits in files:
        result = read(file, bits)
        new_names = _new_names(result.configuration, taken)
        if new_names:
            result = read(file, bits, new_names)
        printed += result.printed
        if result.error is not None:
            raise BirdError(result.error, printed)
        parts.append(Part(result.configuration, bits))
        taken |= result.configuration.symbols
    return parts, printed


def _new_names(configuration: BirdConfiguration, taken: Mapping[str, str]) -> dict[str, str]:
    """Return other names for what the file before has, too; but a table has routes of both families."""
    names = configuration.symbols
    new_names: dict[str, str] = {}
    for name, kind in names.items():
        if name in taken and not kind == taken[name] == _TABLE:
            new_name = name + _SUFFIX
            while new_name in names or new_name in taken:
                new_name += _SUFFIX
            new_names[name] = new_name
    return new_names


def _check(draft: Draft, printed: tuple[str, ...]) -> None:
    """Find what our models do not take, and say where BIRD's file has it. Raises BirdError."""
    places = [*draft.places.values()]
    lines: dict[KeyPath, int] = {path: number for number, path in enumerate(draft.places)}
    try:
        validate(_without_filters(draft), lines=lines)
    except ConfigurationError as error:
        problem = error.problems[0]
        place = f"{places[problem.line]} " if problem.line is not None else ""
        raise BirdError(f"{place}{problem.key}: {problem.message}", printed) from None


def _without_filters(draft: Draft) -> dict[str, Any]:
    """Return the document with nothing but the names of filters: ours would be checked more strictly."""
    named = (each.name for each in draft.definitions if isinstance(each, Filter))
    statics = {
        name: {**table, "routes": [{**route, "set": ""} for route in table["routes"]]}
        for name, table in draft.document.get("statics", {}).items()
    }
    return {
        **draft.document,
        "filter_files": {},
        "filters": dict.fromkeys((str(name) for name in named), _NO_STATEMENTS),
        "statics": statics,
    }
