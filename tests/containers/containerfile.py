"""Reads a Containerfile into stages, as far as ours goes."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_OPTION: Final = re.compile(r"--([\w-]+)=(\S+)\s+")
_KNOWN: Final = (
    *("ARG", "FROM", "RUN", "COPY", "ENV", "USER", "ENTRYPOINT", "CMD", "HEALTHCHECK", "EXPOSE", "LABEL"),
    "STOPSIGNAL",
)


class ContainerfileError(Exception):
    """The file says something that is not known here."""


class Instruction(NamedTuple):
    """One step: ``COPY --from=x a b`` is the word, the options and the rest."""

    word: str
    options: Mapping[str, str]
    rest: str

    @property
    def words(self) -> list[str]:
        """The rest in exec form, or split as a shell does."""
        if self.rest.startswith("["):
            return [str(word) for word in json.loads(self.rest)]
        return shlex.split(self.rest)

    @property
    def pairs(self) -> dict[str, str]:
        """The rest as ``name=value`` each."""
        return dict(each.split("=", 1) for each in self.words)

    @property
    def command(self) -> list[str]:
        """What is executed: words, or a line for the shell."""
        return self.words if self.rest.startswith("[") else ["/bin/sh", "-c", self.rest]


@dataclass(slots=True)
class Stage:
    """What is between two FROM."""

    name: str
    base: str
    instructions: list[Instruction] = field(default_factory=list)

    def of(self, word: str) -> list[Instruction]:
        """Return the instructions with this word."""
        return [each for each in self.instructions if each.word == word]

    def last(self, word: str) -> Instruction:
        """Return the one that counts."""
        return self.of(word)[-1]


class Containerfile:
    """A file with its stages, the arguments at their defaults."""

    def __init__(self, path: Path) -> None:
        self.stages: dict[str, Stage] = {}
        """By name, in their order."""
        self._arguments: dict[str, str] = {}
        for instruction in _instructions(path.read_text()):
            self._take(instruction)

    @property
    def default(self) -> str:
        """The target that is built if none is named."""
        return [*self.stages][-1]

    def needed(self, target: str) -> list[str]:
        """Return the stages that a target is made of, itself last."""
        stage = self.stages[target]
        sources = [stage.base, *(each.options["from"] for each in stage.of("COPY") if "from" in each.options)]
        before = [each for source in sources if source in self.stages for each in self.needed(source)]
        return [*dict.fromkeys([*before, target])]

    def _take(self, instruction: Instruction) -> None:
        if instruction.word == "ARG":
            self._arguments |= instruction.pairs
        elif instruction.word == "FROM":
            base, _as, name = expanded(instruction.rest, self._arguments).split()
            self.stages[name] = Stage(name, base)
        else:
            self.stages[self.default].instructions.append(instruction)


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with the values of ``$NAME`` and ``${NAME}``."""
    return _VARIABLE.sub(lambda match: variables[match[1] or match[2]], text)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", "").splitlines():
        if line.strip():
            yield _instruction(line)


def _instruction(line: str) -> Instruction:
    word, _, rest = line.partition(" ")
    if word not in _KNOWN:
        raise ContainerfileError(f"{word} is not known")
    options = {}
    rest = rest.strip()
    while match := _OPTION.match(rest):
        options[match[1]] = match[2]
        rest = rest[match.end() :]
    return Instruction(word, options, rest)
