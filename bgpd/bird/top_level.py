"""The statements that are not about one protocol, but for definitions."""

from typing import Final

from bgpd.bird.common_settings import dumped, traced
from bgpd.bird.settings import Setting, Settings, duration, flag, number
from bgpd.bird.tree import Listen, Log, TimeFormat
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.grammar.lexer import Kind

_CLASSES: Final = ("debug", "trace", "info", "remote", "warning", "error", "auth", "fatal", "bug")


def _log(grammar: ValueGrammar) -> Log:
    """The file is opened by who writes to it, not by who checks the configuration."""
    target, name = "file", None
    if grammar.peek().text in ("stderr", "syslog"):
        target = grammar.next().text
        if target == "syslog" and grammar.accept("name"):
            name = grammar.text()
    elif grammar.peek().kind in (Kind.STRING, Kind.SYMBOL):
        name = grammar.text()
    else:
        raise grammar.syntax_error("where to log to")
    return Log(target, name, grammar.flags(*_CLASSES))


def _listen(grammar: ValueGrammar) -> tuple[Listen, ...]:
    options = []
    while (word := grammar.peek().text) in ("address", "port", "v6only", "dual"):
        grammar.next()
        if word == "address":
            options.append(Listen(word, grammar.address()))
        elif word == "port":
            options.append(Listen(word, grammar.number()))
        else:
            options.append(Listen(word))
    return tuple(options)


def _time_format(grammar: ValueGrammar) -> TimeFormat:
    if grammar.peek().text in ("iso", "old"):
        style = grammar.next().text
        return TimeFormat(f"{style} {grammar.word('short', 'long')}")
    recent = grammar.string()
    limit = grammar.optional_number()
    return TimeFormat(recent) if limit is None else TimeFormat(recent, limit, grammar.string())


TOP_LEVEL: Final = Settings.of(
    Setting("router id", ValueGrammar.router_id),
    Setting("router id from", ValueGrammar.patterns),
    Setting("listen bgp", _listen),
    Setting("log", _log),
    Setting("debug protocols", traced, ends=False),
    number("debug commands")._replace(ends=False),
    flag("debug latency")._replace(ends=False),
    duration("debug latency limit")._replace(ends=False),
    duration("watchdog warning")._replace(ends=False),
    duration("watchdog timeout")._replace(ends=False),
    Setting("mrtdump", ValueGrammar.text),
    Setting("mrtdump protocols", dumped),
    number("graceful restart wait"),
    *(Setting(f"timeformat {which}", _time_format) for which in ("route", "protocol", "base", "log")),
)
