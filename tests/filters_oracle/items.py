"""What is compared with BIRD: pieces of a filter file, each evaluated on its own, and what came of them."""

import os
from collections.abc import Sequence
from random import Random
from typing import Final, NamedTuple

from tests.filters_oracle.generator import Choices, Expressions
from tests.filters_oracle.grammar import TYPES
from tests.filters_oracle.programs import program

_WEIGHTED: Final = (*TYPES, *("bool",) * 25, *("int",) * 10, *("bgppath", "clist", "string") * 2)


SEED: Final = int(os.environ.get("BGPD_FILTER_SEED", "1"))
"""Another number compares other filters."""
NO_INTEGER: Final = "Integer expression expected"
"""What BIRD says of an ``eval`` of anything else."""


class Item(NamedTuple):
    """Lines of a filter file, of which the last has the one ``eval``."""

    lines: tuple[str, ...]


class Outcome(NamedTuple):
    """What came of an item."""

    printed: tuple[str, ...]
    error: str = ""
    """``run: line message`` or ``read: line:column message``, lines counted from the first of the item."""


def expression_items(seed: int, count: int, choices: Choices) -> Sequence[Item]:
    """Return random expressions, each of which is printed by a function of its own."""
    return [_expression_item(Random(f"{seed}/{number}"), number, choices) for number in range(count)]


def _expression_item(random: Random, number: int, choices: Choices) -> Item:
    kind, depth = random.choice(_WEIGHTED), random.choice((1, 1, 2, 2, 3, 3, 4, 5))
    expression = Expressions(random, choices).expression(kind, depth)
    return Item((f"function f{number}() {{ print {expression}; return 0; }}", f"eval f{number}();"))


def program_items(seed: int, count: int, choices: Choices) -> Sequence[Item]:
    """Return random programs."""
    items = []
    for number in range(count):
        lines = program(Random(f"{seed}/{number}"), choices, f"p{number}")
        items.append(Item((*lines, f"eval p{number}();")))
    return items
