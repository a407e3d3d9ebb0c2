"""What filters note about a route, and no neighbor is sent: how the kernel is to have it, and the like."""

from collections.abc import Callable, Mapping
from typing import Final

from rib.filters.attributes.checks import address, number
from rib.filters.attributes.row import FilterAttribute
from rib.filters.errors import RunError
from rib.filters.running.run import Run
from rib.filters.values import Address, Type


def _noted(name: str, kind: Type, about: str) -> FilterAttribute:
    """Return the row of an attribute that no neighbor is sent."""
    check = _CHECKS[kind]

    def read(run: Run) -> object:
        _ = run.subject
        return run.local.get(name)

    def write(run: Run, value: object) -> None:
        run.note(name, check(value))

    def remove(run: Run) -> None:
        run.note(name, None)

    return FilterAttribute(name, frozenset({kind, Type.VOID}), read, kind, write, remove, about)


def _address_value(value: object) -> Address:
    return Address(address(value))


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise RunError("Setting bit in bitfield attribute to non-bool value")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise RunError("Setting string attribute to non-string value")
    return value


_CHECKS: Final[Mapping[Type, Callable[[object], object]]] = {
    Type.INT: number,
    Type.IP: _address_value,
    Type.STRING: _text,
    Type.BOOL: _switch,
}


NOTES: Final = (
    _noted("igp_metric", Type.INT, "the distance to next hops that this route leads to"),
    _noted("krt_metric", Type.INT, "the metric of the kernel's route"),
    _noted("krt_prefsrc", Type.IP, "the preferred source address of the kernel's route"),
    _noted(
        "krt_tunnel",
        Type.STRING,
        "the tunnel device that leads to the BGP next hop",
    ),
    _noted("krt_source", Type.INT, "the protocol number of a route learned from the kernel"),
    *(
        _noted(name, Type.INT, "a note without effect: bgpd does not speak this protocol")
        for name in ("rip_metric", "rip_tag", "ospf_metric1", "ospf_metric2", "ospf_tag", "babel_metric")
    ),
    *(
        _noted(f"krt_{name}", Type.INT, "an attribute of the kernel's route")
        for name in (
            "realm",
            "scope",
            "mtu",
            "window",
            "rtt",
            "rttvar",
            "sstresh",
            "cwnd",
            "advmss",
            "reordering",
            "hoplimit",
            "initcwnd",
            "rto_min",
            "initrwnd",
            "quickack",
        )
    ),
    *(
        _noted(f"krt_{name}", Type.BOOL, "a switch of the kernel's route")
        for name in (
            "lock_mtu",
            "lock_window",
            "lock_rtt",
            "lock_rttvar",
            "lock_sstresh",
            "lock_cwnd",
            "lock_advmss",
            "lock_reordering",
            "lock_hoplimit",
            "lock_rto_min",
            "feature_ecn",
            "feature_allfrag",
        )
    ),
)
