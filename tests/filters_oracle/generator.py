"""Random expressions and programs of the filter language, as text.

Everything is decided by one ``random.Random``, so that a seed repeats it; Hypothesis can lend one of its own
and then shrinks what it finds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final, NamedTuple

from tests.filters_oracle import grammar

_PLACE: Final = re.compile("<([a-z ]+)>")
_COMPARES: Final = re.compile(" (!?[=~]|[<>]=?|!=) ")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a generator may write, and how often it errs."""

    bits: int = 32
    bird2: bool = False
    """Also what BIRD 1.6 does not have."""
    wrong: float = 0.03
    """The share of expressions that get another type than their place wants."""
    bare: float = 0.35
    """The share of operators in operators that stand there without parentheses."""
    attributes: Sequence[tuple[str, str]] = ()
    """(type, name) of attributes that may be read."""


class Signature(NamedTuple):
    """A function that may be called."""

    name: str
    parameters: tuple[str, ...]
    result: str


@dataclass(slots=True)
class Expressions:
    """Writes random expressions; ``variables`` are those that may occur in them, by their type."""

    random: Random
    choices: Choices
    variables: dict[str, list[str]] = field(default_factory=dict)
    functions: Sequence[Signature] = ()

    def expression(self, kind: str, depth: int) -> str:
        """Return an expression that mostly has the type ``kind``."""
        if kind.endswith("item"):
            return self.random.choice(self._leaves[kind])
        if self.random.random() < self.choices.wrong:
            kind = self.random.choice(grammar.TYPES)
        named = self._named(kind)
        if named and self.random.random() < 0.4:
            return self.random.choice(named)
        callable_ = [function for function in self.functions if function.result == kind]
        if callable_ and self.random.random() < 0.3:
            return self.call(self.random.choice(callable_), depth)
        composed = self._forms.get(kind)
        if depth > 0 and composed:
            return self._fill(self.random.choice(composed), depth)
        return self._leaf(kind)

    def any_expression(self, depth: int) -> str:
        """Return an expression of any type."""
        return self.expression(self.random.choice(grammar.TYPES), depth)

    def call(self, function: Signature, depth: int) -> str:
        """Return a call.

        Its arguments call only functions that were defined earlier: BIRD 1.6 keeps one set of variables for
        each function, so a call inside the arguments of the same function would overwrite them.
        """
        earlier = self.functions[: self.functions.index(function)]
        inner = replace(self, functions=earlier)
        arguments = [inner.expression(kind, depth - 1) for kind in function.parameters]
        if self.random.random() < self.choices.wrong / 3:
            arguments.append("1")
        return f"{function.name}({', '.join(arguments)})"

    def _fill(self, form: str, depth: int) -> str:
        def place(found: re.Match[str]) -> str:
            inner = self.expression(found[1], depth - self.random.randint(1, 2))
            return self._enclosed(inner, form)

        return _PLACE.sub(place, form)

    def _enclosed(self, inner: str, form: str) -> str:
        """Put parentheses around most of what would be read in another way without them."""
        if (
            " " not in inner
            or (inner[-1] in ")]" and inner[0] in "([")
            or re.fullmatch(r"[a-z]+\(.*\)", form)
        ):
            return inner
        bare = self.choices.bare if not _COMPARES.search(inner) else self.choices.bare / 20
        return inner if self.random.random() < bare else f"({inner})"

    def _leaf(self, kind: str) -> str:
        if kind.endswith(" set"):
            return self._set(kind.removesuffix(" set"))
        return self.random.choice(self._leaves[kind])

    def _set(self, item: str) -> str:
        count = self.random.randint(1, 4)
        items = [self.random.choice(self._leaves[f"{item} item"]) for _ in range(count)]
        return f"[{', '.join(items)}]"

    def _named(self, kind: str) -> list[str]:
        attributes = [name for type_, name in self.choices.attributes if type_ == kind]
        return self.variables.get(kind, []) + attributes

    @property
    def _leaves(self) -> grammar.Forms:
        return grammar.leaves(self.choices.bits)

    @property
    def _forms(self) -> grammar.Forms:
        return grammar.forms(methods=self.choices.bird2)
