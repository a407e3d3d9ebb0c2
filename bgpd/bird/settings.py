"""Settings as tables: the words a statement begins with, how its value is read, what may be wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from bgpd.bird.tree import BirdConfiguration, Item, ProtocolBlock
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError

Read = Callable[[ValueGrammar], Any]
"""Reads the value that follows the words."""
Check = Callable[[Any, Sequence[Item]], str | None]
"""Takes the value, at the semicolon, and the statements before it; returns what is wrong."""


def _anything(_value: object, _before: Sequence[Item]) -> None:
    return None


def nothing(_grammar: ValueGrammar) -> bool:
    """Read nothing: the words say all."""
    return True


class Setting(NamedTuple):
    """One statement."""

    words: str
    read: Read
    check: Check = _anything
    notice: str = ""
    """What the user is told about it."""
    ends: bool = True
    """There is a semicolon behind it."""


def flag(words: str) -> Setting:
    """Return a setting that is on or off; without a word it is on."""
    return Setting(words, ValueGrammar.truth)


def number(words: str) -> Setting:
    """Return a setting that is a number."""
    return Setting(words, ValueGrammar.number)


def duration(words: str) -> Setting:
    """Return a setting that is a time with a unit."""
    return Setting(words, ValueGrammar.duration)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that may stand in one place."""

    rows: Mapping[tuple[str, ...], Setting]
    beginnings: frozenset[tuple[str, ...]]
    """The first words, one or more, of each."""

    @classmethod
    def of(cls, *rows: Setting) -> "Settings":
        """Return a table of settings."""
        by_words = {tuple(row.words.split()): row for row in rows}
        beginnings = (words[:count] for words in by_words for count in range(1, len(words) + 1))
        return cls(MappingProxyType(by_words), frozenset(beginnings))

    def __or__(self, others: "Settings") -> "Settings":
        return Settings.of(*self.rows.values(), *others.rows.values())


def read_item(grammar: ValueGrammar, settings: Settings, before: Sequence[Item] = ()) -> Item:
    """Read one statement with its semicolon: the longest words that fit, then the value."""
    begin = grammar.peek()
    setting = _setting(grammar, settings)
    item = Item(setting.words, setting.read(grammar), begin.at)
    if setting.ends:
        grammar.expect(";")
    complaint = setting.check(item.value, before)
    if complaint:
        raise FilterError(grammar.place, complaint)
    if setting.notice:
        grammar.program.printed.append(f"{grammar.subject}: {setting.notice}")
    return item


def _setting(grammar: ValueGrammar, settings: Settings) -> Setting:
    words: tuple[str, ...] = ()
    while (longer := (*words, grammar.peek().text)) in settings.beginnings:
        words = longer
        grammar.next()
    setting = settings.rows.get(words)
    if setting is None:
        raise grammar.syntax_error("a setting")
    return setting


def read_block(grammar: ValueGrammar, settings: Settings, before: Sequence[Item]) -> list[Item]:
    """Read the statements of a protocol behind some others; there may be stray semicolons."""
    items = list(before)
    grammar.expect("{")
    while not grammar.accept("}"):
        if not grammar.accept(";"):
            items.append(read_item(grammar, settings, items))
    return items


def read_nested(grammar: ValueGrammar, settings: Settings) -> tuple[Item, ...]:
    """Read the statements in braces that belong to one statement."""
    items: list[Item] = []
    grammar.expect("{")
    while not grammar.accept("}"):
        items.append(read_item(grammar, settings, items))
    return tuple(items)


BlockCheck = Callable[[ProtocolBlock, BirdConfiguration], str | None]
"""Takes a complete protocol, not a template; returns what is wrong."""


def _right(_block: ProtocolBlock, _configuration: BirdConfiguration) -> None:
    return None


class Protocol(NamedTuple):
    """A kind of protocol."""

    kind: str
    settings: Settings
    check: BlockCheck = _right
    """Is asked at the closing brace."""
    final_check: BlockCheck = _right
    """Is asked when all protocols are there."""
    is_unique: bool = False
    """There can be but one, template or not."""
