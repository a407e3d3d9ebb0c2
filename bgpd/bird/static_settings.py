"""``protocol static`` and its routes."""

from collections.abc import Callable, Mapping
from typing import Final

from bgpd.bird.common_settings import COMMON
from bgpd.bird.settings import Protocol, Setting, Settings, flag
from bgpd.bird.tree import NextHop, StaticRoute
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Kind
from rib.filters.syntax import Block, Filter, Statement
from rib.filters.values import Prefix

_HEAVIEST: Final = 256


def _route(grammar: ValueGrammar) -> StaticRoute:
    prefix = grammar.parse_prefix()
    form = _FORMS.get(grammar.peek().text)
    if form is None:
        raise grammar.syntax_error("'via' or 'blackhole'")
    word = grammar.next().text
    route = form(grammar, prefix, word)
    return _with_options(grammar, route) if grammar.peek().text == "{" else route


def _via(grammar: ValueGrammar, prefix: Prefix, _word: str) -> StaticRoute:
    if grammar.peek().kind is Kind.STRING:
        return StaticRoute(prefix, "interface", interface=grammar.string())
    return StaticRoute(prefix, "via", (NextHop(grammar.address(), grammar.scope()),))


def _multipath(grammar: ValueGrammar, prefix: Prefix, _word: str) -> StaticRoute:
    next_hops = []
    grammar.expect("via")
    while True:
        next_hops.append(_next_hop(grammar))
        if not grammar.accept("via"):
            return StaticRoute(prefix, "via", tuple(next_hops))


def _next_hop(grammar: ValueGrammar) -> NextHop:
    next_hop = NextHop(grammar.address(), grammar.scope())
    while True:
        if grammar.accept("weight"):
            next_hop = next_hop._replace(weight=_weight(grammar))
        elif grammar.accept("bfd"):
            next_hop = next_hop._replace(bfd=grammar.truth())
        else:
            return next_hop


def _weight(grammar: ValueGrammar) -> int:
    weight = grammar.number()
    if not 0 < weight <= _HEAVIEST:
        raise FilterError(grammar.place, f"Weight must be in range 1-{_HEAVIEST}")
    return weight


def _recursive(grammar: ValueGrammar, prefix: Prefix, _word: str) -> StaticRoute:
    return StaticRoute(prefix, "recursive", recursive=grammar.address())


def _dead_end(_grammar: ValueGrammar, prefix: Prefix, word: str) -> StaticRoute:
    return StaticRoute(prefix, _DEAD_ENDS[word])


_DEAD_ENDS: Final[Mapping[str, str]] = {
    "blackhole": "blackhole",
    "drop": "blackhole",
    "unreachable": "unreachable",
    "reject": "unreachable",
    "prohibit": "prohibit",
}
_FORMS: Final[Mapping[str, Callable[[ValueGrammar, Prefix, str], StaticRoute]]] = {
    "via": _via,
    "multipath": _multipath,
    "recursive": _recursive,
    **dict.fromkeys(_DEAD_ENDS, _dead_end),
}
"""What stands behind the prefix."""


def _with_options(grammar: ValueGrammar, route: StaticRoute) -> StaticRoute:
    """``{ bfd; bgp_med = 5; }``: an option, and statements that change the attributes of the route."""
    options: list[bool] = []

    def body() -> Filter:
        begin = grammar.expect("{").at
        statements: list[tuple[Statement, str]] = []
        while not grammar.accept("}"):
            if grammar.accept("bfd"):
                options.append(grammar.truth())
                grammar.expect(";")
            else:
                statements.append(grammar.statement_with_text())
        trees, texts = tuple(zip(*statements, strict=True)) or ((), ())
        grammar.configuration.texts[begin] = "\n".join(texts)
        return Filter(None, (), Block(trees, at=begin), at=begin)

    attributes = grammar.statements(body)
    bfd = options[-1] if options else route.bfd
    return route._replace(attributes=attributes if attributes.body.statements else None, bfd=bfd)


STATIC: Final = Protocol(
    "static",
    COMMON
    | Settings.of(Setting("route", _route), flag("check link"), Setting("igp table", ValueGrammar.table)),
)
