"""What a value may be and what an unwritten key means, in words.

The same words serve the error messages and the documentation, so the two cannot disagree.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import GetCoreSchemaHandler, SecretStr, ValidationError, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, ErrorDetails, PydanticCustomError, core_schema

T = TypeVar("T")

REFUSED: Final = "refused"
"""The type of pydantic error whose message is complete and ours."""

_SAYS_MORE: Final = {REFUSED, "extra_forbidden", "model_type"}
"""The errors that are about something inside of a value, and say more than a message about all of it."""

_LONGEST_TEXT_SHOWN: Final = 60
_LARGEST_FOUR_DIGITS: Final = 0xFFFF
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LARGEST_NUMBER_SHOWN: Final = (1 << 64) - 1
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_KINDS: Final = (
    (type(None), "null"),
    (Mapping, "a table"),
    (list | tuple, "a list"),
    (str | SecretStr, "a string"),
    (bool, "true or false"),
    (int | float, "a number"),
)


def refusal(message: str) -> PydanticCustomError:
    """Return the error to raise when a value deserves a message of its own."""
    return PydanticCustomError(REFUSED, "{message}", {"message": message})


def quoted(text: str) -> str:
    """Return a string as TOML writes it; whatever a terminal might act on is escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number <= _LARGEST_FOUR_DIGITS else f"\\U{number:08x}"


def key_text(key: str) -> str:
    """Return a key as TOML writes it: bare where that is possible."""
    return key if _BARE_KEY.fullmatch(key) else quoted(key)


def kind(value: object) -> str:
    """Return what sort of value it is, without showing it."""
    return next((name for types, name in _KINDS if isinstance(value, types)), "a date or a time")


def found(value: object) -> str:
    """Return a value for an error message, shortened; lists and tables are only named."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() if len(value) > _LONGEST_TEXT_SHOWN:
            return quoted(value[:_LONGEST_TEXT_SHOWN] + "...")
        case str():
            return quoted(value)
        case float():
            return str(value)
        case int() if abs(value) <= _LARGEST_NUMBER_SHOWN:
            return str(value)
    return kind(value)


def _says_more(detail: ErrorDetails) -> bool:
    """Tell whether an error names what is wrong inside; an item that a list lacks has no name."""
    is_missing_key = detail["type"] == "missing" and isinstance(detail["loc"][-1], str)
    return is_missing_key or detail["type"] in _SAYS_MORE


def at_least_one(items: tuple[T, ...]) -> tuple[T, ...]:
    """Refuse a list of nothing; as a validator of the whole it says nothing where an item is wrong."""
    if not items:
        raise ValueError("empty")
    return items


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a user may write, as the words that follow "write ..." in an error message.

    As an annotation of a type it replaces pydantic's own message; a more precise one, raised
    with ``refusal`` further inside, goes through.
    """

    text: str
    secret: bool = False

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._validate, handler(source))

    def _validate(self, value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError as error:
            if any(map(_says_more, error.errors(include_url=False))):
                raise
        shown = "this value" if self.secret else found(value)
        raise refusal(f"{shown} is not allowed; write {self.text}")


@dataclass(frozen=True, slots=True)
class Unset:
    """What holds while a key is not written and the default cannot be named as a value."""

    text: str
