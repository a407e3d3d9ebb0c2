"""A few hundred random scenarios, always the same; and that the simulator notices what it is there for."""

from collections.abc import Callable
from typing import Any

import pytest

from bgpd.pipeline import Pipeline
from bgpd.walks import Walks
from messages.families.prefix import PrefixKey
from rib import egress as egress_module
from rib.decision import Decision
from rib.ingress import Ingress
from rib.member import Member
from rib.next_hops import NextHops
from rib.outgoing import Outgoing
from rib.pipe import Flow
from rib.policy import Policy
from rib.route import Route
from rib.table import Table
from rib.walk import Walk
from tests.simulator.report import describe
from tests.simulator.scenario import fault_of, make_scenario, search
from tests.simulator.topology import KINDS

SCENARIOS_OF_A_KIND = 44
ENOUGH = 250
"""Scenarios within which a planted fault has to be found."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_rib_is_right(kind: str) -> None:
    for number in range(SCENARIOS_OF_A_KIND):
        failure = search(f"0/{number}", kind)
        if failure is not None:
            lines = "\n".join(describe(failure.scenario))
            raise AssertionError(f"--seed 0 --only {number} --kind {kind!r}\n{lines}") from failure.error


def test_the_same_seed_makes_the_same_scenario() -> None:
    assert make_scenario("7") == make_scenario("7")
    assert make_scenario("7") != make_scenario("8")


def _does_nothing(*_arguments: object, **_more: object) -> None:
    """Stands for code that somebody forgot."""


def _nothing_matters(*_arguments: object) -> bool:
    return False


def _only_slots(member: Member, table: Table, former: Any, closing: Any = ()) -> None:
    """Begin anew without the keys whose routes have gone within the burst."""
    START_OVER(member, table, former, closing)
    member.backlog = {key: told for key, told in (member.backlog or {}).items() if key in table.slots}


def _forgets_the_backlog(member: Member) -> None:
    member.backlog = {}


def _all_alike(_policy: Policy, keys: Any) -> Any:
    """Treat prefixes alike that are of several kinds."""
    return (keys,)


def _renewed_alike(walk: Walk, route: Route, key: PrefixKey) -> Route | None:
    """Let the first prefix that comes along speak for all."""
    if route not in walk._memory:
        walk._memory[route] = walk._successor(route, key)
    return walk._memory[route]


def _copied_alike(flow: Flow, route: Route, key: PrefixKey, *, silent: bool) -> Route | None:
    if route not in flow._copies:
        flow._copies[route] = flow._make(route, key, silent=silent)
    return flow._copies[route]


START_OVER = Member.start_over

FAULTS: list[tuple[str, object, str, Callable[..., object] | None]] = [
    ("internal mesh", Decision, "can_matter", _nothing_matters),
    ("external mesh", Outgoing, "withdraw_from", _does_nothing),
    ("internal mesh", Member, "start_over", _only_slots),
    ("external mesh", Member, "miss", _does_nothing),
    ("route server", Ingress, "_begin", _does_nothing),
    ("external mesh", Ingress, "kind_of", None),
    ("external mesh", Policy, "by_kind", _all_alike),
    ("external mesh", Walk, "_recall", _renewed_alike),
    ("external mesh", Flow, "_copy", _copied_alike),
    ("internal mesh", NextHops, "recheck", _nothing_matters),
    ("external mesh", Walks, "renew", _does_nothing),
    ("external mesh", Pipeline, "sweep", _does_nothing),
    ("reflection", egress_module, "marks", lambda *_arguments, **_more: {}),
    ("hierarchy", Ingress, "_reflected_back", _does_nothing),
]


@pytest.mark.parametrize(("kind", "owner", "name", "fault"), FAULTS, ids=[row[2] for row in FAULTS])
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, kind: str, owner: object, name: str, fault: Callable[..., object] | None
) -> None:
    monkeypatch.setattr(owner, name, fault)
    assert any(fault_of(make_scenario(f"0/{number}", kind)) for number in range(ENOUGH))
