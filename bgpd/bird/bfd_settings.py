"""``protocol bfd``, which is read but does nothing."""

from typing import Final

from bgpd.bird.common_settings import COMMON
from bgpd.bird.settings import Protocol, Setting, Settings, duration, flag, number, read_nested
from bgpd.bird.tree import BfdNeighbor, Item, Nested, Password
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError


def _authentication(grammar: ValueGrammar) -> str:
    kind = grammar.word("none", "simple", "keyed", "meticulous")
    if kind == "meticulous":
        kind = f"{kind} {grammar.word('keyed')}"
    return f"{kind} {grammar.word('md5', 'sha1')}" if kind.endswith("keyed") else kind


def _algorithm(grammar: ValueGrammar) -> str:
    return f"{grammar.word('keyed', 'hmac')} {grammar.word('md5', 'sha1', 'sha256', 'sha384', 'sha512')}"


def _optional(grammar: ValueGrammar, settings: Settings) -> tuple[Item, ...]:
    return read_nested(grammar, settings) if grammar.peek().text == "{" else ()


_PASSWORD_SETTINGS: Final = Settings.of(
    *(
        Setting(words, ValueGrammar.text)
        for words in ("generate from", "generate to", "accept from", "accept to", "from", "to")
    ),
    number("id"),
    Setting("algorithm", _algorithm),
)


def _password(grammar: ValueGrammar) -> Password:
    text = grammar.text()
    return Password(text, _optional(grammar, _PASSWORD_SETTINGS))


def _passwords(grammar: ValueGrammar) -> tuple[Password, ...]:
    return tuple(item.value for item in read_nested(grammar, _PASSWORD_LIST))


_PASSWORD_LIST: Final = Settings.of(Setting("password", _password))
_SESSION_SETTINGS: Final = Settings.of(
    duration("interval"),
    duration("min rx interval"),
    duration("min tx interval"),
    duration("idle tx interval"),
    number("multiplier"),
    flag("passive"),
    Setting("authentication", _authentication),
    Setting("password", _password),
    Setting("passwords", _passwords),
)


def _interface(grammar: ValueGrammar) -> Nested:
    patterns = grammar.patterns()
    grammar.peek()
    if any(pattern.prefix for pattern in patterns):
        raise FilterError(grammar.place, "Interface name/mask expected, not IP prefix")
    return Nested(patterns, _optional(grammar, _SESSION_SETTINGS))


def _multihop(grammar: ValueGrammar) -> Nested:
    return Nested((), _optional(grammar, _SESSION_SETTINGS))


def _neighbor(grammar: ValueGrammar) -> BfdNeighbor:
    address = grammar.address()
    interface = grammar.scope()
    if interface is None and grammar.accept("dev"):
        interface = grammar.string()
    local = grammar.address() if grammar.accept("local") else None
    is_multihop = grammar.accept("multihop") and grammar.truth()
    if is_multihop and interface is not None:
        raise FilterError(grammar.peek().at, "Neighbor cannot set both interface and multihop")
    if is_multihop and local is None:
        raise FilterError(grammar.peek().at, "Multihop neighbor requires specified local address")
    return BfdNeighbor(address, interface, local, is_multihop)


BFD: Final = Protocol(
    "bfd",
    COMMON
    | Settings.of(
        Setting("interface", _interface), Setting("multihop", _multihop), Setting("neighbor", _neighbor)
    ),
)
