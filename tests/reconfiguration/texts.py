"""Random configurations: each is a choice for every section, so that two have much in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from tests.reconfiguration import bird_texts, toml_texts

DAEMON: Final = "10.9.0.1"
PORTS: Final = (179, 1179)
_SOME: Final = 0.5
"""How often a configuration has little to do with the one before."""

Language = Literal["bgpd", "bird", "cfg"]
"""Our files, our files with BIRD's dialect, and BIRD's files."""
Choices = tuple[int, ...]


@dataclass(frozen=True)
class Written:
    """A configuration and where the daemon listens with it."""

    text: str
    ports: Sequence[int]


class Author:
    """Writes one configuration after the other."""

    def __init__(self, random: Random, language: Language) -> None:
        """``language`` is that of the files: ours, ours with BIRD's dialect, or BIRD's."""
        self._random = random
        self._language = language
        self._sections = bird_texts.SECTIONS if language == "cfg" else toml_texts.SECTIONS
        self._choices = self._anything()

    def _anything(self) -> Choices:
        return tuple(self._random.randrange(len(each)) for each in self._sections.values())

    def next(self) -> Written:
        """Return a configuration that differs in some sections from the one before."""
        if self._random.random() < _SOME:
            changed = {self._random.randrange(len(self._sections)) for _ in range(self._random.randint(1, 3))}
        else:
            changed = {*range(len(self._sections))}
        fresh = self._anything()
        self._choices = tuple(
            fresh[number] if number in changed else choice for number, choice in enumerate(self._choices)
        )
        chosen = {
            name: alternatives[choice]
            for (name, alternatives), choice in zip(self._sections.items(), self._choices, strict=True)
        }
        if self._language == "cfg":
            text, is_elsewhere = bird_texts.written(chosen)
        else:
            text, is_elsewhere = toml_texts.written(chosen, self._language)
        return Written(text, PORTS[1:] if is_elsewhere else PORTS[:1])
