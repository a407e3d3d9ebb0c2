"""The syntax tree of the filter language: what the parser makes and the compiler takes.

Trees are immutable and compare by what they say: ``at``, where it is written, is left out.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from rib.filters.errors import Place
from rib.filters.values import Type

# Expressions


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is written somewhere."""

    at: Place = field(compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value that is known: a number, an address, ``TRUE``, an enumeration's constant."""

    value: object


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, a parameter or a constant."""

    name: str


@dataclass(frozen=True, slots=True)
class AttributeName(Node):
    """An attribute of the route: ``net``, ``bgp_local_pref``, ``preference``."""

    name: str


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``! operand``."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``left operator right``; the operator is one of ``+ - * / = != < <= > >= ~ !~``."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Logical(Node):
    """``a && b && c``: as many operands of the one operator as there are, worked out until one decides."""

    operator: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the user."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Builtin(Node):
    """``defined(e)``, ``prepend(p, n)``, ``add(l, x)``, ``delete(l, x)``, ``filter(l, x)``."""

    function: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class RoaCheck(Node):
    """``roa_check(table)`` or ``roa_check(table, prefix, asn)``."""

    table: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Method(Node):
    """``subject.method`` or ``subject.method(arguments)``."""

    subject: "Expression"
    method: str
    arguments: tuple["Expression", ...] = ()


@dataclass(frozen=True, slots=True)
class PairExpression(Node):
    """``(first, second)``."""

    first: "Expression"
    second: "Expression"


@dataclass(frozen=True, slots=True)
class LargeCommunityExpression(Node):
    """``(first, second, third)``."""

    first: "Expression"
    second: "Expression"
    third: "Expression"


@dataclass(frozen=True, slots=True)
class ExtendedCommunityExpression(Node):
    """``(rt, key, value)``; ``kind`` is the number of the two upper octets, ``GENERIC`` has none."""

    kind: int
    key: "Expression"
    value: "Expression"


@dataclass(frozen=True, slots=True)
class Bounds(Node):
    """``from .. to`` in a set or a path mask; both are the same for a single value; None is ``*``."""

    first: "Expression | None"
    last: "Expression | None"


@dataclass(frozen=True, slots=True)
class TupleItem(Node):
    """``(1, 2..5)``, ``(rt, 10, *)`` or ``(1, *, *)`` in a set: the bounds of each place."""

    kind: int | None
    """Of an extended community."""
    places: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True)
class TupleRange(Node):
    """``(1,2)..(3,4)`` in a set."""

    first: "Expression"
    last: "Expression"


@dataclass(frozen=True, slots=True)
class PrefixPattern(Node):
    """``10.0.0.0/8{16,24}`` in a set: prefixes of ``shortest`` to ``longest`` bits that agree with it."""

    address: bytes
    length: int
    shortest: int
    longest: int


SetItem: TypeAlias = Bounds | TupleItem | TupleRange | PrefixPattern


@dataclass(frozen=True, slots=True)
class SetLiteral(Node):
    """``[1, 3..5]``: items of one kind; without any it is the empty set."""

    items: tuple[SetItem, ...]


@dataclass(frozen=True, slots=True)
class MaskPart(Node):
    """One place of a path mask."""

    kind: str
    """``asn`` (with ``bounds``), ``?`` for one AS, ``*`` for any number of them, ``+`` for at least one,
    ``set`` (with a set as ``bounds.first``)."""
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class MaskLiteral(Node):
    """``[= 1 * ? 2..5 (expression) name =]``."""

    parts: tuple[MaskPart, ...]


@dataclass(frozen=True, slots=True)
class Empty(Node):
    """``+empty+``, ``-empty-``, ``--empty--`` or ``---empty---``."""

    type: Type


Expression: TypeAlias = (
    Literal
    | Name
    | AttributeName
    | Not
    | Binary
    | Logical
    | Call
    | Builtin
    | RoaCheck
    | Method
    | PairExpression
    | LargeCommunityExpression
    | ExtendedCommunityExpression
    | SetLiteral
    | MaskLiteral
    | Empty
)

# Statements


@dataclass(frozen=True, slots=True)
class Verdict(Node):
    """``accept``, ``reject``, ``error`` or ``quitbird``, with what is printed before."""

    kind: str
    printed: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Print(Node):
    """``print``, or ``printn``, which does not end the line."""

    printed: tuple[Expression, ...]
    ends_line: bool = True


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """``variable = value;``."""

    variable: str
    value: Expression


@dataclass(frozen=True, slots=True)
class SetAttribute(Node):
    """``bgp_local_pref = value;``; of ``bgp_community.add(x);`` the value is the method of the attribute."""

    attribute: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Unset(Node):
    """``unset(attribute);``."""

    attribute: str


@dataclass(frozen=True, slots=True)
class Evaluate(Node):
    """An expression whose value nobody wants: a call of a function."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Return(Node):
    """``return value;``."""

    value: Expression | None


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then … else …``; an else-if is an If in ``otherwise``."""

    condition: Expression
    then: "Block"
    otherwise: "Block | None" = None


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """``1, 4..6: …`` of a case; without items it is ``else:``."""

    items: tuple[SetItem, ...]
    body: "Block"
    values: object = field(default=None, compare=False)
    """The set of ``items``, which the resolver makes."""


@dataclass(frozen=True, slots=True)
class Case(Node):
    """``case subject { … }``."""

    subject: Expression
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for int asn in bgp_path do …``."""

    type: Type | None
    """None: the variable has been declared before."""
    variable: str
    collection: Expression
    body: "Block"


@dataclass(frozen=True, slots=True)
class Declare(Node):
    """``int x;`` or ``int x = value;`` inside of a block."""

    type: Type
    variable: str
    value: Expression | None = None


@dataclass(frozen=True, slots=True)
class Block(Node):
    """Statements one after the other."""

    statements: tuple["Statement", ...]


Statement: TypeAlias = (
    Verdict | Print | Assign | SetAttribute | Unset | Evaluate | Return | If | Case | For | Declare | Block
)

# Definitions


@dataclass(frozen=True, slots=True)
class Variable(Node):
    """A parameter, or a variable that is declared before the body."""

    type: Type
    name: str


@dataclass(frozen=True, slots=True)
class Function(Node):
    """``function name(parameters) variables { body }``."""

    name: str
    parameters: tuple[Variable, ...]
    variables: tuple[Variable, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``filter name variables { body }``; one that is written where it is used has no name."""

    name: str | None
    variables: tuple[Variable, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """``define name = value;``."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Roa(Node):
    """``roa prefix max length as asn;`` (RFC 6482)."""

    address: bytes
    length: int
    longest: int
    asn: int


@dataclass(frozen=True, slots=True)
class RoaTable(Node):
    """``roa table name { … }``."""

    name: str
    roas: tuple[Roa, ...]


@dataclass(frozen=True, slots=True)
class EvaluateNow(Node):
    """``eval expression;`` at the top level."""

    expression: Expression


Definition: TypeAlias = Function | Filter | Constant | RoaTable | EvaluateNow


def else_if(statement: If) -> If | None:
    """Return the ``if`` that is all of an ``else``; chains of them are gone along in loops."""
    match statement.otherwise:
        case Block(statements=(If() as following,)):
            return following
    return None
