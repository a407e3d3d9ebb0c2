"""The rules about the names of protocols: each has one of its own, and only what exists is put in order."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from bgpd.config.configuration import Configuration
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.names import names_of
from bgpd.config.neighbors import Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.wording import quoted

_NAMED: Final = {
    "directs": "a protocol of [directs]",
    "kernels": "a table of the kernel",
    "statics": "a protocol of [statics]",
}


def check_names(
    data: Mapping[str, object], rows: Iterable[tuple[KeyPath, Pipe | Neighbor]]
) -> Iterator[Fault]:
    """Find names that two kinds of protocols have; the data may have anything wrong with it."""
    owners: dict[object, str] = {}
    for path, name, owner in (*_keys(data), *_names(rows)):
        first = owners.setdefault(name, owner)
        if first != owner:
            yield Fault(path, f"{quoted(str(name))} is the name of {first}; write another name")


def _keys(data: Mapping[str, object]) -> Iterator[tuple[KeyPath, object, str]]:
    """Yield the names that stand in headings, and the one of ``[device]``."""
    device = data.get("device")
    if isinstance(device, Mapping) and "name" in device:
        yield ("device", "name"), str(device["name"]), "the protocol of [device]"
    for key, owner in _NAMED.items():
        tables = data.get(key)
        for name in tables if isinstance(tables, Mapping) else ():
            yield (key, name), name, owner


def _names(rows: Iterable[tuple[KeyPath, Pipe | Neighbor]]) -> Iterator[tuple[KeyPath, object, str]]:
    for path, row in rows:
        if row.name is not None:
            yield (*path, "name"), row.name, "a pipe" if isinstance(row, Pipe) else "a neighbor"


def check_order(configuration: Configuration) -> Iterator[Fault]:
    """Find what ``order`` names twice, or without there being such a protocol."""
    known = names_of(configuration).every
    order = configuration.control.order
    for position, name in enumerate(order):
        path: KeyPath = ("control", "order", position)
        if name in order[:position]:
            yield Fault(path, f"{quoted(name)} is listed twice; remove one")
        elif name not in known:
            yield Fault(path, f"unknown protocol {quoted(name)}; {_remedy(name, known)}")


def _remedy(name: str, known: Iterable[str]) -> str:
    similar = get_close_matches(name, sorted(known), n=1)
    if similar:
        return f"did you mean {quoted(similar[0])}?"
    return f"there are {', '.join(map(quoted, sorted(known))) or 'none'}"
