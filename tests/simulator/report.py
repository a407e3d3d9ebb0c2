"""A scenario in words, as short as what is not the default allows."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any

from messages.families import Family
from messages.families.prefix import render_prefix
from rib.policy import Policy
from tests.simulator.events import prefix
from tests.simulator.scenario import Scenario


def describe(scenario: Scenario) -> Iterator[str]:
    """Yield the lines of a report."""
    topology = scenario.topology
    yield f"{topology.kind}, {topology.family.name}, {scenario.round_keys} keys a round"
    for identity in topology.identities:
        yield f"  {identity.name}: {said(identity, 'number')}"
    for number, link in enumerate(topology.links):
        (here, there), (ours, theirs) = link.ends, link.terms
        ends = f"S{here} ({said(ours)}) - S{there} ({said(theirs)})"
        yield f"  link {number}: {ends}  {said(link, 'ends', 'terms')}"
    for moment in scenario.moments:
        rest = ", then rest" if moment.settles else ""
        yield f"  {_event(moment.event, topology.family)}; {moment.steps} steps{rest}"


def _event(event: Any, family: Family) -> str:
    prefixes = [render_prefix(prefix(number, family), family) for number in getattr(event, "prefixes", ())]
    return " ".join([f"{type(event).__name__}({said(event)})", *prefixes])


def said(row: Any, *but: str) -> str:
    """Return the fields of a dataclass that have other values than the default."""
    changed = [
        f"{field.name}={_value(value)}"
        for field in fields(row)
        if field.name not in but
        and (value := getattr(row, field.name)) != (None if field.default is MISSING else field.default)
    ]
    return ", ".join(changed)


def _value(value: object) -> str:
    if isinstance(value, Policy):
        return repr(value.name)
    return value.name if isinstance(value, Enum) else repr(value)
