"""How much a call can take, so that no filter takes for ever.

There are no loops but those over lists, and no recursion; but functions that call others twice, which call
others twice, are as bad. Calls of functions that may take much are counted when they run, and so are rounds.
"""

from typing import Final

from rib.filters.analysis.scope import walk
from rib.filters.binding.symbols import Cost, Symbols
from rib.filters.errors import FilterError
from rib.filters.syntax import Block, Call, For

CHEAP: Final = 16
"""Calls that a function may make, all together, without being counted."""
DEEPEST: Final = 100
"""Calls inside of each other."""
_NODES: Final = 4
"""Of the tree, to a step."""
_MOST_OF_ROUND: Final = 64
"""Steps: much of what is written there may be for a few elements only."""


def cost_of(body: Block, symbols: Symbols) -> Cost:
    """Return what running a body can take. Raises FilterError if its calls go too deep."""
    nodes = list(walk(body))
    called = [symbols.functions[node.function].cost for node in nodes if isinstance(node, Call)]
    depth = 1 + max((cost.depth for cost in called), default=0)
    if depth > DEEPEST:
        raise FilterError(body.at, f"functions that call each other more than {DEEPEST} deep")
    size = len(nodes) + sum(cost.size for cost in called)
    return Cost(1 + sum(cost.calls for cost in called), depth, size)


def cost_of_round(loop: For, symbols: Symbols) -> int:
    """Return the steps that a round of a loop takes, long lists aside."""
    return 1 + min(cost_of(loop.body, symbols).size // _NODES, _MOST_OF_ROUND)
