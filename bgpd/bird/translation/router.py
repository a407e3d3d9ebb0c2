"""The statements that are about the whole daemon. With two files the first one goes before the second."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from bgpd.bird.translation import spelling
from bgpd.bird.translation.draft import Draft
from bgpd.bird.translation.protocol import MRT, SECOND_FILE, Bounds, Part, Rules, is_on, is_written
from bgpd.bird.tree import Listen
from rib.filters.algebra.printing import render
from rib.filters.errors import Place

_BGP_PORT: Final = 179
_RESTART_WAIT: Final = 240
_WAITS: Final = Bounds(0, 0xFFFF)
_PORTS: Final = Bounds(1, 0xFFFF)
_ANYWHERE: Final = {"ipv4": "0.0.0.0", "ipv6": "::"}
_SLOW: Final = "is not supported; there is a metric of the longest callback"
_RULES: Final[Rules] = {
    "debug commands": (is_on, "commands are not logged"),
    "debug latency": (is_on, _SLOW),
    "debug latency limit": (is_written, _SLOW),
    "watchdog warning": (is_on, _SLOW),
    "watchdog timeout": (is_on, "is not supported"),
    "mrtdump": (is_on, MRT),
    "mrtdump protocols": (is_on, MRT),
}


class _Listening(NamedTuple):
    """Where one of BIRD's daemons accepts connections."""

    address: str
    port: int
    at: Place | None


def write_router(parts: Sequence[Part], draft: Draft) -> None:
    """Write ``[router]`` and ``[metrics]``. BIRD says farewell when it stops, and has no metrics."""
    router = draft.table("router")
    _write_router_id(parts, draft)
    tables = dict.fromkeys(name for part in parts for name in part.configuration.tables if name != "master")
    if tables:
        router.put("tables", list(tables))
    _write_listening(parts, draft)
    router.put("stop", "withdraw")
    _write_restart_wait(parts, draft)
    draft.table("metrics").put("listen", "")
    for part in parts:
        _remark(part, draft)


def _write_router_id(parts: Sequence[Part], draft: Draft) -> None:
    items = [item for part in parts for item in part.items("router id")[-1:] if item.value]
    if items:
        draft.table("router").put("id", spelling.dotted(items[0].value), items[0].at)
    for item in items[1:]:
        if item.value != items[0].value:
            draft.remark(item.at, f"router id: {SECOND_FILE}")


def _write_restart_wait(parts: Sequence[Part], draft: Draft) -> None:
    items = [item for part in parts for item in part.items("graceful restart wait")[-1:]]
    router = draft.table("router")
    router.put("graceful_restart_wait", _RESTART_WAIT)
    for item in items[:1]:
        router.put("graceful_restart_wait", _WAITS.nearest(item.value), item.at)
    for item in items[1:]:
        if item.value != items[0].value:
            draft.remark(item.at, f"graceful restart wait: {SECOND_FILE}")


def _write_listening(parts: Sequence[Part], draft: Draft) -> None:
    listening = [_listening(part, draft) for part in parts]
    first = listening[0]
    router = draft.table("router")
    router.put("listen", [each.address for each in listening], first.at)
    router.put("port", first.port, first.at)
    for other in listening[1:]:
        if other.port != first.port and (at := other.at or first.at) is not None:
            draft.remark(at, f"listen bgp: {SECOND_FILE}")


def _listening(part: Part, draft: Draft) -> _Listening:
    listening = _Listening(_ANYWHERE[part.family], _BGP_PORT, None)
    for item in part.items("listen bgp"):
        for option in item.value:
            listening = _with_option(listening._replace(at=item.at), option)
            if option.option == "dual":
                draft.remark(item.at, "listen bgp: dual is not supported")
        if (port := _PORTS.nearest(listening.port)) != listening.port:
            draft.remark(item.at, f"listen bgp: port {listening.port} is taken as {port}")
            listening = listening._replace(port=port)
    return listening


def _with_option(listening: _Listening, option: Listen) -> _Listening:
    if isinstance(option.value, int):
        return listening._replace(port=option.value)
    return listening if option.value is None else listening._replace(address=render(option.value))


def _remark(part: Part, draft: Draft) -> None:
    """Tell the user which statements are not followed."""
    has_router_id = any(item.value for item in part.items("router id"))
    for item in part.configuration.items:
        applies, text = _RULES.get(item.name, (is_written, ""))
        if text and applies(item.value):
            draft.remark(item.at, f"{item.name}: {text}")
        if item.name == "router id from" and not has_router_id:
            draft.remark(item.at, "router id from: the lowest address of any interface is taken")
