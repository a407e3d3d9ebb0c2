"""Why a protocol can't take on what is different: asked of the plan itself, one setting at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, assert_never

from bgpd.reconfiguration.plan import plan
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

_NOBODY: Final[Mapping[str, Any]] = {
    "device": None,
    "directs": (),
    "kernels": (),
    "statics": (),
    "pipes": (),
    "neighbors": (),
    "order": (),
}
"""A configuration without protocols."""


def differing(was: Any, now: Any) -> Sequence[str]:  # noqa: ANN401 - any two settings of one kind
    """Return the names of the settings that differ."""
    return [each.name for each in fields(was) if getattr(was, each.name) != getattr(now, each.name)]


def reasons_to_restart(
    old: DaemonSettings, new: DaemonSettings, was: ProtocolSettings, now: ProtocolSettings
) -> Iterator[str]:
    """Yield which settings would make a protocol start anew if nothing else differed."""
    if type(was) is not type(now):
        yield "kind"
        return
    alone = _alone(old, was)
    for name in differing(was, now):
        if plan(alone, _alone(old, replace(was, **{name: getattr(now, name)}))).restarted:
            yield name
    for name in differing(replace(old, **_NOBODY), replace(new, **_NOBODY)):
        if plan(alone, replace(alone, **{name: getattr(new, name)})).restarted:
            yield f"{name} of the router"


def _alone(daemon: DaemonSettings, settings: ProtocolSettings) -> DaemonSettings:
    """Return a configuration with one protocol."""
    nobody = replace(daemon, **_NOBODY)
    match settings:
        case DeviceSettings():
            return replace(nobody, device=settings)
        case DirectSettings():
            return replace(nobody, directs=(settings,))
        case KernelSettings():
            return replace(nobody, kernels=(settings,))
        case NeighborSettings():
            return replace(nobody, neighbors=(settings,))
        case PipeSettings():
            return replace(nobody, pipes=(settings,))
        case StaticSettings():
            return replace(nobody, statics=(settings,))
        case _:
            assert_never(settings)
