"""What a changed configuration means for a daemon that runs: what can be applied, and what has to wait."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from bgpd.config.settings import (
    DaemonSettings,
    KernelSettings,
    NeighborSettings,
    PipeSettings,
    StaticRoute,
)

R = TypeVar("R", KernelSettings, PipeSettings)

KEYS: Final[Mapping[str, str]] = {
    "router_id": "[router] id",
    "asn": "[router] asn",
    "cluster_id": "[router] cluster_id",
    "confederation": "[router] confederation",
    "tables": "[router] tables",
    "listen": "[router] listen",
    "port": "[router] port",
    "stop": "[router] stop",
    "decision": "[decision]",
    "socket": "[control] socket",
    "metrics": "[metrics] listen",
    "direct": "[direct] interfaces",
    "direct_table": "[direct] table",
    "direct_preference": "[direct] preference",
    "direct_check_link": "[direct] check_link",
    "primary": "[device] primary",
    "statics": "[[static]]",
}
"""What a file calls the settings, but for those that have names of their own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The consequences of a new configuration."""

    passwords: Mapping[str, bytes] = field(repr=False)
    """The new TCP MD5 password of each neighbor that has another one; empty for none."""
    in_force: DaemonSettings = field(repr=False)
    """The old configuration with what is applied at once."""
    waiting: Sequence[str]
    """What differs but takes a restart, in words."""


def plan(old: DaemonSettings, new: DaemonSettings) -> Plan:
    """Compare the configuration in force with a new one."""
    before = {neighbor.name: neighbor for neighbor in old.neighbors}
    after = {neighbor.name: neighbor for neighbor in new.neighbors}
    passwords = {
        name: neighbor.password or b""
        for name, neighbor in after.items()
        if name in before
        and neighbor.password != before[name].password
        and not _has_to_wait(neighbor, before[name])
    }
    in_force = replace(
        old,
        neighbors=tuple(_in_force(each, after.get(each.name)) for each in old.neighbors),
        kernels=tuple(_with_filters(each, new.kernels) for each in old.kernels),
        pipes=tuple(_with_filters(each, new.pipes) for each in old.pipes),
        statics=new.statics if _bare(old.statics) == _bare(new.statics) else old.statics,
        filters=new.filters,
    )
    waiting = [
        *_sections(in_force, new),
        *_named("kernel table", in_force.kernels, new.kernels),
        *_named("pipe", in_force.pipes, new.pipes),
        *_neighbors(before, after),
    ]
    return Plan(passwords, in_force, waiting)


# Neighbors


def _in_force(old: NeighborSettings, new: NeighborSettings | None) -> NeighborSettings:
    """Return what holds for a neighbor from now on; its filters are applied, whatever else has to wait."""
    if new is None or not _is_the_same(old, new):
        return old
    filtered = old.with_filters_of(new)
    return filtered if _has_to_wait(old, new) else replace(filtered, password=new.password)


def _is_the_same(one: NeighborSettings, other: NeighborSettings) -> bool:
    """Another neighbor may have taken over a name; what is written for it is not for the one before."""
    return all(getattr(one, key) == getattr(other, key) for key in _IDENTITY)


_IDENTITY: Final = ("address", "range_bits", "interface", "port", "asn", "device", "table")


def _has_to_wait(one: NeighborSettings, other: NeighborSettings) -> bool:
    """Tell whether more is different than what can change while the session lasts: password and filters."""
    return replace(one, password=other.password).with_filters_of(other) != other


def _neighbors(
    before: Mapping[str, NeighborSettings], after: Mapping[str, NeighborSettings]
) -> Iterator[str]:
    for name, neighbor in after.items():
        if name not in before:
            yield f"neighbor {name} is new: restart the daemon to add it"
        elif _has_to_wait(neighbor, before[name]):
            yield (
                f"neighbor {name} differs in more than its password and its filters: "
                "restart the daemon to apply that"
            )
    for name in before.keys() - after.keys():
        yield f"neighbor {name} is gone: restart the daemon to remove it"


# Everything else


def _with_filters(old: R, new: Iterable[R]) -> R:
    """Return a table of the kernel or a pipe with the filters it has now."""
    now = next((row for row in new if row.name == old.name), old)
    return replace(old, import_filter=now.import_filter, export_filter=now.export_filter)


def _bare(statics: Iterable[StaticRoute]) -> Sequence[StaticRoute]:
    """Return static routes without the statements that change them."""
    return [replace(route, change=None) for route in statics]


def _sections(old: DaemonSettings, new: DaemonSettings) -> Iterator[str]:
    for name, key in KEYS.items():
        if name != "statics" and getattr(old, name) != getattr(new, name):
            yield f"{key} differs: restart the daemon to apply it"
    if _bare(old.statics) != _bare(new.statics):
        yield f"{KEYS['statics']} differs: restart the daemon to apply it"


def _named(kind: str, old: Iterable[R], new: Iterable[R]) -> Iterator[str]:
    before = {row.name: row for row in old}
    after = {row.name: row for row in new}
    for name, row in after.items():
        if name not in before:
            yield f"{kind} {name} is new: restart the daemon to add it"
        elif row != before[name]:
            yield f"{kind} {name} differs in more than its filters: restart the daemon to apply that"
    for name in before.keys() - after.keys():
        yield f"{kind} {name} is gone: restart the daemon to remove it"
