"""``BGPFilter``: lists of rules, each a function that accepts routes, refuses them or says nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from bgpd.calico.communities import WANTED, addition, attribute, community, literal
from bgpd.calico.fields import Fields, Network, as_number_of, shown
from bgpd.calico.nodes import VERSIONS
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource

HIGHEST: Final = 0x7FFFFFFF
"""Less a priority, that of the kernel, it is a LOCAL_PREF: the least is the best there, the most in BGP."""
DIRECTIONS: Final = ("import", "export")
_OPERATORS: Final = {"Equal": "=", "NotEqual": "!=", "In": "~", "NotIn": "!~"}
_FROM_PEERS: Final = "RemotePeers"
_PEER_TYPES: Final = {"iBGP": "is_same_as", "eBGP": "!is_same_as"}
_ACTIONS: Final = {"Accept": "accept;", "Reject": "reject;"}
_LONGEST_NAME: Final = 45
"""Of a filter, so that the name of the function has no more than 64 characters."""
_NAME: Final = re.compile(r"[A-Za-z0-9.-]{1,253}")
_KEPT: Final = 28
_HASH: Final = 16


@dataclass(frozen=True, slots=True)
class BgpFilter:
    """What one resource comes to."""

    functions: dict[tuple[str, int], str]
    """The texts of its functions, by direction and IP version."""
    distinguishes: frozenset[tuple[str, int]]
    """The functions that must be told whether the neighbor is of our AS."""
    name: str

    def calls(self, direction: str, version: int, *, is_internal: bool) -> str | None:
        """Return the statement that calls a function, or None if there is none."""
        if (direction, version) not in self.functions:
            return None
        argument = ("true" if is_internal else "false") if (direction, version) in self.distinguishes else ""
        return f"{_function_name(self.name, direction, version)}({argument});"


def bgp_filter_of(resource: Resource, report: Report) -> BgpFilter:
    """Read a resource."""
    fields = Fields.of(resource, report)
    if not _NAME.fullmatch(resource.name):
        report.fault(
            resource.place, "a name like this can't be followed; write letters, digits, dots and hyphens"
        )
    functions: dict[tuple[str, int], str] = {}
    distinguishes: set[tuple[str, int]] = set()
    for direction in DIRECTIONS:
        for version in VERSIONS:
            rules = [*fields.tables(f"{direction}V{version}")]
            if not rules:
                continue
            statements = [*_reached(rules, version)]
            parameter = ""
            if any(rule.has("peerType") for rule in rules):
                distinguishes.add((direction, version))
                parameter = "bool is_same_as"
            name = _function_name(resource.name, direction, version)
            body = "".join(f"  {statement}\n" for statement in statements)
            functions[direction, version] = f"function {name}({parameter}) {{\n{body}}}\n"
    fields.finish()
    return BgpFilter(functions, frozenset(distinguishes), resource.name)


def _reached(rules: Sequence[Fields], version: int) -> Iterator[str]:
    """Yield the rules as statements, up to the first that is for all routes."""
    is_over = False
    for rule in rules:
        statement = _rule(rule, version)
        if is_over:
            rule.remark_all("it is never reached, since the rule before it is for all routes; it is left out")
        elif statement:
            yield statement
            is_over = not statement.startswith("if ")


def _function_name(name: str, direction: str, version: int) -> str:
    """Return what a function is called; what is too long is cut, with a hash so that it stays unique."""
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_KEPT]}_{sha256(name.encode()).hexdigest()[:_HASH].upper()}"
    return f"'bgp_{name}_{direction}FilterV{version}'"


def _rule(rule: Fields, version: int) -> str:
    """Return one rule as a statement."""
    conditions = [*_conditions(rule, version)]
    peer_type = rule.choice("peerType", tuple(_PEER_TYPES), "")
    action = rule.choice("action", tuple(_ACTIONS), "")
    if not rule.has("action"):
        rule.fault("action", "missing; write Accept or Reject")
    changes = [*_operations(rule)]
    if changes and action == "Reject":
        rule.fault("operations", "a route that is refused can't be changed; write action Accept")
    rule.finish()
    body = " ".join([*changes, _ACTIONS.get(action, "")])
    if conditions:
        body = f"if ({' && '.join(conditions)}) then {{ {body} }}"
    return f"if ({_PEER_TYPES[peer_type]}) then {{ {body} }}" if peer_type else body


def _conditions(rule: Fields, version: int) -> Iterator[str]:
    prefix = rule.network("cidr")
    operator = rule.choice("matchOperator", tuple(_OPERATORS), "")
    if prefix is not None and not operator and not rule.has("matchOperator"):
        rule.fault("matchOperator", f"missing beside cidr; write one of {', '.join(_OPERATORS)}")
    if prefix is not None and prefix.version != version:
        rule.refuse("cidr", f"an IPv{version} prefix in this list")
    lengths = rule.table("prefixLength")
    if prefix is not None and operator:
        operand = str(prefix) if lengths is None else _with_lengths(prefix, lengths)
        yield f"(net {_OPERATORS[operator]} {operand})"
    if rule.choice("source", (_FROM_PEERS,), ""):
        yield "(defined(source) && (source ~ [ RTS_BGP ]))"
    interface = rule.text("interface")
    if '"' in interface or not interface.isprintable():
        rule.refuse("interface", "the name of interfaces, like eth*")
    elif interface:
        yield f'(defined(ifname) && (ifname ~ "{interface}"))'
    yield from _attribute_conditions(rule)


def _with_lengths(prefix: Network, lengths: Fields) -> str:
    """Return a set of prefixes: those in a prefix that have some lengths."""
    longest = prefix.max_prefixlen
    least = max(prefix.prefixlen, lengths.integer("min", 0, longest) or 0)
    most = lengths.integer("max", 0, longest)
    most = longest if most is None else most
    if least > most:
        lengths.refuse("max", f"a length of at least {least}")
    return f"[ {prefix}{{{least},{max(least, most)}}} ]"


def _attribute_conditions(rule: Fields) -> Iterator[str]:
    communities = rule.table("communities")
    if communities is not None:
        values = communities.texts("values")
        parts = community(values[0]) if len(values) == 1 else None
        if parts is None:
            communities.fault("values", f"found {shown(list(values))}; write a list of {WANTED}")
        else:
            yield f"({literal(parts)} ~ {attribute(parts)})"
    path = _as_numbers(rule, "asPathPrefix")
    if path:
        yield f"(bgp_path ~ [= {' '.join(map(str, path))} * =])"
    priority = _priority(rule, "priority")
    if priority is not None:
        yield f"(defined(bgp_local_pref) && (bgp_local_pref = {priority}))"


def _operations(rule: Fields) -> Iterator[str]:
    """Yield the changes of a route. What is prepended last comes first in a path."""
    for operation in rule.tables("operations"):
        added = operation.table("addCommunity")
        prepended = operation.table("prependASPath")
        priority = operation.table("setPriority")
        if added is not None:
            parts = added.read("value", community, WANTED)
            if parts is not None:
                yield addition(parts)
        if prepended is not None:
            yield from (f"bgp_path.prepend({asn});" for asn in reversed(_as_numbers(prepended, "prefix")))
        if priority is not None and (value := _priority(priority, "value")) is not None:
            yield f"bgp_local_pref = {value};"
        operation.finish()


def _as_numbers(fields: Fields, key: str) -> list[int]:
    numbers = [as_number_of(value) for value in fields.values(key)]
    if None in numbers:
        fields.fault(key, "there is something that is no AS number; write a list like [65000, 65001]")
    return [number for number in numbers if number is not None]


def _priority(fields: Fields, key: str) -> int | None:
    """Return the LOCAL_PREF that a priority stands for."""
    priority = fields.integer(key, 1, HIGHEST - 1)
    return None if priority is None else HIGHEST - priority
