"""``protocol bgp``."""

from collections.abc import Callable, Sequence
from typing import Final

from bgpd.bird.bgp_checks import check
from bgpd.bird.common_settings import COMMON
from bgpd.bird.settings import Protocol, Setting, Settings, flag, nothing, number
from bgpd.bird.tree import Item, Local, Neighbor
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Kind

_FARTHEST: Final = 255
_USUAL_DISTANCE: Final = 64
"""Of ``multihop`` without a number, and of internal neighbors."""
_HIGHEST_PORT: Final = 65535
_CEASES: Final = (
    "cease",
    "prefix limit hit",
    "administrative shutdown",
    "peer deconfigured",
    "administrative reset",
    "connection rejected",
    "configuration change",
    "connection collision",
    "out of resources",
)
"""The subcodes of Cease (RFC 4486 §3), and Cease without one."""


def _local(grammar: ValueGrammar) -> Local:
    address = None if grammar.peek().text == "as" else grammar.address()
    grammar.expect("as")
    return Local(address, grammar.number())


def _neighbor(grammar: ValueGrammar) -> Neighbor:
    neighbor = Neighbor(None)
    if grammar.peek().kind in (Kind.ADDRESS, Kind.SYMBOL):
        neighbor = Neighbor(grammar.address(), grammar.scope())
    while grammar.peek().text in ("port", "as"):
        if grammar.accept("port"):
            neighbor = neighbor._replace(port=_port(grammar))
        else:
            grammar.expect("as")
            neighbor = neighbor._replace(asn=grammar.number())
    return neighbor


def _only_one(neighbor: Neighbor, before: Sequence[Item]) -> str | None:
    if neighbor.address and any(item.name == "neighbor" and item.value.address for item in before):
        return "Only one neighbor per BGP instance is allowed"
    return None


def _port(grammar: ValueGrammar) -> int:
    port = grammar.number()
    if not 0 < port <= _HIGHEST_PORT:
        raise FilterError(grammar.place, "Invalid port number")
    return port


def _multihop(grammar: ValueGrammar) -> int:
    distance = grammar.optional_number()
    return _USUAL_DISTANCE if distance is None else distance


def _multihop_range(distance: int, _before: Sequence[Item]) -> str | None:
    return None if 0 < distance <= _FARTHEST else f"Multihop must be in range 1-{_FARTHEST}"


def _add_paths(grammar: ValueGrammar) -> str | bool:
    if grammar.peek().text in ("rx", "tx"):
        return grammar.next().text
    return grammar.truth()


def _truth_or_aware(grammar: ValueGrammar) -> str | bool:
    return "aware" if grammar.accept("aware") else grammar.truth()


def _truth_or_graceful(grammar: ValueGrammar) -> str | bool:
    return "graceful" if grammar.accept("graceful") else grammar.truth()


def _error_wait_time(grammar: ValueGrammar) -> tuple[int, int]:
    shortest = grammar.number()
    grammar.expect(",")
    return shortest, grammar.number()


def _ceases(grammar: ValueGrammar) -> frozenset[str] | bool:
    return grammar.flags(*_CEASES) if grammar.peek().text == "{" else grammar.truth()


def _word(*words: str) -> Callable[[ValueGrammar], str]:
    return lambda grammar: grammar.word(*words)


_SETTINGS: Final = COMMON | Settings.of(
    Setting("local", _local),
    Setting("neighbor", _neighbor, _only_one),
    Setting("interface", ValueGrammar.string),
    Setting("direct", nothing),
    Setting("multihop", _multihop, _multihop_range),
    Setting("source address", ValueGrammar.address),
    Setting("next hop", _word("self", "keep")),
    Setting("missing lladdr", _word("self", "drop", "ignore")),
    Setting("gateway", _word("direct", "recursive")),
    Setting("igp table", ValueGrammar.table),
    flag("check link"),
    Setting("bfd", _truth_or_graceful),
    flag("ttl security"),
    Setting("password", ValueGrammar.text),
    flag("setkey"),
    flag("passive"),
    flag("secondary"),
    flag("rr client"),
    Setting("rr cluster id", ValueGrammar.router_id),
    flag("rs client"),
    Setting("add paths", _add_paths),
    flag("allow bgp_local_pref"),
    Setting("allow local as", ValueGrammar.optional_number),
    flag("enable route refresh"),
    flag("enable as4"),
    flag("enable extended messages"),
    flag("capabilities"),
    flag("advertise ipv4"),
    flag("interpret communities"),
    Setting("graceful restart", _truth_or_aware),
    number("graceful restart time"),
    Setting("long lived graceful restart", _truth_or_aware),
    number("long lived stale time"),
    number("hold time"),
    number("startup hold time"),
    number("keepalive time"),
    number("connect delay time"),
    number("connect retry time"),
    number("error forget time"),
    Setting("error wait time", _error_wait_time),
    flag("disable after error"),
    Setting("disable after cease", _ceases),
    flag("path metric"),
    flag("med metric"),
    flag("deterministic med"),
    flag("igp metric"),
    flag("prefer older"),
    number("default bgp_med"),
    number("default bgp_local_pref"),
    Setting(
        "route limit",
        ValueGrammar.number,
        notice="Route limit option is deprecated, use import limit",
    ),
    Setting(
        "start delay time",
        ValueGrammar.number,
        notice="Start delay time option is deprecated, use connect delay time",
    ),
)


BGP: Final = Protocol("bgp", _SETTINGS, check)
