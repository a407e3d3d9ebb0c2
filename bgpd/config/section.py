"""What all tables of a configuration file have in common."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, model_validator


class Section(BaseModel):
    """One table of the file: strict about types, closed to unknown keys, unchanged once read.

    A string under a field is its documentation; ``docs/configuration.md`` is made of these by
    ``descriptions.py``, since pydantic would read the sources at every start. Validators are built when
    they are first used: those of most sections never are, because the whole file's has them inside.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    planned: ClassVar[Mapping[str, object]] = {}
    """Keys that are not supported yet, each with the one value that says what is done today
    anyway and is therefore accepted; ``None`` where there is no such value."""

    @model_validator(mode="before")
    @classmethod
    def _without_planned(cls, data: object) -> object:
        """Drop planned keys whose value asks for nothing new; any other value is an error later."""
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if not cls._asks_for_nothing(key, value)}

    @classmethod
    def _asks_for_nothing(cls, key: str, value: object) -> bool:
        today = cls.planned.get(key)
        return today is not None and type(value) is type(today) and value == today
