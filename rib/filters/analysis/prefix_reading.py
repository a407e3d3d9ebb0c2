"""What the verdict of a filter depends on: what of a prefix, and which attributes."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

from messages.families.prefix import PrefixKey
from rib.filters.analysis.scope import walk
from rib.filters.binding.symbols import Symbols
from rib.filters.compiler.prefix_tests import prefix_test
from rib.filters.syntax import AttributeName, Binary, Call, Filter, Method, Node, RoaCheck, SetAttribute
from rib.policy import Reading

Question = Callable[[bytes, int], Hashable]
"""Takes a key and the size of an address of its family."""


def reading_of(
    tree: Filter, symbols: Symbols, octets: int
) -> tuple[Reading, Callable[[PrefixKey], Hashable] | None]:
    """Return what a filter depends on, and what tells of which kind a prefix is."""
    questions = _questions(tree, symbols)
    if questions is None:
        return Reading.PREFIX, _itself
    if not questions:
        return Reading.ROUTE, None
    if len(questions) == 1:
        only = questions[0]
        return Reading.KINDS, lambda key: only(key, octets)
    return Reading.KINDS, lambda key: tuple([question(key, octets) for question in questions])


def _itself(key: PrefixKey) -> Hashable:
    return key


def _length(key: bytes, _octets: int) -> Hashable:
    return key[0]


def _questions(tree: Filter, symbols: Symbols) -> Sequence[Question] | None:
    """Return all that a filter asks about the prefix; None if that is too much to tell kinds apart by it."""
    questions: list[Question] = []
    answered: set[int] = set()
    for node in _everything(tree, symbols):
        if isinstance(node, RoaCheck) and not node.arguments:
            return None
        if isinstance(node, Binary) and (test := prefix_test(node)) is not None:
            questions.append(test.holds)
            answered.add(id(node.left))
        elif isinstance(node, Method) and node.method == "len" and _is_net(node.subject):
            questions.append(_length)
            answered.add(id(node.subject))
        elif _is_net(node) and id(node) not in answered:
            return None
    return questions


def uses(tree: Filter, symbols: Symbols, attributes: Collection[str]) -> bool:
    """Tell whether a filter, or a function that it calls, reads or sets one of these attributes."""
    return any(
        (isinstance(node, AttributeName) and node.name in attributes)
        or (isinstance(node, SetAttribute) and node.attribute in attributes)
        for node in _everything(tree, symbols)
    )


def _is_net(node: Node) -> bool:
    return isinstance(node, AttributeName) and node.name == "net"


def _everything(tree: Filter, symbols: Symbols) -> Iterator[Node]:
    """Yield what is in a filter and in the functions that it calls, parents before their parts."""
    seen: set[str] = set()
    waiting: list[Node] = [tree.body]
    while waiting:
        for node in walk(waiting.pop()):
            yield node
            if isinstance(node, Call) and node.function not in seen:
                seen.add(node.function)
                waiting.append(symbols.functions[node.function].tree.body)
