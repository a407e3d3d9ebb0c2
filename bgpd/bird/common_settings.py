"""The settings that every protocol has."""

from typing import Any, Final

from bgpd.bird.settings import Setting, Settings, flag
from bgpd.bird.tree import RouteLimit
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Kind
from rib.filters.syntax import Filter

_HIGHEST_PREFERENCE: Final = 65535
_TRACED: Final = ("states", "routes", "filters", "interfaces", "events", "packets")
_DUMPED: Final = ("states", "messages")


def _preference(grammar: ValueGrammar) -> int:
    preference = grammar.number()
    if preference > _HIGHEST_PREFERENCE:
        raise FilterError(grammar.place, "Invalid preference")
    return preference


def traced(grammar: ValueGrammar) -> frozenset[str]:
    """Read which events of a protocol are logged."""
    return frozenset() if grammar.accept("off") else grammar.flags(*_TRACED)


def dumped(grammar: ValueGrammar) -> frozenset[str]:
    """Read which messages of a protocol are written to a file in MRT format (RFC 6396)."""
    return frozenset() if grammar.accept("off") else grammar.flags(*_DUMPED)


def _policy(grammar: ValueGrammar) -> Filter | bool:
    """All, none, a filter by its name or as it stands here."""
    if grammar.peek().text == "where":
        return grammar.condition()
    if not grammar.accept("filter"):
        return grammar.word("all", "none") == "all"
    if grammar.peek().kind is not Kind.SYMBOL:
        return grammar.inline_filter()
    name = grammar.next()
    known = grammar.program.symbols.filters.get(name.value)
    if known is None:
        raise FilterError(name.at, "No such filter.")
    return known


def _limit(grammar: ValueGrammar) -> RouteLimit:
    if grammar.accept("off"):
        return RouteLimit(None)
    routes = grammar.number()
    if not grammar.accept("action"):
        return RouteLimit(routes)
    return RouteLimit(routes, grammar.word("warn", "block", "restart", "disable"))


def _vrf(grammar: ValueGrammar) -> Any:  # noqa: ANN401 - a name, or None for the default
    return None if grammar.accept("default") else grammar.text()


COMMON: Final = Settings.of(
    Setting("preference", _preference),
    flag("disabled"),
    Setting("debug", traced),
    Setting("mrtdump", dumped),
    Setting("import", _policy),
    Setting("export", _policy),
    Setting("receive limit", _limit),
    Setting("import limit", _limit),
    Setting("export limit", _limit),
    flag("import keep filtered"),
    Setting("vrf", _vrf),
    Setting("table", ValueGrammar.table),
    Setting("router id", ValueGrammar.router_id),
    Setting("description", ValueGrammar.text),
)
