"""Reads the YAML that is written here: block mappings and sequences, flow ones on a line, literals.

It is far from all of YAML, and what it does not know it refuses.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_KEY: Final = re.compile(r"""("[^"]*"|'[^']*'|[^\s"'#&*!|>%@`{\[,-][^#]*?):(?:\s+|$)""")
_FLOW: Final = re.compile(
    r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,:{}\[\]"'][^,{}\[\]]*?(?=\s*(?:[,}\]]|:\s)))|([{}\[\],:]))"""
)
"""A scalar in double quotes, in single ones, without any, or a mark."""
_COMMENT: Final = re.compile(r"\s#.*$")
_QUOTED: Final = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']|\s(?!#))*""")
"""Flow or a quoted scalar, up to the comment."""
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_ESCAPES: Final = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class YamlError(Exception):
    """The text is nothing that this reader knows."""


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


def read(text: str) -> list[Any]:
    """Return the documents of a file. Raises YamlError."""
    parts = re.split(r"^---$", text, flags=re.MULTILINE)
    return [_Reader(part).document() for part in parts if any(_lines(part))]


def _lines(text: str) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _Line(number, len(line) - len(line.lstrip(" ")), line.strip())


class _Reader:
    """One document."""

    def __init__(self, text: str) -> None:
        self._raw = text.splitlines()
        self._left = [*_lines(text)]

    def document(self) -> Any:
        value = self._block(self._left[0].indent)
        if self._left:
            raise YamlError(f"line {self._left[0].number}: {self._left[0].text}")
        return value

    def _block(self, indent: int) -> Any:
        if self._left[0].text.startswith("- ") or self._left[0].text == "-":
            return [*self._items(indent)]
        if _KEY.match(self._left[0].text) is None:
            return _scalar(self._left.pop(0))
        mapping: dict[str, Any] = {}
        for key, value in self._pairs(indent):
            if key in mapping:
                raise YamlError(f"{key} is there twice")
            mapping[key] = value
        return mapping

    def _items(self, indent: int) -> Iterator[Any]:
        while self._left and self._left[0].indent == indent and self._left[0].text[:2] in ("- ", "-"):
            line = self._left.pop(0)
            rest = line.text[1:].lstrip()
            inner = indent + len(line.text) - len(rest)
            if rest.startswith("#"):
                raise YamlError(f"line {line.number}: a comment where an item belongs")
            if rest:
                self._left.insert(0, _Line(line.number, inner, rest))
            yield self._block(self._left[0].indent if not rest else inner)

    def _pairs(self, indent: int) -> Iterator[tuple[str, Any]]:
        while self._left and self._left[0].indent == indent:
            line = self._left[0]
            match = _KEY.match(line.text)
            if match is None:
                raise YamlError(f"line {line.number}: no key in {line.text}")
            del self._left[0]
            rest = _without_comment(line.text[match.end() :])
            yield match[1].strip("\"'"), self._value(line, rest)

    def _value(self, line: _Line, rest: str) -> Any:
        if rest == "|":
            return self._literal(line)
        if rest:
            return _scalar(line._replace(text=rest))
        if not self._left or self._left[0].indent < line.indent:
            return None
        below = self._left[0]
        if below.indent == line.indent and not below.text.startswith("- "):
            return None
        return self._block(below.indent)

    def _literal(self, line: _Line) -> str:
        """Return the lines that are further in, as they are."""
        taken = []
        for raw in self._raw[line.number :]:
            if raw.strip() and len(raw) - len(raw.lstrip(" ")) <= line.indent:
                break
            taken.append(raw)
        end = line.number + len(taken)
        self._left = [each for each in self._left if each.number > end]
        margin = min(len(raw) - len(raw.lstrip(" ")) for raw in taken if raw.strip())
        return "\n".join(raw[margin:] for raw in taken).rstrip("\n") + "\n"


def _without_comment(text: str) -> str:
    quoted = text[:1] in ("[", "{", "'", '"')
    kept = _QUOTED.match(text) if quoted else None
    return kept[0].rstrip() if kept else _COMMENT.sub("", f" {text}").strip()


def _scalar(line: _Line) -> Any:
    text = _without_comment(line.text)
    if text[0] in "[{":
        return _flow([*_tokens(line, text)])
    if text[0] in "\"'":
        ((value, _),) = _tokens(line, text)
        return value
    if text[0] in "&*!>|%@`":
        raise YamlError(f"line {line.number}: {text}")
    return _plain(text)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if re.fullmatch(r"-?(0|[1-9]\d*)", text) else text


def _tokens(line: _Line, text: str) -> Iterator[tuple[Any, bool]]:
    """Yield scalars, and marks."""
    position = 0
    while position < len(text):
        match = _FLOW.match(text + " ,", position)
        if match is None or match.end() > len(text):
            raise YamlError(f"line {line.number}: {text}")
        position = match.end()
        double, single, plain, mark = match.groups()
        if mark is not None:
            yield mark, True
        elif double is not None:
            yield re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], double), False
        else:
            yield (single if single is not None else _plain(plain)), False


def _flow(tokens: list[tuple[Any, bool]]) -> Any:
    """Return the value at the beginning of ``tokens``, and take it from them."""
    value, is_mark = tokens.pop(0)
    if not is_mark:
        return value
    if value == "[":
        items = []
        while tokens[0] != ("]", True):
            items.append(_flow(tokens))
            _skip_comma(tokens)
        del tokens[0]
        return items
    pairs = {}
    while tokens[0] != ("}", True):
        key = _flow(tokens)
        if tokens.pop(0) != (":", True):
            raise YamlError(f"no value for {key}")
        pairs[key] = _flow(tokens)
        _skip_comma(tokens)
    del tokens[0]
    return pairs


def _skip_comma(tokens: list[tuple[Any, bool]]) -> None:
    if tokens[0] == (",", True):
        del tokens[0]
