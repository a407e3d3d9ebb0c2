"""What is noted about a route in the kernel, as ``show route all`` prints it and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bgpd.kernel.forms import METRICS, SWITCHES
from kernel_sync.types import Metric
from messages.families.prefix import render_address
from rib.filters.values import Address

_PREFIX: Final = "krt_"
_SHARED: Final = {"lock": "krt_lock_", "features": "krt_feature_"}
"""Lines with the names of all switches that are on, and how the notes of those begin."""
_METRICS: Final = {Metric.LOCK: "lock", Metric.FEATURES: "features"} | {
    metric: name.removeprefix(_PREFIX) for name, metric in METRICS.items()
}
_ORDER: Final = (
    *("source", "metric", "prefsrc", "realm", "scope", "tunnel"),
    *(_METRICS[metric] for metric in sorted(_METRICS)),
)
"""BIRD's."""


def kernel_note_lines(notes: Mapping[str, Any]) -> Iterator[str]:
    """Return one line for each attribute of the kernel's route, the same as BIRD's."""
    for name in _ORDER if notes else ():
        text = _switched_on(_SHARED[name], notes) if name in _SHARED else _text(notes.get(_PREFIX + name))
        if text:
            yield f"\tKernel.{name}: {text}"


def _switched_on(beginning: str, notes: Mapping[str, Any]) -> str:
    names = (name for name in SWITCHES if name.startswith(beginning) and notes.get(name))
    return " ".join(name.removeprefix(beginning) for name in names)


def plain_kernel_notes(notes: Mapping[str, Any]) -> dict[str, object]:
    """Return the notes by the names that filters have for them."""
    krt = {name: value for name, value in notes.items() if name.startswith(_PREFIX)}
    return {name: _text(value) if isinstance(value, bytes) else value for name, value in krt.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    return render_address(value) if isinstance(value, Address) else str(value)
