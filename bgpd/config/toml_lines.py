"""The lines on which the keys of a TOML text stand.

``tomllib`` does not tell. This index reads a text that ``tomllib`` has accepted, so it need not
doubt the syntax, and it only serves messages: a key it does not find is placed at the nearest
table around it.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Final, NamedTuple

from bgpd.config.faults import KeyPath

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=,.\n]"
    r"|[^\s\[\]{}=,.\#\"']+",
    re.DOTALL,
)
_SHORTEST_LONG_STRING: Final = 6


class Beginning(NamedTuple):
    """Where what is inside of a string begins; both are counted from 1."""

    line: int
    column: int


def index_lines(text: str) -> Mapping[KeyPath, int]:
    """Return the line, counted from 1, of every key and list item of a valid TOML text."""
    return _index(text).lines


def index_strings(text: str) -> Mapping[KeyPath, Beginning]:
    """Return where the strings of a valid TOML text begin: some are texts with lines of their own."""
    return _index(text).strings


def _index(text: str) -> "_Index":
    index = _Index(text)
    index.read()
    return index


def line_of(path: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """Return the line of a key, or of the nearest table around it that the text has."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


class _Index:
    """One pass over the tokens, with the table that is open."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.strings: dict[KeyPath, Beginning] = {}
        self._tokens = [(match[0], match.start()) for match in _TOKEN.finditer(text)]
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        self._items: dict[KeyPath, int] = {}  # how many [[...]] tables a list has so far

    def read(self) -> None:
        table: KeyPath = ()
        while self._at < len(self._tokens):
            token = self._peek()
            if token == "[":
                table = self._header()
            elif token == "\n" or token.startswith("#"):
                self._next()
            else:
                self._pair(table)

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token, start = self._tokens[self._at]
        self._at += 1
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        return token

    def _header(self) -> KeyPath:
        """Read ``[table]`` or ``[[list]]`` and return the path of the table it opens."""
        depth = 0
        while self._peek() == "[":
            self._next()
            depth += 1
        *parents, last = self._key("]")
        table: KeyPath = ()
        for part in parents:
            self.lines.setdefault((*table, part), self._line)
            table = self._inside((*table, part))
        table = (*table, last)
        if depth == 2:
            self._items[table] = self._items.get(table, 0) + 1
            self.lines.setdefault(table, self._line)
        if self._peek() == "]":
            self._next()
        table = self._inside(table)
        self.lines.setdefault(table, self._line)
        return table

    def _inside(self, path: KeyPath) -> KeyPath:
        """Return the newest item of a list of tables, and any other table as it is."""
        return (*path, self._items[path] - 1) if path in self._items else path

    def _key(self, end: str) -> list[str]:
        """Read a dotted key up to and including the token that ends it."""
        parts = []
        while (token := self._next()) != end:
            if token != ".":
                parts.append(_unquoted(token))
        return parts

    def _pair(self, table: KeyPath) -> None:
        path = table
        for part in self._key("="):
            path = (*path, part)
            self.lines.setdefault(path, self._line)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        token = self._next()
        self.lines.setdefault(path, self._line)
        if token[0] in "\"'":
            self.strings[path] = self._beginning(token)
        match token:
            case "[":
                self._list(path)
            case "{":
                self._inline_table(path)
            case _:
                while self._peek() not in {"\n", ",", "]", "}", ""}:  # the rest of a number or a date
                    self._next()

    def _beginning(self, token: str) -> Beginning:
        """A newline right after three quotes is not part of the string."""
        quotes = 3 if token[:3] in {"'''", '"""'} and len(token) >= _SHORTEST_LONG_STRING else 1
        if token[quotes:].startswith(("\n", "\r\n")):
            return Beginning(self._line + 1, 1)
        return Beginning(self._line, self._counted - self._text.rfind("\n", 0, self._counted) + quotes)

    def _list(self, path: KeyPath) -> None:
        position = 0
        while (token := self._peek()) != "]":
            if token in {",", "\n"} or token.startswith("#"):
                self._next()
                continue
            self._value((*path, position))
            position += 1
        self._next()

    def _inline_table(self, path: KeyPath) -> None:
        while (token := self._peek()) != "}":
            if token in {",", "\n"} or token.startswith("#"):
                self._next()
            else:
                self._pair(path)
        self._next()


def _unquoted(token: str) -> str:
    """Return the key that a bare or quoted key stands for."""
    if token[0] not in "\"'":
        return token
    return str(tomllib.loads(f"key = {token}")["key"])
