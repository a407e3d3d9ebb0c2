"""What a changed configuration means for a daemon that runs: what can be applied, and what has to wait."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bgpd.config.settings import DaemonSettings, KernelSettings, NeighborSettings, PipeSettings

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
        and _differ_in_password_only(neighbor, before[name])
    }
    neighbors = tuple(
        replace(neighbor, password=passwords.get(neighbor.name, neighbor.password) or None)
        for neighbor in old.neighbors
    )
    in_force = replace(old, neighbors=neighbors)
    waiting = [
        *_sections(old, new),
        *_named("kernel table", old.kernels, new.kernels),
        *_named("pipe", old.pipes, new.pipes),
        *_neighbors(before, after),
    ]
    return Plan(passwords, in_force, waiting)


def _differ_in_password_only(one: NeighborSettings, other: NeighborSettings) -> bool:
    """Another neighbor may have taken over a name; it must not get the key of the one before."""
    return replace(one, password=other.password) == other


def _sections(old: DaemonSettings, new: DaemonSettings) -> Iterator[str]:
    for name, key in KEYS.items():
        if getattr(old, name) != getattr(new, name):
            yield f"{key} differs: restart the daemon to apply it"


def _named(
    kind: str, old: Iterable[KernelSettings | PipeSettings], new: Iterable[KernelSettings | PipeSettings]
) -> Iterator[str]:
    before = {row.name: row for row in old}
    after = {row.name: row for row in new}
    for name, row in after.items():
        if name not in before:
            yield f"{kind} {name} is new: restart the daemon to add it"
        elif row != before[name]:
            yield f"{kind} {name} differs: restart the daemon to apply that"
    for name in before.keys() - after.keys():
        yield f"{kind} {name} is gone: restart the daemon to remove it"


def _neighbors(
    before: Mapping[str, NeighborSettings], after: Mapping[str, NeighborSettings]
) -> Iterator[str]:
    for name, neighbor in after.items():
        if name not in before:
            yield f"neighbor {name} is new: restart the daemon to add it"
        elif not _differ_in_password_only(neighbor, before[name]):
            yield f"neighbor {name} differs in more than its password: restart the daemon to apply that"
    for name in before.keys() - after.keys():
        yield f"neighbor {name} is gone: restart the daemon to remove it"
