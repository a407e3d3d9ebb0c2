"""Groups: what neighbors that belong to one take over, before anything is checked.

This works on what the file says, not on models: only there is it known what was written. It
must therefore bear with values of any type; those are reported when the models check them.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bgpd.config.faults import Fault, KeyPath
from bgpd.config.wording import quoted

_ALTERNATIVES: Final = ({"password", "password_file"},)
"""Keys of which one replaces the other."""


class Inherited(NamedTuple):
    """The data with every neighbor complete, and where the neighbors' values come from."""

    data: Mapping[str, object]
    origins: Mapping[KeyPath, KeyPath]
    incomplete: frozenset[int]
    """The neighbors (by position) whose group is missing."""
    faults: tuple[Fault, ...]


class _Chain(NamedTuple):
    """The groups that apply, the nearest first; and why there are no more if something is wrong."""

    names: tuple[str, ...]
    fault: Fault | None = None


def inherit(data: Mapping[str, object]) -> Inherited:
    """Complete every neighbor with the settings of its group and the groups that one extends."""
    groups = {
        name: group for name, group in _tables(data.get("groups")).items() if isinstance(group, Mapping)
    }
    neighbors = data.get("neighbors")
    if not isinstance(neighbors, list):
        return Inherited(data, {}, frozenset(), tuple(_group_faults(groups)))
    completed: list[object] = []
    origins: dict[KeyPath, KeyPath] = {}
    incomplete: set[int] = set()
    faults: dict[Fault, None] = dict.fromkeys(_group_faults(groups))
    for position, neighbor in enumerate(neighbors):
        path: KeyPath = ("neighbors", position)
        if not isinstance(neighbor, Mapping):
            completed.append(neighbor)
            continue
        chain = _chain(neighbor, path, groups)
        if chain.fault:
            incomplete.add(position)
            faults[chain.fault] = None
        values, sources = _complete(neighbor, chain, groups)
        completed.append(values)
        origins |= {(*path, key): source for key, source in sources.items()}
    return Inherited({**data, "neighbors": completed}, origins, frozenset(incomplete), tuple(faults))


def _tables(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _group_faults(groups: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
    """Find what is wrong with groups that extend groups, whether neighbors use them or not."""
    faults = {_chain(group, ("groups", name), groups).fault: None for name, group in groups.items()}
    yield from (fault for fault in faults if fault)


def _chain(table: Mapping[str, object], path: KeyPath, groups: Mapping[str, Mapping[str, object]]) -> _Chain:
    """Follow ``group`` from a neighbor or a group."""
    names: list[str] = []
    while isinstance(name := table.get("group"), str):
        if name in names:
            return _Chain(tuple(names), _ring(names[names.index(name) :]))
        if name not in groups:
            return _Chain(tuple(names), Fault((*path, "group"), _unknown(name, groups)))
        names.append(name)
        table, path = groups[name], ("groups", name)
    return _Chain(tuple(names))


def _ring(names: list[str]) -> Fault:
    """Return the fault of groups that extend one another, the same wherever the ring is entered."""
    first = names.index(min(names))
    ring = [*names[first:], *names[:first], names[first]]
    return Fault(
        ("groups", ring[0], "group"),
        f"{' extends '.join(map(quoted, ring))}; a group cannot extend itself",
    )


def _unknown(name: str, groups: Mapping[str, object]) -> str:
    known = ", ".join(map(quoted, sorted(groups))) or "none"
    return f"unknown group {quoted(name)}; the groups of this file: {known}"


def _complete(
    neighbor: Mapping[str, object], chain: _Chain, groups: Mapping[str, Mapping[str, object]]
) -> tuple[dict[str, object], dict[str, KeyPath]]:
    """Return all values of a neighbor, and the places of those it took over."""
    values = dict(neighbor)
    sources: dict[str, KeyPath] = {}
    for name in chain.names:
        written = set(values)
        decided = written.union(*(keys for keys in _ALTERNATIVES if keys & written), {"group"})
        for key in groups[name].keys() - decided:
            values[key] = groups[name][key]
            sources[key] = ("groups", name, key)
    return values, sources
