"""The tokens of a configuration file, with those of the files it includes in their places."""

from collections.abc import Iterator
from glob import glob
from os import strerror
from pathlib import Path
from typing import Final

from rib.filters.errors import Place
from rib.filters.grammar.lexer import Dialect, Kind, Token, tokens

_DEEPEST: Final = 8
"""Files inside of each other, the first one among them."""
_WILDCARDS: Final = "*?["


def file_tokens(file: str, dialect: Dialect) -> Iterator[Token]:
    """Yield the tokens of a file, which must be there: raises OSError."""
    text = _text(file)
    return _tokens(text, file, dialect, depth=1)


def _text(file: str) -> str:
    """Return a file's octets as characters, one for each: BIRD's columns count octets."""
    return Path(file).read_bytes().decode("latin-1")


def _tokens(text: str, file: str, dialect: Dialect, depth: int) -> Iterator[Token]:
    for token in tokens(text, dialect, file):
        if token.kind is Kind.INCLUDE:
            yield from _included(token, dialect, depth)
        elif token.kind is Kind.STRING:
            yield token._replace(value=_decoded(token.value))
        elif token.kind is not Kind.END or depth == 1:
            yield token


def _decoded(octets: str) -> str:
    return octets.encode("latin-1").decode("utf-8", "surrogateescape")


def _included(include: Token, dialect: Dialect, depth: int) -> Iterator[Token]:
    """Yield the tokens of the files that an include names, or what is wrong with it."""
    if not include.value:
        yield _error(include, "Include with empty argument")
        return
    pattern = _beside(include.at.file, _decoded(include.value))
    try:
        files = _matching(pattern)
    except OSError as error:
        yield _error(include, f"Unable to match pattern {pattern}: {_reason(error)}")
        return
    if depth == _DEEPEST:
        yield _error(include, "Max include depth reached")
        return
    for file in files:
        yield from _file(include, file, dialect, depth + 1)


def _file(include: Token, file: str, dialect: Dialect, depth: int) -> Iterator[Token]:
    try:
        text = _text(file)
    except IsADirectoryError:
        yield Token(Kind.ERROR, "", "Read error", Place(file, 1, 1))
    except OSError as error:
        yield _error(include, f"Unable to open included file {file}: {_reason(error)}")
    else:
        yield from _tokens(text, file, dialect, depth)


def _beside(file: str, name: str) -> str:
    """Return the path of a name that is relative to the directory of a file."""
    if name.startswith("/"):
        return name
    directory, slash, _ = file.rpartition("/")
    return f"{directory or slash or '.'}/{name}"


def _matching(pattern: str) -> list[str]:
    """Return the files of a pattern in order; none may match, but the directory must be there."""
    if not any(wildcard in pattern for wildcard in _WILDCARDS):
        return [pattern]
    plain = pattern[: min(pattern.find(wildcard) for wildcard in _WILDCARDS if wildcard in pattern)]
    Path(plain.rpartition("/")[0] or "/").stat()
    return [name for name in sorted(glob(pattern)) if not Path(name).is_dir()]


def _reason(error: OSError) -> str:
    return strerror(error.errno or 0)


def _error(include: Token, message: str) -> Token:
    return Token(Kind.ERROR, include.text, message, include.at)
