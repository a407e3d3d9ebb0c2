"""Selectors: which objects are meant, by their labels, in the language that Calico has for it.

    rack == 'a' && has(route-reflector) || !(zone in {"z1", "z2"})

``||`` binds least, then ``&&``, then ``!``. A label that is not there is unequal to everything.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

Labels = Mapping[str, str]
Matcher = Callable[[Labels], bool]

_LONGEST: Final = 16_384
_DEEPEST: Final = 100
_NAMESPACE: Final = "projectcalico.org/namespace"
"""The label that objects of a namespace have, so that nothing global has it."""

_LABEL: Final = r"[A-Za-z0-9_./-]{1,512}"
_TOKEN: Final = re.compile(
    rf"""
      (?P<text> "[^"]*" | '[^']*' )
    | (?P<has> has \( \s* (?P<label> {_LABEL} ) \s* \) )
    | (?P<all> all \( \s* \) )
    | (?P<global> global \( \s* \) )
    | (?P<symbol> == | != | && | \|\| | [!(){{}},] )
    | (?P<word> {_LABEL} )
    """,
    re.VERBOSE,
)
_BLANKS: Final = re.compile(r"\s*")
_OF_TWO_WORDS: Final = {"not": "in", "starts": "with", "ends": "with"}
_OPERATORS: Final = "==, !=, in, not in, contains, starts with, ends with"


class SelectorError(ValueError):
    """A selector can't be read."""

    def __init__(self, position: int, message: str) -> None:
        super().__init__(f"at character {position + 1}: {message}")
        self.position: Final = position
        """Of the character that is not understood, from 0."""


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector that has been read."""

    text: str
    matches: Matcher
    """Tells whether an object with these labels is meant."""


def selector_of(text: str) -> Selector:
    """Read a selector; an empty one means everything. Raises SelectorError."""
    if len(text) > _LONGEST:
        raise SelectorError(_LONGEST, f"it is longer than {_LONGEST} characters")
    tokens = _tokens(text)
    if len(tokens) == 1:
        return Selector(text, _everything)
    parser = _Parser(tokens)
    return Selector(text, parser.whole())


@dataclass(frozen=True, slots=True)
class _Token:
    """One word of a selector; ``kind`` is the name of the group, or what a symbol or the end is."""

    kind: str
    value: str
    position: int


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = _end_of_blanks(text, 0)
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise SelectorError(position, _not_understood(text[position]))
        tokens.append(_token(match))
        position = _end_of_blanks(text, match.end())
    return [*tokens, _Token("end", "", len(text))]


def _token(match: re.Match[str]) -> _Token:
    kind = next(name for name in ("text", "has", "all", "global", "symbol", "word") if match[name])
    value = match[kind]
    if kind == "text":
        value = value[1:-1]
    elif kind == "has":
        value = match["label"]
    elif kind == "symbol":
        kind = value
    return _Token(kind, value, match.start())


def _end_of_blanks(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks is not None else position


def _not_understood(character: str) -> str:
    if character in "'\"":
        return f"the text that begins with {character} has no end"
    return f"{character!r} is not understood"


class _Parser:
    """Makes functions of words, from those that bind least to those that bind most."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Matcher:
        """Return what all words say."""
        matcher = self._alternatives()
        if self._token.kind != "end":
            raise self._unexpected("&&, || or the end")
        return matcher

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _takes(self, kind: str) -> bool:
        """Tell whether the next word is of this kind, and go on if it is."""
        found = self._token.kind == kind
        self._next += found
        return found

    def _unexpected(self, wanted: str) -> SelectorError:
        token = self._token
        found = f"{token.value!r}" if token.kind != "end" else "the end"
        return SelectorError(token.position, f"found {found} where {wanted} is wanted")

    def _alternatives(self) -> Matcher:
        choices = [self._conditions()]
        while self._takes("||"):
            choices.append(self._conditions())
        return choices[0] if len(choices) == 1 else lambda labels: any(each(labels) for each in choices)

    def _conditions(self) -> Matcher:
        conditions = [self._condition()]
        while self._takes("&&"):
            conditions.append(self._condition())
        if len(conditions) == 1:
            return conditions[0]
        return lambda labels: all(each(labels) for each in conditions)

    def _condition(self) -> Matcher:
        is_negated = False
        while self._takes("!"):
            is_negated = not is_negated
        matcher = self._plain_condition()
        return (lambda labels: not matcher(labels)) if is_negated else matcher

    def _plain_condition(self) -> Matcher:
        token = self._token
        if self._takes("has"):
            return lambda labels: token.value in labels
        if self._takes("all"):
            return _everything
        if self._takes("global"):
            return lambda labels: _NAMESPACE not in labels
        if self._takes("("):
            return self._in_parentheses()
        if self._takes("word"):
            return self._comparison(token.value)
        raise self._unexpected("a label, has(…), all(), global(), ! or (")

    def _in_parentheses(self) -> Matcher:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SelectorError(self._token.position, f"there are more than {_DEEPEST} open parentheses")
        matcher = self._alternatives()
        if not self._takes(")"):
            raise self._unexpected("&&, || or )")
        self._depth -= 1
        return matcher

    def _comparison(self, label: str) -> Matcher:
        operator = self._operator()
        if operator in ("in", "not in"):
            return _among(label, self._texts(), is_in=operator == "in")
        text = self._text()
        match operator:
            case "==":
                return lambda labels: labels.get(label) == text
            case "!=":
                return lambda labels: labels.get(label) != text
            case "contains":
                return lambda labels: label in labels and text in labels[label]
            case "starts with":
                return lambda labels: label in labels and labels[label].startswith(text)
            case _:
                return lambda labels: label in labels and labels[label].endswith(text)

    def _operator(self) -> str:
        token = self._token
        if token.kind in ("==", "!="):
            self._next += 1
            return token.kind
        if token.kind != "word" or token.value not in ("in", "contains", *_OF_TWO_WORDS):
            raise self._unexpected(f"one of {_OPERATORS}")
        self._next += 1
        second = _OF_TWO_WORDS.get(token.value)
        if second is None:
            return token.value
        if self._token.kind != "word" or self._token.value != second:
            raise self._unexpected(f'"{second}"')
        self._next += 1
        return f"{token.value} {second}"

    def _text(self) -> str:
        token = self._token
        if not self._takes("text"):
            raise self._unexpected("a text in quotes")
        return token.value

    def _texts(self) -> frozenset[str]:
        """Read a set in braces; nothing and a comma at the end are allowed."""
        if not self._takes("{"):
            raise self._unexpected("{ with texts in quotes")
        texts: set[str] = set()
        while self._token.kind == "text":
            texts.add(self._text())
            if not self._takes(","):
                break
        if not self._takes("}"):
            raise self._unexpected("a text in quotes, a comma or }")
        return frozenset(texts)


def _among(label: str, texts: frozenset[str], *, is_in: bool) -> Matcher:
    """Return whether a label has one of some texts; one that is not there has none."""
    if is_in:
        return lambda labels: labels.get(label) in texts
    return lambda labels: labels.get(label) not in texts


def _everything(_labels: Labels) -> bool:
    return True
