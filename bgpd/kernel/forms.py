"""What filters note about the form of a kernel route: metric, source, MTU and the like (rtnetlink(7)).

The names, and what they stand for, are those of BIRD's kernel protocol.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kernel_sync.types import Metric

METRICS: Final[Mapping[str, Metric]] = {
    "krt_mtu": Metric.MTU,
    "krt_window": Metric.WINDOW,
    "krt_rtt": Metric.RTT,
    "krt_rttvar": Metric.RTTVAR,
    "krt_sstresh": Metric.SSTHRESH,
    "krt_cwnd": Metric.CWND,
    "krt_advmss": Metric.ADVMSS,
    "krt_reordering": Metric.REORDERING,
    "krt_hoplimit": Metric.HOPLIMIT,
    "krt_initcwnd": Metric.INITCWND,
    "krt_rto_min": Metric.RTO_MIN,
    "krt_initrwnd": Metric.INITRWND,
    "krt_quickack": Metric.QUICKACK,
}
SWITCHES: Final[Mapping[str, tuple[Metric, int]]] = {
    "krt_lock_mtu": (Metric.LOCK, 1 << Metric.MTU),
    "krt_lock_window": (Metric.LOCK, 1 << Metric.WINDOW),
    "krt_lock_rtt": (Metric.LOCK, 1 << Metric.RTT),
    "krt_lock_rttvar": (Metric.LOCK, 1 << Metric.RTTVAR),
    "krt_lock_sstresh": (Metric.LOCK, 1 << Metric.SSTHRESH),
    "krt_lock_cwnd": (Metric.LOCK, 1 << Metric.CWND),
    "krt_lock_advmss": (Metric.LOCK, 1 << Metric.ADVMSS),
    "krt_lock_reordering": (Metric.LOCK, 1 << Metric.REORDERING),
    "krt_lock_hoplimit": (Metric.LOCK, 1 << Metric.HOPLIMIT),
    "krt_lock_rto_min": (Metric.LOCK, 1 << Metric.RTO_MIN),
    "krt_feature_ecn": (Metric.FEATURES, 1 << 0),
    "krt_feature_allfrag": (Metric.FEATURES, 1 << 3),
}
_OCTET: Final = 0xFF


class Form(NamedTuple):
    """Everything about a kernel route but where it leads; see ``KernelRoute``."""

    metric: int = 0
    preferred_source: bytes = b""
    realm: int = 0
    metrics: tuple[tuple[int, int], ...] = ()
    scope: int | None = None


def form_of(notes: Mapping[str, Any], metric: int) -> Form:
    """Return what the notes beside a route ask for; ``metric``, unless it is 0, goes before theirs."""
    scope = notes.get("krt_scope")
    return Form(
        metric or notes.get("krt_metric", 0),
        notes.get("krt_prefsrc", b""),
        notes.get("krt_realm", 0),
        _metrics(notes),
        None if scope is None else scope & _OCTET,
    )


def _metrics(notes: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    found: dict[Metric, int] = {}
    for name, value in notes.items():
        if name in METRICS:
            found[METRICS[name]] = value
        elif value and name in SWITCHES:
            metric, bit = SWITCHES[name]
            found[metric] = found.get(metric, 0) | bit
    return tuple(sorted(found.items()))
