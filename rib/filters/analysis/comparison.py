"""Whether a filter of one configuration does what a filter of another does: a reload asks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from rib.filters.analysis.scope import walk
from rib.filters.syntax import Call, Constant, Definition, Filter, Function, Name, Node, RoaCheck, RoaTable


def named(definitions: Iterable[Definition]) -> Mapping[str, Definition]:
    """Return definitions by their names."""
    return {
        each.name: each
        for each in definitions
        if isinstance(each, Function | Filter | Constant | RoaTable) and each.name is not None
    }


def used_names(definition: Definition) -> Iterator[str]:
    """Yield the names that a definition mentions; variables are among them."""
    for node in walk(definition):
        match node:
            case Call(function=name) | Name(name=name) | RoaCheck(table=name):
                yield name


def same(
    one: Definition, other: Definition, before: Mapping[str, Definition], after: Mapping[str, Definition]
) -> bool:
    """Tell whether two definitions say the same, and so does all they use: ``before`` and ``after``.

    A variable that has the name of a constant may let them seem different: that costs, and harms nobody.
    """
    if not same_tree(one, other):
        return False
    seen: set[str] = set()
    waiting = [one]
    while waiting:
        for name in used_names(waiting.pop()):
            if name in seen:
                continue
            seen.add(name)
            old, new = before.get(name), after.get(name)
            if not same_tree(old, new):
                return False
            if old is not None:
                waiting.append(old)
    return True


def same_tree(one: object, other: object) -> bool:
    """Tell whether two trees say the same, wherever they are written.

    1 and TRUE are equal to Python but not to us. There is no recursion: chains of ``else if`` are long.
    """
    pending = [(one, other)]
    while pending:
        left, right = pending.pop()
        if left.__class__ is not right.__class__:
            return False
        if isinstance(left, Node):
            names = [field.name for field in fields(left) if field.compare]
            pending += [(getattr(left, name), getattr(right, name)) for name in names]
        elif isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            pending += zip(left, right, strict=True)
        elif left != right:
            return False
    return True
