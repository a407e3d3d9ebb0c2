"""What a changed configuration means for a daemon that runs: what goes on, comes, goes, or starts anew."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Final

from bgpd.protocols.changed_terms import IN_PLACE, needs_other_encoding
from bgpd.reconfiguration.predecessors import predecessors
from bgpd.settings import (
    DaemonSettings,
    DeviceSettings,
    DirectSettings,
    KernelSettings,
    NeighborSettings,
    PipeSettings,
    ProtocolSettings,
    StaticSettings,
)

_OF_ALL: Final = ("description", "disabled", "traces")
_OF_FILTERS: Final = ("import_filter", "export_filter")
_TAKEN_ON: Final[Mapping[type, Sequence[str]]] = {
    DeviceSettings: (*_OF_ALL, "primary"),
    DirectSettings: (*_OF_ALL, "interfaces", "check_link", "import_filter"),
    KernelSettings: (*_OF_ALL, *_OF_FILTERS),
    NeighborSettings: IN_PLACE,
    PipeSettings: (*_OF_ALL, *_OF_FILTERS),
    StaticSettings: (*_OF_ALL, "routes", "import_filter"),
}
"""What a protocol can have otherwise without starting anew."""
_FIXED_OF: Final = {
    kind: attrgetter(*(each.name for each in fields(kind) if each.name not in taken_on))
    for kind, taken_on in _TAKEN_ON.items()
}
"""All else: a cluster has a thousand neighbors, which are compared time and again."""
_IDENTITY: Final = ("router_id", "confederation")
"""What every neighbor is told in our OPEN, or judged by."""
_LISTENING: Final = ("listen", "port")
_FIXED: Final[Mapping[str, str]] = {
    "decision": "[decision]",
    "socket": "[control] socket",
    "dialect": "[control] dialect",
    "state_file": "[router] state_file",
}
"""What holds for as long as the daemon runs, and what a file calls it."""
_OF_NO_PROTOCOL: Final[Mapping[str, str]] = {
    "stop": "[router] stop",
    "restart_wait": "[router] graceful_restart_wait",
    "metrics": "[metrics]",
    "logs": "[[logs]]",
    "time_formats": "[control.timeformats]",
}
"""What is about the daemon alone, and holds at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The consequences of a new configuration."""

    in_force: DaemonSettings
    """The new one, with the old values of what can't change."""
    kept: Sequence[ProtocolSettings]
    """Protocols that go on; what is different they can take on."""
    switched: Sequence[ProtocolSettings]
    """Those of them that are to begin to work, or to stop."""
    renamed: Mapping[str, str]
    """The former names of those of them that have another one, by the new names."""
    restarted: Sequence[ProtocolSettings]
    removed: Sequence[ProtocolSettings]
    """As they were."""
    added: Sequence[ProtocolSettings]
    new_tables: Sequence[str]
    old_tables: Sequence[str]
    listens_elsewhere: bool
    waiting: Sequence[str]
    """What differs but takes a restart of the daemon, in words."""
    of_daemon: Sequence[str]
    """What differs and is about no protocol, as a file calls it."""


def plan(old: DaemonSettings, new: DaemonSettings, changed_by_hand: Collection[str] = ()) -> Plan:
    """Compare the configuration in force with a new one.

    ``changed_by_hand`` are protocols that are not to stay as the operator has them.
    """
    waiting = [
        f"{name} differs: restart the daemon to apply it"
        for key, name in _FIXED.items()
        if getattr(old, key) != getattr(new, key)
    ]
    waiting += _primary(old, new)
    in_force = replace(new, **{key: getattr(old, key) for key in _FIXED})
    is_another = any(getattr(old, key) != getattr(new, key) for key in _IDENTITY)

    def goes_on(was: ProtocolSettings, now: ProtocolSettings) -> bool:
        return was.name not in changed_by_hand and not _starts_anew(was, now, is_another=is_another)

    former = predecessors(old.protocols, new.protocols, goes_on)
    common = [(former[now.name], now) for now in new.protocols if now.name in former]
    anew = {now.name for was, now in common if not goes_on(was, now)}
    kept = [(was, now) for was, now in common if now.name not in anew]
    gone = {settings.name for settings in old.protocols} - {was.name for was, _ in common}
    return Plan(
        in_force=in_force,
        kept=[now for _, now in kept],
        switched=[now for was, now in kept if was.disabled is not now.disabled],
        renamed={now.name: was.name for was, now in kept if was.name != now.name},
        restarted=[now for _, now in common if now.name in anew],
        removed=[settings for settings in old.protocols if settings.name in gone],
        added=[settings for settings in new.protocols if settings.name not in former],
        new_tables=[name for name in new.tables if name not in old.tables],
        old_tables=[name for name in old.tables if name not in new.tables],
        listens_elsewhere=any(getattr(old, key) != getattr(new, key) for key in _LISTENING),
        waiting=waiting,
        of_daemon=[name for key, name in _OF_NO_PROTOCOL.items() if getattr(old, key) != getattr(new, key)],
    )


def _starts_anew(old: ProtocolSettings, new: ProtocolSettings, *, is_another: bool) -> bool:
    """Tell whether a protocol can't take on what is different; ``is_another``: we are another router."""
    if type(old) is not type(new) or (is_another and isinstance(new, NeighborSettings)):
        return True
    if (
        isinstance(old, NeighborSettings)
        and isinstance(new, NeighborSettings)
        and needs_other_encoding(old, new)
    ):
        return True
    fixed = _FIXED_OF[type(new)]
    return bool(fixed(old) != fixed(new))


def takes_over(old: ProtocolSettings, new: ProtocolSettings) -> bool:
    """Tell whether a protocol that starts anew goes on with what it has in the kernel, or that has to go."""
    if not isinstance(old, KernelSettings) or not isinstance(new, KernelSettings):
        return not isinstance(old, KernelSettings)
    places = [(each.family, each.table, each.protocol) for each in (old, new)]
    return places[0] == places[1] and not new.disabled


def _primary(old: DaemonSettings, new: DaemonSettings) -> Iterator[str]:
    """The rank of addresses is set when the interfaces are first read."""
    patterns = [() if each.device is None else each.device.primary for each in (old, new)]
    if patterns[0] != patterns[1]:
        yield "[device] primary differs: restart the daemon to apply it"
