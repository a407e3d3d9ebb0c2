"""Who comes, goes or starts anew, and which settings are the reason: asked of the plan itself."""

from collections.abc import Iterator, Mapping
from typing import Final

from bgpd.prediction.forecast import Fate, ProtocolChange
from bgpd.prediction.quiet_policies import QuietPolicies
from bgpd.prediction.stillness import families_of
from bgpd.reconfiguration.plan import Plan
from bgpd.reconfiguration.reasons import differing, reasons_to_restart
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

_KINDS: Final[Mapping[type, str]] = {
    DeviceSettings: "Device",
    DirectSettings: "Direct",
    KernelSettings: "Kernel",
    NeighborSettings: "BGP",
    PipeSettings: "Pipe",
    StaticSettings: "Static",
}
_FILTERS: Final = ("import_filter", "export_filter")
_SAID_ELSEWHERE: Final = ("name", "disabled", "shutdown")
_BY_HAND: Final = "enabled or disabled by hand"


def protocol_changes(
    old: DaemonSettings, found: Plan, policies: QuietPolicies, with_sessions: frozenset[str]
) -> Iterator[ProtocolChange | None]:
    """Yield what becomes of protocols, and None for those that stay as they are.

    ``with_sessions`` are those that would notice losing one.
    """
    before = {settings.name: settings for settings in old.protocols}
    for settings in found.removed:
        yield _change(settings, Fate.REMOVED, drops_session=settings.name in with_sessions)
    for settings in found.added:
        yield _change(settings, Fate.ADDED)
    for settings in found.restarted:
        was = before[settings.name]
        reasons = [*reasons_to_restart(old, found.in_force, was, settings)] or [_BY_HAND]
        yield ProtocolChange(
            settings.name, _kind(settings), Fate.RESTARTED, settings.name in with_sessions, reasons
        )
    switched = {settings.name for settings in found.switched}
    for settings in found.kept:
        former = found.renamed.get(settings.name, settings.name)
        if settings.name in switched:
            drops_session = former in with_sessions and settings.disabled
            fate = Fate.DISABLED if settings.disabled else Fate.ENABLED
            yield _change(settings, fate, drops_session=drops_session)
        else:
            yield from _kept(before[former], settings, policies)
            yield None


def _kept(was: ProtocolSettings, now: ProtocolSettings, policies: QuietPolicies) -> Iterator[ProtocolChange]:
    if was.name != now.name:
        yield _change(now, Fate.RENAMED)._replace(former_name=was.name)
    changed = [name for name in differing(was, now) if name not in _SAID_ELSEWHERE]
    changed += _rewritten(was, now, policies)
    if changed:
        yield _change(now, Fate.CHANGED)._replace(settings=changed)


def _rewritten(was: ProtocolSettings, now: ProtocolSettings, policies: QuietPolicies) -> Iterator[str]:
    """Yield the filters that are called as before, and say something else."""
    for direction in _FILTERS:
        name: str = getattr(now, direction, "")
        is_named_alike = name and name == getattr(was, direction)
        if is_named_alike and not all(policies.say_the_same(name, name, each) for each in families_of(now)):
            yield f"{direction} {name} (its text)"


def _change(settings: ProtocolSettings, fate: Fate, *, drops_session: bool = False) -> ProtocolChange:
    return ProtocolChange(settings.name, _kind(settings), fate, drops_session)


def _kind(settings: ProtocolSettings) -> str:
    return _KINDS[type(settings)]
