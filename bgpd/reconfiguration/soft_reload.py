"""A soft reconfiguration: the filters that are in force decide as before, whatever else is new."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from bgpd.policies import ALWAYS_THERE
from bgpd.settings import DaemonSettings, StaticSettings
from rib.filters.analysis.comparison import named, used_names
from rib.filters.errors import FilterError, RunError
from rib.filters.program import Program
from rib.filters.running.run import DecidedError
from rib.filters.syntax import Definition, Filter

_NOBODY: Final[Mapping[str, str]] = {}


class NoSoftReloadError(Exception):
    """What is in force and what is new do not go together; the text says why."""


def with_old_filters(
    old: DaemonSettings, new: DaemonSettings, renamed: Mapping[str, str] = _NOBODY
) -> DaemonSettings:
    """Return a new configuration with the filters that are in force, as far as they have the same names.

    What these use stays with them, so what is new has to get along with it: NoSoftReloadError if it does not.
    Filters that a protocol has for itself bear its name: ``renamed`` has the former names by the new ones.
    """
    coming, former = named(new.filters), {**named(old.filters)}
    for name, former_name in renamed.items():
        former |= _own_filters(former, name, former_name)
    mixed = {**coming, **former}
    needed = _needed(coming, mixed)
    own = [definition for name, definition in former.items() if name in needed]
    added = [definition for name, definition in coming.items() if mixed[name] is definition]
    return _tried(replace(new, filters=(*own, *added)))


def _own_filters(
    definitions: Mapping[str, Definition], name: str, former_name: str
) -> Mapping[str, Definition]:
    """Return the filters that were written into a protocol, as those of its new name."""
    found = {}
    for direction in ("import", "export"):
        definition = definitions.get(f"{former_name}.{direction}")
        if isinstance(definition, Filter):
            found[f"{name}.{direction}"] = replace(definition, name=f"{name}.{direction}")
    return found


def with_filters_kept(old: DaemonSettings, new: DaemonSettings, names: Iterable[str]) -> DaemonSettings:
    """Return a new configuration that has these filters as well: as they are in force, unless it has its own.

    What they use is that of the new one, if it is there: NoSoftReloadError if they do not go together.
    """
    coming, former = named(new.filters), named(old.filters)
    needed = _needed(names, former)
    kept = [definition for name, definition in former.items() if name in needed and name not in coming]
    return _tried(replace(new, filters=(*new.filters, *kept)))


def _tried(settings: DaemonSettings) -> DaemonSettings:
    try:
        _try(settings)
    except (FilterError, RunError, DecidedError) as error:
        raise NoSoftReloadError(str(error)) from None
    return settings


def _needed(names: Iterable[str], definitions: Mapping[str, Definition]) -> set[str]:
    """Return the names, and those of everything that these definitions use."""
    needed: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in needed:
            needed.add(name)
            waiting += used_names(definitions[name])
    return needed


def _try(settings: DaemonSettings) -> None:
    """Raise what is wrong with the filters of these settings, if anything is."""
    program = Program()
    for definition in settings.filters:
        program.define(definition)
    for statements in _statements(settings):
        program.resolve(statements)
    known = {*ALWAYS_THERE, *program.symbols.filters}
    for protocol in settings.protocols:
        for name in (getattr(protocol, key, "all") for key in ("import_filter", "export_filter")):
            if name not in known:
                raise NoSoftReloadError(f"{name} was no filter before")


def _statements(settings: DaemonSettings) -> Iterator[Filter]:
    """Yield what static routes are changed by."""
    for protocol in settings.protocols:
        if isinstance(protocol, StaticSettings):
            yield from (route.change for route in protocol.routes if route.change is not None)
