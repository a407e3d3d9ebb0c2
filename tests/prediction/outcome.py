"""What neighbors know and what tables of the kernel hold, and how that became otherwise."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bgpd.prediction.forecast import Effect, Fate, Forecast
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.settings import DaemonSettings
from messages.families.prefix import render_prefix
from tests.reconfiguration.far import Far
from tests.reconfiguration.world import FARS

State: TypeAlias = Mapping[str, Mapping[str, Any]]
"""What each neighbor that is there was told, and what is wanted in each kernel table, by prefix."""
_OF_THE_OLD: Final = (Fate.REMOVED, Fate.RESTARTED)
"""What is said of somebody by the name that it has now, not by the one that it gets."""
Effects: TypeAlias = Mapping[str, Mapping[str, Effect]]


@dataclass(frozen=True)
class Predicted:
    """A forecast, in the words of this module."""

    effects: Effects
    dropped: Collection[str]
    """Neighbors that lose their sessions."""


def state_of(protocols: Iterable[Protocol], fars: Mapping[str, Far]) -> State:
    """Look at all of them now."""
    state: dict[str, dict[str, Any]] = {name: {**far.told} for name, far in fars.items() if far.is_up}
    for each in protocols:
        if isinstance(each, KernelProtocol) and each.is_up:
            wanted = state.setdefault(f"kernel table {each.place.table}", {})
            for key, route in each.kernel.fib.wanted.items():
                wanted[render_prefix(key, each.family)] = route.canonical(each.family)
    return state


def from_forecast(forecast: Forecast, old: DaemonSettings, new: DaemonSettings) -> Predicted | None:
    """Return what was predicted; None if it says of itself that it can't know."""
    if any("has no session" not in doubt.text for doubt in forecast.doubts):
        return None  # who has no session keeps silent here
    effects: dict[str, dict[str, Effect]] = {}
    for impact in forecast.impacts:
        table = "" if impact.place is None else f"kernel table {impact.place.table}"
        who = table or _far(impact.name, old if impact.is_gone else new)
        for sample in impact.samples:
            effects.setdefault(who, {})[render_prefix(sample.key, impact.family)] = sample.effect
    dropped = {
        _far(change.name, old if change.fate in _OF_THE_OLD else new)
        for change in forecast.protocols
        if change.drops_session
    }
    return Predicted(effects, dropped)


def _far(name: str, settings: DaemonSettings) -> str:
    """Return who has this name in a configuration, or one that begins with it because it is of a range."""
    places = {each.name: FARS.get(each.address, "") for each in settings.neighbors}
    return places.get(name) or next(far for each, far in places.items() if name.startswith(f"{each}_10_"))


def otherwise(predicted: Predicted, was: State, now: State, dropped: Collection[str]) -> Sequence[str]:
    """Return in words what came otherwise than predicted, each prefix by itself."""
    came = _effects(was, now)
    lines = [
        f"{who}: {prefix}: predicted {_of(predicted.effects, who, prefix)}, came {_of(came, who, prefix)}"
        for who, prefix in sorted({*_places(predicted.effects), *_places(came)})
        if _of(predicted.effects, who, prefix) != _of(came, who, prefix)
    ]
    if {*predicted.dropped} != {*dropped}:
        lines.append(f"lost sessions: predicted {sorted(predicted.dropped)}, came {sorted(dropped)}")
    return lines


def _places(effects: Effects) -> Iterator[tuple[str, str]]:
    for who, prefixes in effects.items():
        for prefix in prefixes:
            yield who, prefix


def _of(effects: Effects, who: str, prefix: str) -> Effect | None:
    return effects.get(who, {}).get(prefix)


def _effects(was: State, now: State) -> Effects:
    found: dict[str, dict[str, Effect]] = {}
    for who in was.keys() | now.keys():
        before, after = was.get(who, {}), now.get(who, {})
        for prefix in before.keys() | after.keys():
            if before.get(prefix) != after.get(prefix):
                found.setdefault(who, {})[prefix] = _effect(prefix in before, prefix in after)
    return found


def _effect(was_there: bool, is_there: bool) -> Effect:
    if was_there and is_there:
        return Effect.CHANGED
    return Effect.ADDED if is_there else Effect.WITHDRAWN
