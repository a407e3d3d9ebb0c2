"""How much a call can take, so that no filter takes for ever.

There are no loops but those over lists, and no recursion; but functions that call others twice, which call
others twice, are as bad. Calls of functions that may take much are counted when they run.
"""

from typing import Final

from rib.filters.analysis.scope import walk
from rib.filters.binding.symbols import Cost, Symbols
from rib.filters.errors import FilterError
from rib.filters.syntax import Block, Call

CHEAP: Final = 16
"""Calls that a function may make, all together, without being counted."""
DEEPEST: Final = 100
"""Calls inside of each other."""


def cost_of(body: Block, symbols: Symbols) -> Cost:
    """Return what running a body can take. Raises FilterError if its calls go too deep."""
    called = [symbols.functions[node.function].cost for node in walk(body) if isinstance(node, Call)]
    depth = 1 + max((cost.depth for cost in called), default=0)
    if depth > DEEPEST:
        raise FilterError(body.at, f"functions that call each other more than {DEEPEST} deep")
    return Cost(1 + sum(cost.calls for cost in called), depth)
