"""Random functions of the filter language, as text: locals, branches, calls that may end everything."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from tests.filters_oracle.generator import Choices, Expressions, Signature
from tests.filters_oracle.grammar import COLLECTIONS, DECLARED, ENUMERATIONS, LISTS, SETS

_CASES: Final = {
    "int": ("0", "1", "2..5", "3", "0..7", "7", "7..10", "10..20", "1..255", "255", "(20+1)", "65535..65537"),
    "pair": ("(1,2)", "(1,3)", "(1,*)", "(2,3..9)", "(1..10,2)", "(10,20)", "(65535,*)"),
    "lc": ("(1,2,3)", "(1,2,4)", "(1,2,*)", "(1,*,*)", "(10,20,*)", "(0,0,0)"),
    "ec": ("(rt,1,2)", "(rt,1,2..9)", "(ro,1,3)", "(rt,1,*)", "(rt,10,*)"),
    **ENUMERATIONS,
}
"""Items for the arms of a ``case``.

Many overlap: which is found then depends on all of them. None are of another type than the value.
"""

_STATEMENTS: Final = (
    *("print",) * 6,
    *("assign",) * 5,
    *("if",) * 5,
    *("case",) * 2,
    *("call",) * 2,
    *("return", "verdict", "printn", "attribute"),
)
_BIRD_2_STATEMENTS: Final = (*_STATEMENTS, "block", "loop", "declaration", "unset")
"""BIRD 1.6 has ``unset``, too, but still reads what it has unset."""


def program(random: Random, choices: Choices, prefix: str) -> list[str]:
    """Return the lines of a few functions; the last, ``prefix``, has no parameters and calls the others."""
    functions: list[Signature] = []
    constants: dict[str, list[str]] = {}
    lines: list[str] = []
    for number in range(random.randint(0, 2)):
        kind, name = random.choice((*DECLARED, *SETS)), f"{prefix}_c{number}"
        value = Expressions(random, replace(choices, attributes=()), constants).expression(kind, 2)
        constants.setdefault(kind, []).append(name)
        lines.append(f"define {name} = {value};")
    for number in range(random.randint(1, 3)):
        parameters = tuple(random.choice(DECLARED) for _ in range(random.randint(0, 3)))
        function = Signature(f"{prefix}_f{number}", parameters, random.choice(("int", "bool", *DECLARED)))
        lines += _Body(random, choices, constants, functions).function(function)
        functions.append(function)
    return [*lines, *_Body(random, choices, constants, functions).function(Signature(prefix, (), "int"))]


def filter_of(lines: list[str], prefix: str, random: Random) -> list[str]:
    """Add a filter that calls the last function of a program."""
    ending = random.choice(("accept;", "reject;", f"if {prefix}() = 0 then accept; else reject;", ""))
    return [*lines, f"filter {prefix}_filter {{ {prefix}(); {ending} }}"]


@dataclass(slots=True)
class _Body:
    """Writes one function."""

    random: Random
    choices: Choices
    constants: dict[str, list[str]]
    functions: list[Signature]
    variables: dict[str, list[str]] = field(default_factory=dict)
    result: str = "int"
    declared: int = 0

    def function(self, signature: Signature) -> Iterator[str]:
        self.result = signature.result
        parameters = [self._declare(kind) for kind in signature.parameters]
        own = [
            self._declare(self.random.choice((*DECLARED, *SETS))) for _ in range(self.random.randint(0, 3))
        ]
        yield f"function {signature.name}({'; '.join(parameters)})"
        yield from (f"{variable};" for variable in own)
        yield "{"
        for declaration in own:
            if self.random.random() < 0.6:
                kind, _, name = declaration.rpartition(" ")
                yield f"  {name} = {self._expression(kind, 2)};"
        yield from self._statements(self.random.randint(1, 6), 3)
        if self.random.random() < 0.8:
            yield f"  return {self._expression(self.result, 3)};"
        yield "}"

    def _declare(self, kind: str) -> str:
        self.declared += 1
        name = f"v{self.declared}"
        self.variables.setdefault(kind, []).append(name)
        return f"{kind} {name}"

    def _statements(self, count: int, depth: int) -> Iterator[str]:
        for _ in range(count):
            yield from (f"  {line}" for line in self._statement(depth))

    def _statement(self, depth: int) -> Iterator[str]:
        choice = self.random.choice(_BIRD_2_STATEMENTS if self.choices.bird2 else _STATEMENTS)
        if depth == 0 and choice in ("if", "case", "block", "loop"):
            choice = "print"
        yield from getattr(self, f"_{choice}")(depth)

    def _print(self, _depth: int) -> Iterator[str]:
        yield f"print {self._printed()};"

    def _printn(self, _depth: int) -> Iterator[str]:
        yield f"printn {self._printed()};"
        if self.random.random() < 0.7:
            yield 'print "";'

    def _printed(self) -> str:
        kinds = [
            self.random.choice((*DECLARED, *SETS, *ENUMERATIONS)) for _ in range(self.random.randint(1, 3))
        ]
        return ', " ", '.join(self._expression(kind, 3) for kind in kinds)

    def _assign(self, _depth: int) -> Iterator[str]:
        kinds = [kind for kind, names in self.variables.items() if names]
        if kinds:
            kind = self.random.choice(kinds)
            yield f"{self.random.choice(self.variables[kind])} = {self._expression(kind, 3)};"

    def _if(self, depth: int) -> Iterator[str]:
        yield f"if {self._expression('bool', 3)} then"
        yield from self._branch(depth)
        if self.random.random() < 0.4:
            yield "else"
            yield from self._branch(depth)

    def _branch(self, depth: int) -> Iterator[str]:
        if self.random.random() < 0.7:
            yield from self._block(depth)
        else:
            yield next(self._statement(0), 'print "nothing";')

    def _block(self, depth: int) -> Iterator[str]:
        yield "{"
        yield from self._statements(self.random.randint(0, 3), depth - 1)
        yield "}"

    def _case(self, depth: int) -> Iterator[str]:
        kind = self.random.choice(list(_CASES))
        items = list(_CASES[kind])
        self.random.shuffle(items)
        subject = replace(self._expressions, choices=replace(self.choices, wrong=0.0))
        yield f"case {subject.expression(kind, 2)} {{"
        while len(items) > 1 and self.random.random() < 0.8:
            arm = [items.pop() for _ in range(self.random.randint(1, 2)) if items]
            yield f"  {', '.join(arm)}:"
            yield from self._statements(self.random.randint(0, 2), depth - 1)
        while self.random.random() < 0.5:
            yield "  else:"
            yield from self._statements(1, depth - 1)
        yield "}"

    def _loop(self, depth: int) -> Iterator[str]:
        kind = self.random.choice(COLLECTIONS)
        collection = self._expression(kind, 2)
        item = LISTS.get(kind, "int")
        variable = f"w{depth}"
        yield f"for {item} {variable} in {collection} do"
        self.variables.setdefault(item, []).append(variable)
        yield from self._block(depth)
        self.variables[item].remove(variable)

    def _declaration(self, _depth: int) -> Iterator[str]:
        kind = self.random.choice(DECLARED)
        value = self._expression(kind, 2)
        yield f"{self._declare(kind)} = {value};"

    def _call(self, _depth: int) -> Iterator[str]:
        if self.functions:
            yield f"{self._expressions.call(self.random.choice(self.functions), 3)};"

    def _return(self, _depth: int) -> Iterator[str]:
        if self.random.random() < 0.5:
            yield f"if {self._expression('bool', 2)} then return {self._expression(self.result, 2)};"

    def _verdict(self, _depth: int) -> Iterator[str]:
        kind = self.random.choice(("accept", "reject", "error"))
        printed = f" {self._printed()}" if self.random.random() < 0.5 else ""
        if self.random.random() < 0.5:
            yield f"if {self._expression('bool', 2)} then {kind}{printed};"

    def _attribute(self, _depth: int) -> Iterator[str]:
        if self.choices.attributes:
            kind, name = self.random.choice(self.choices.attributes)
            yield f"{name} = {self._expression(kind, 2)};"
            if kind in COLLECTIONS:
                argument = LISTS.get(kind, "int")
                method = "prepend" if kind == "bgppath" else self.random.choice(("add", "delete"))
                yield f"{name}.{method}({self._expression(argument, 2)});"

    def _unset(self, _depth: int) -> Iterator[str]:
        if self.choices.attributes and self.random.random() < 0.3:
            yield f"unset({self.random.choice(self.choices.attributes)[1]});"

    def _expression(self, kind: str, depth: int) -> str:
        return self._expressions.expression(kind, self.random.randint(0, depth))

    @property
    def _expressions(self) -> Expressions:
        names = {
            kind: self.variables.get(kind, []) + self.constants.get(kind, [])
            for kind in {*self.variables, *self.constants}
        }
        return Expressions(self.random, self.choices, names, self.functions)
