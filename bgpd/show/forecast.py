"""A prediction for people: who comes and goes, then what becomes of routes, with some of them as samples."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final, TypeVar

from bgpd.kernel.places import Place
from bgpd.prediction.forecast import Doubt, Effect, Fate, Forecast, Impact, ProtocolChange, Sample, Told
from bgpd.show.differences import Difference, as_change, as_result, differences
from bgpd.show.interfaces import name_of
from bgpd.show.kernel_text import route_text
from bgpd.show.paragraphs import some_of
from bgpd.show.view import Daemon
from kernel_sync.types import KernelRoute
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import render_prefix

_FEW: Final = 3
"""Names of those of whom the same is said, in one line."""
_Said = TypeVar("_Said", bound=tuple[str, ...])
_NOTHING: Final = AttributeSet.of({})
_SIGNS: Final = {Effect.ADDED: "+", Effect.WITHDRAWN: "-", Effect.CHANGED: "~"}
_FATES: Final = {
    Fate.ADDED: "added",
    Fate.REMOVED: "removed",
    Fate.RESTARTED: "restarted",
    Fate.ENABLED: "enabled",
    Fate.DISABLED: "disabled",
    Fate.CHANGED: "changed in place",
}


class ForecastText:
    """The text of one forecast; what is said of routes is made bit by bit, since neighbors may be many."""

    def __init__(self, daemon: Daemon, forecast: Forecast) -> None:
        self._daemon = daemon
        self._forecast = forecast
        self._names: dict[tuple[str, ...], list[str]] = {}
        """Neighbors for whom it is the same have one text."""
        self._known: dict[Hashable, tuple[str, ...]] = {}

    def prepare(self) -> Iterator[None]:
        """Find out for whom it is the same; others may have their turn in between."""
        for impact in self._forecast.impacts:
            alike = _likeness(impact)
            if alike not in self._known:
                self._known[alike] = tuple(_text_of(self._daemon, impact))
            self._names.setdefault(self._known[alike], []).append(_name(impact))
            yield

    def lines(self) -> Iterator[str]:
        """Yield the whole text."""
        forecast = self._forecast
        if forecast.is_empty:
            yield "Nothing would change"
            return
        yield from _section("Protocols", _protocol_lines(forecast))
        yield from _section("Tables", _table_lines(forecast))
        yield from _section("The daemon itself", (f"{name} changed" for name in forecast.of_daemon))
        yield from _section("Only after a restart of the daemon", forecast.waiting)
        yield from _section("Routes", self._impact_lines())
        yield from _section("Not known before", _doubt_lines(forecast.doubts))
        yield from _section("Taken for granted", _doubt_lines(forecast.assumptions))

    def _impact_lines(self) -> Iterator[str]:
        for (counts, *samples), everybody in self._names.items():
            yield f"{some_of(everybody, _FEW)}: {counts}"
            yield from samples
        if not self._names:
            yield "nobody is told anything else, and the kernel keeps what it has"


def _likeness(impact: Impact) -> Hashable:
    """Return what the text about an impact follows from, its name apart."""
    samples = [
        (each.key, each.effect, each.had, each.has, *map(_what_was_told, (each.before, each.after)))
        for each in impact.samples
    ]
    return impact.family, impact.place, impact.added, impact.withdrawn, impact.changed, tuple(samples)


def _what_was_told(told: Sequence[Told]) -> Hashable:
    return tuple((each.source, each.attributes.wire) for each in told)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if not number:
            yield title
        yield f"  {line}"


def _doubt_lines(doubts: Sequence[Doubt]) -> Iterator[str]:
    for (text,), names in _together((doubt.name, (doubt.text,)) for doubt in doubts):
        yield f"{names}: {text}"


def _together(said: Iterable[tuple[str, _Said]]) -> Iterator[tuple[_Said, str]]:
    """Yield what is said, each with the names of those of whom it is said."""
    names: dict[_Said, list[str]] = {}
    for name, words in said:
        names.setdefault(words, []).append(name)
    for words, everybody in names.items():
        yield words, some_of(everybody, _FEW)


# Protocols and tables


def _protocol_lines(forecast: Forecast) -> Iterator[str]:
    changes = ((change.name, (change.kind, fate_of(change))) for change in forecast.protocols)
    rows = [*_together(changes)]
    width = max((len(names) for _, names in rows), default=0)
    for (kind, fate), names in rows:
        yield f"{names:<{width}}  {kind:<6}  {fate}"
    if forecast.listens_elsewhere:
        yield "The daemon listens elsewhere: [router] listen or port"


def fate_of(change: ProtocolChange) -> str:
    """Say what becomes of a protocol, and why."""
    if change.fate is Fate.RENAMED:
        return f"renamed from {change.former_name}, and goes on"
    drops = ", its session drops" if change.drops_session else ""
    why = f": {', '.join(change.settings)}" if change.settings else ""
    return f"{_FATES[change.fate]}{drops}{why}"


def _table_lines(forecast: Forecast) -> Iterator[str]:
    yield from (f"{name}: added" for name in forecast.new_tables)
    yield from (f"{name}: removed" for name in forecast.old_tables)


# Routes


def _name(impact: Impact) -> str:
    removed = " (removed)" * impact.is_gone
    table = "" if impact.place is None else f" (table {impact.place.table})"
    return f"{impact.name}{removed}{table}"


def _text_of(daemon: Daemon, impact: Impact) -> Iterator[str]:
    counts = ((impact.added, "added"), (impact.withdrawn, "withdrawn"), (impact.changed, "changed"))
    numbers = ", ".join(f"{number} {word}" for number, word in counts if number)
    yield f"{impact.family.name}, {numbers}"
    sample_lines = partial(_kernel_sample, daemon) if impact.place is not None else _neighbor_sample
    for sample in impact.samples:
        yield from (f"  {line}" for line in sample_lines(impact, sample))
    left = impact.total - len(impact.samples)
    if left:
        yield f"  and {left} more"


def _neighbor_sample(impact: Impact, sample: Sample) -> Iterator[str]:
    prefix = render_prefix(sample.key, impact.family)
    yield f"{_SIGNS[sample.effect]} {prefix}  {_what_is_told(sample)}"


def _what_is_told(sample: Sample) -> str:
    before, after = sample.before, sample.after
    if sample.effect is Effect.CHANGED:
        if len(before) > 1 or len(after) > 1:
            return f"{_paths(before)} -> {_paths(after)}"
        changed = as_change(attribute_changes(sample))
        sources = dict.fromkeys(told.source for told in (*before, *after))
        return f"from {' -> '.join(sources)}: {changed}"
    told = after or before
    if len(told) > 1:
        return _paths(told)
    was = "" if after else "was "
    return "".join(f"{was}from {each.source}: {as_result(_all_of(each))}" for each in told)


def _all_of(told: Told) -> Sequence[Difference]:
    return differences(_NOTHING, told.attributes)


def _paths(told: Sequence[Told]) -> str:
    sources = ", ".join(each.source for each in told)
    return f"{len(told)} path{'s' * (len(told) != 1)} ({sources})"


def attribute_changes(sample: Sample) -> Sequence[Difference]:
    """Return what a neighbor is told otherwise of a prefix, if it is told of one path."""
    if len(sample.before) != 1 or len(sample.after) != 1:
        return ()
    return differences(sample.before[0].attributes, sample.after[0].attributes)


def _kernel_sample(daemon: Daemon, impact: Impact, sample: Sample) -> Iterator[str]:
    had, has = kernel_texts(daemon, impact, sample)
    yield f"{_SIGNS[sample.effect]} {had or has}"
    if had and has:
        yield f"  -> {has}"


def kernel_texts(daemon: Daemon, impact: Impact, sample: Sample) -> tuple[str | None, str | None]:
    """Return what a kernel has of a prefix, now and then, as ``ip route`` shows it."""
    assert impact.place is not None, "it is of a kernel"
    render = _renderer(daemon, impact.place, impact.family)
    return render(sample, sample.had), render(sample, sample.has)


def _renderer(
    daemon: Daemon, place: Place, family: Family
) -> Callable[[Sample, KernelRoute | None], str | None]:
    name = partial(name_of, daemon)

    def render(sample: Sample, route: KernelRoute | None) -> str | None:
        if route is None:
            return None
        return route_text(sample.key, family, route, place.table, place.protocol, name)

    return render
