"""A prediction for programs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bgpd.prediction.forecast import Doubt, Forecast, Impact, ProtocolChange, Sample
from bgpd.show.differences import Difference
from bgpd.show.forecast import attribute_changes, kernel_texts
from bgpd.show.view import Daemon
from messages.families.prefix import render_prefix


class _Protocol(NamedTuple):
    name: str
    kind: str
    fate: str
    drops_session: bool
    settings: Sequence[str]
    former_name: str | None


class _NeighborSample(NamedTuple):
    prefix: str
    effect: str
    before: Sequence[str]
    """The protocols whose routes it is told."""
    after: Sequence[str]
    changes: Sequence[Difference]


class _KernelSample(NamedTuple):
    prefix: str
    effect: str
    before: str | None
    """As ``ip route`` shows it."""
    after: str | None


class _Routes(NamedTuple):
    protocol: str
    family: str
    added: int
    withdrawn: int
    changed: int
    samples: Sequence[_NeighborSample | _KernelSample]
    kernel_table: int | None = None
    removed: bool | None = None
    """Whether the protocol is; another one may have its name."""


class _Remark(NamedTuple):
    protocol: str
    text: str


def forecast_document(daemon: Daemon, forecast: Forecast) -> Mapping[str, object]:
    """Return what is said of a prediction."""
    routes = [_routes(daemon, impact) for impact in forecast.impacts]
    return {
        "nothing_changes": forecast.is_empty,
        "protocols": [*map(_protocol, forecast.protocols)],
        "new_tables": forecast.new_tables,
        "old_tables": forecast.old_tables,
        "listens_elsewhere": forecast.listens_elsewhere,
        "of_daemon": forecast.of_daemon,
        "takes_restart": forecast.waiting,
        "neighbors": [each for each in routes if each.kernel_table is None],
        "kernel": [each for each in routes if each.kernel_table is not None],
        "unknown": [*map(_remark, forecast.doubts)],
        "assumed": [*map(_remark, forecast.assumptions)],
    }


def _protocol(change: ProtocolChange) -> _Protocol:
    name, kind, fate, drops_session, settings, former_name = change
    return _Protocol(name, kind, fate.value, drops_session, settings, former_name)


def _remark(doubt: Doubt) -> _Remark:
    return _Remark(doubt.name, doubt.text)


def _routes(daemon: Daemon, impact: Impact) -> _Routes:
    samples = [_sample(daemon, impact, sample) for sample in impact.samples]
    return _Routes(
        impact.name,
        impact.family.name,
        impact.added,
        impact.withdrawn,
        impact.changed,
        samples,
        None if impact.place is None else impact.place.table,
        impact.is_gone or None,
    )


def _sample(daemon: Daemon, impact: Impact, sample: Sample) -> _NeighborSample | _KernelSample:
    prefix = render_prefix(sample.key, impact.family)
    if impact.place is not None:
        return _KernelSample(prefix, sample.effect.value, *kernel_texts(daemon, impact, sample))
    return _NeighborSample(
        prefix,
        sample.effect.value,
        [told.source for told in sample.before],
        [told.source for told in sample.after],
        attribute_changes(sample),
    )
