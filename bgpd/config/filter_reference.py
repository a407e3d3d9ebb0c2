"""Makes ``docs/filter-reference.md`` from the tables of the filter language.

``python -m bgpd.config.filter_reference > docs/filter-reference.md``
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import getdoc
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from rib.filters.algebra.methods import FUNCTIONS, METHODS
from rib.filters.algebra.signatures import METHOD_RESULTS, result_of
from rib.filters.attributes import ATTRIBUTES, FilterAttribute
from rib.filters.grammar.names import ENUMS, SETS
from rib.filters.values import Type

_INTRODUCTION: Final = """\
# The filter language: reference

<!-- Made from the tables in rib/filters by `python -m bgpd.config.filter_reference`; edit these. -->

What there is, by kind. [filters.md](filters.md) shows how it is used.
"""


class TypeNote(NamedTuple):
    """What the documentation says of a type."""

    about: str
    literals: tuple[str, ...]


TYPES: Final[Mapping[Type, TypeNote]] = MappingProxyType(
    {
        Type.INT: TypeNote("a number of 32 bits without a sign; arithmetic goes round", ("100", "0x1F")),
        Type.BOOL: TypeNote("what conditions are", ("true", "false")),
        Type.STRING: TypeNote("text", ('"text"',)),
        Type.IP: TypeNote("an address of either family", ("192.0.2.1", "2001:db8::1")),
        Type.PREFIX: TypeNote("a network", ("10.0.0.0/8", "2001:db8::/32")),
        Type.PAIR: TypeNote("a community (RFC 1997)", ("(65000, 1)",)),
        Type.QUAD: TypeNote("a router or cluster id; an IPv4 address can stand for it", ()),
        Type.EC: TypeNote(
            "an extended community (RFC 4360): `rt`, `ro`, `generic` or `unknown` with a number",
            ("(rt, 65000, 1)", "(ro, 192.0.2.1, 5)", "(generic, 0x43000000, 1)"),
        ),
        Type.LC: TypeNote("a large community (RFC 8092)", ("(65000, 1, 2)",)),
        Type.BGPPATH: TypeNote("AS_PATH", ("+empty+",)),
        Type.BGPMASK: TypeNote(
            "a pattern of paths: `*` any number of ASes, `?` one, `+` what is before it again",
            ("[= 65001 * =]", "[= * 64512..65534 ? =]", "[= [1, 2] + =]"),
        ),
        Type.CLIST: TypeNote("communities, in their order; pairs, quads or IPv4 addresses", ("-empty-",)),
        Type.ECLIST: TypeNote("extended communities", ("--empty--",)),
        Type.LCLIST: TypeNote("large communities", ("---empty---",)),
        Type.SET: TypeNote(
            "values of one type, ranges of them, and `*` in pairs and communities",
            ("[1, 4..9]", "[(65000, *), (65001, 1..5)]", "[192.0.2.1..192.0.2.9]", "[]"),
        ),
        Type.PREFIX_SET: TypeNote(
            "prefixes: `+` and all inside, `-` and all around, `{a,b}` those of these lengths",
            ("[10.0.0.0/8, 172.16.0.0/12+]", "[192.168.0.0/16{24,32}]", "[2001:db8::/32-]"),
        ),
    }
)
"""Those that values can be written of; literals are what the type has none of but in other ways."""

STATEMENTS: Final = (
    ("accept;", "the route is let through, as it is by now"),
    ("reject;", "the route is refused"),
    ('error "text";', "the route is refused, because something is wrong"),
    ("if condition then statement else statement", "`else` may be left out; a block counts as a statement"),
    ("case value { 1, 3..5: statements else: statements }", "the first arm that the value is in"),
    ("for int asn in bgp_path do statement", "for each element of a path or a list"),
    ("{ statements }", "a block; variables that it declares are gone behind it"),
    ("int x; int x = 1;", "declares a variable, which is undefined without a value"),
    ("x = value;", "sets a variable"),
    ("bgp_local_pref = 200;", "sets an attribute"),
    ("bgp_community.add((65000, 1));", "sets an attribute to what the method makes of it"),
    ("unset(bgp_med);", "removes an attribute"),
    ("name(arguments);", "calls a function"),
    ("return value;", "ends a function; it can be used without a value"),
    ('print "text", net;', "prints into the log; `printn` does not end the line"),
)
DEFINITIONS: Final = (
    ("filter name { statements }", "a filter; the one of `[filters]` are the statements alone"),
    ("function name(int a; prefix b) { statements }", "a function"),
    ("define NAME = value;", "a constant"),
    ("roa table name { roa 10.0.0.0/8 max 16 as 65001; }", "who may originate what (RFC 6482)"),
)
MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "*": "product",
        "/": "quotient, rounded down; by 0 it is an error",
        "+": "sum",
        "-": "difference",
        "=": "equal; values of different types never are",
        "!=": "not equal",
        "<": "less",
        "<=": "less or equal",
        ">": "greater",
        ">=": "greater or equal",
        "~": "matches, or is in",
        "!~": "does not match, or is not in",
    }
)
"""Those that bind more closely first."""
_ORDER: Final = list(Type)


def reference() -> str:
    """Return the whole document."""
    chapters = (_definitions, _statements, _types, _constants, _operators, _methods, _functions, _attributes)
    return "\n".join([_INTRODUCTION, *("\n".join(chapter()) + "\n" for chapter in chapters)])


def _table(*heading: str) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _code(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _kinds(kinds: Iterable[Type]) -> str:
    return ", ".join(kind.value for kind in sorted(kinds, key=_ORDER.index))


def _definitions() -> Iterator[str]:
    yield from ("## Definitions\n", *_table("written", "meaning"))
    yield from (_row(_code([written]), meaning) for written, meaning in DEFINITIONS)


def _statements() -> Iterator[str]:
    yield from ("## Statements\n", *_table("written", "meaning"))
    yield from (_row(_code([written]), meaning) for written, meaning in STATEMENTS)


def _types() -> Iterator[str]:
    yield from ("## Types\n", *_table("type", "written", "meaning"))
    for kind, (about, literals) in TYPES.items():
        yield _row(kind.value, _code(literals), about)
    sets = _code(f"{kind.value} set" for kind in SETS)
    yield f"\nVariables can be of all of these types, but a set is declared with that of its items: {sets}."


def _constants() -> Iterator[str]:
    yield from ("## Constants\n", *_table("of", "constants"))
    for kind in dict.fromkeys(value.type for value in ENUMS.values()):
        yield _row(kind.value, _code(name for name, value in ENUMS.items() if value.type is kind))


def _operators() -> Iterator[str]:
    yield "## Operators\n"
    yield (
        "`!` binds most closely, then `*` `/`, then `+` `-`, then comparisons, which don't chain, and last\n"
        "`&&` and `||`, which bind alike: write parentheses.\n"
    )
    yield from _table("operator", "meaning")
    yield from (_row(_code([operator]), meaning) for operator, meaning in MEANINGS.items())
    yield "\nThey take these types; all others are an error.\n"
    yield from _table("operators", "left", "right", "result")
    alike: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for operator in MEANINGS:
        alike.setdefault(tuple(_signatures(operator)), []).append(operator)
    for signatures, operators in alike.items():
        yield from (_row(_code(operators), *signature) for signature in signatures)


def _signatures(operator: str) -> Iterator[tuple[str, str, str]]:
    """Yield the types that an operator takes, lefts with the same rights together, and what it gives."""
    takes: dict[tuple[str, str], list[Type]] = {}
    every = [kind for kind in Type if kind not in (Type.VOID, Type.OPAQUE)]
    for left in every:
        results = {right: result_of(operator, left, right) for right in every}
        rights = [right for right, result in results.items() if result is not None]
        if rights:
            result = results[rights[0]]
            assert result is not None
            text = "any" if rights == every else "the same" if rights == [left] else _kinds(rights)
            takes.setdefault((text, result.value), []).append(left)
    for (rights_text, result_text), lefts in takes.items():
        yield "any" if rights_text == "any" else _kinds(lefts), rights_text, result_text


def _methods() -> Iterator[str]:
    yield "## Methods\n"
    yield "As in `bgp_path.len` and `bgp_path.prepend(65000)`; those that give lists make statements, too.\n"
    yield from _table("method", "of", "argument", "gives", "meaning")
    for name, method in METHODS.items():
        for subjects, arguments, result in _uses_of(name):
            yield _row(_code([name]), subjects, arguments, result, _meaning(method))


def _uses_of(method: str) -> Iterator[tuple[str, str, str]]:
    """Yield the subjects of a method, with the arguments and the result that they have in common."""
    arguments: dict[tuple[Type, Type], set[Type]] = {}
    for (name, subject, given), result in METHOD_RESULTS.items():
        if name == method:
            arguments.setdefault((subject, result), set()).update(given)
    subjects: dict[tuple[str, str], list[Type]] = {}
    for subject, result in sorted(arguments, key=lambda pair: _ORDER.index(pair[0])):
        given_text = _kinds(arguments[subject, result])
        subjects.setdefault((given_text, "the same" if result is subject else result.value), []).append(
            subject
        )
    for (given_text, result_text), kinds in subjects.items():
        yield _kinds(kinds), given_text, result_text


def _functions() -> Iterator[str]:
    yield from ("## Functions\n", *_table("function", "meaning"))
    for name, function in FUNCTIONS.items():
        arguments = "value" if name == "defined" else "list, value"
        yield _row(f"`{name}({arguments})`", _meaning(function))
    yield _row("`roa_check(table)`", "Return what a ROA table says of the route and its origin (RFC 6811).")
    yield _row("`roa_check(table, prefix, asn)`", "Return what a ROA table says of that.")


def _meaning(function: Callable[..., Any]) -> str:
    return (getdoc(function) or "").splitlines()[0]


def _attributes() -> Iterator[str]:
    yield "## Attributes\n"
    yield (
        "What a route does not have is undefined, and `defined(bgp_med)` false; a list is empty then. What\n"
        "is undefined is less than any value and equal to none; to calculate with it is an error.\n"
    )
    yield from _table("attribute", "type", "may be", "meaning")
    alike: dict[tuple[str, str, str], list[str]] = {}
    for row in ATTRIBUTES.values():
        alike.setdefault((_kinds(row.types - {Type.VOID}), _uses(row), row.about), []).append(row.name)
    yield from (_row(_code(names), *rest) for rest, names in alike.items())


def _uses(row: FilterAttribute) -> str:
    uses = ("read", *["set"] * (row.assigned is not None), *["unset"] * row.is_dynamic)
    return ", ".join(uses)


if __name__ == "__main__":
    sys.stdout.write(reference())
