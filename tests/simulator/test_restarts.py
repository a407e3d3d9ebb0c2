"""Sessions are lost and speakers killed in random networks, and nobody notices (RFC 4724, RFC 9494)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest

from bgpd.pipeline import Pipeline
from bgpd.protocols.stale_routes import StaleRoutes
from bgpd.restart.deferral import Deferral
from fsm.restart import Restart
from messages.families import Family
from messages.families.prefix import PrefixKey
from messages.notification import Notification
from rib import table as table_module
from rib.route import Route
from tests.simulator.agenda import Agenda, governing
from tests.simulator.check import check
from tests.simulator.events import RESTARTS, Drain, SpeakOtherwise
from tests.simulator.network import Network
from tests.simulator.report import describe
from tests.simulator.scenario import (
    Scenario,
    fault_of,
    make_scenario,
    make_scenario_of_restarts,
    play,
    search,
)
from tests.simulator.terms import Agreement, Topology
from tests.simulator.topology import KINDS

SCENARIOS_OF_A_KIND: Final = 10
NETWORKS_OF_A_KIND: Final = 4
ENOUGH: Final = 150
"""Scenarios within which a planted fault has to be found."""
MOST_STEPS: Final = 100_000
Best = dict[tuple[str, PrefixKey], bytes]
"""The attributes of the best routes, by speaker and prefix."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_rib_is_right(kind: str) -> None:
    for number in range(SCENARIOS_OF_A_KIND):
        failure = search(f"0/{number}", kind, make_scenario_of_restarts)
        if failure is not None:
            lines = "\n".join(describe(failure.scenario))
            raise AssertionError(f"seed 0/{number} of {kind!r}\n{lines}") from failure.error


@pytest.mark.parametrize("kind", KINDS)
def test_in_the_end_all_is_as_without_restarts(kind: str) -> None:
    for number in range(NETWORKS_OF_A_KIND):
        scenario = _without((Drain, SpeakOtherwise), make_scenario_of_restarts(f"0/{number}", kind))
        assert _best(play(scenario)) == _best(play(_without(RESTARTS, scenario))), number


def _without(kinds: tuple[type, ...], scenario: Scenario) -> Scenario:
    moments = [moment for moment in scenario.moments if not isinstance(moment.event, kinds)]
    return replace(scenario, moments=moments)


def _best(network: Network) -> Best:
    return {
        (speaker.identity.name, key): best.attributes.wire
        for speaker in network.speakers
        for key in speaker.table.slots
        if (best := speaker.table.best(key)) is not None
    }


# -- a restart as it should be -------------------------------------------------------------------------


@contextmanager
def at_rest(number: int, kind: str) -> Iterator[Network]:
    """Return a network in which everybody helps everybody, after all that has happened in it."""
    scenario = make_scenario(f"0/{number}", kind)
    agenda = Agenda(f"{scenario.seed} order", steps_per_second=10_000)
    with governing(agenda, scenario.round_keys):
        network = Network(agenda, _helpful(scenario.topology))
        for moment in scenario.moments:
            moment.event.apply(network)
            agenda.run(moment.steps)
        network.settle(MOST_STEPS)
        check(network)
        yield network


def _helpful(topology: Topology) -> Topology:
    return replace(topology, links=tuple(map(_helping, topology.links)))


def _helping(link: Agreement) -> Agreement:
    """Path Identifiers are left out: those of the next process are others (RFC 7911 §3)."""
    here, there = (
        replace(terms, graceful_restart="full", restart_time=120, sends_paths=1, receives_paths=False)
        for terms in link.terms
    )
    return replace(link, terms=(here, there))


def _noticed(network: Network, killed: int, times: int) -> int:
    """Return how often a speaker's being killed, some times in a row, gave others another best route."""
    before = _best(network)
    others = [speaker for speaker in network.speakers if speaker.identity.number != killed]
    changes = sum(speaker.changes for speaker in others)
    for _ in range(times):
        network.crash(killed, away=1.0 if times == 1 else 0.0, keeps_forwarding=True)
        network.agenda.run(network.agenda.random.randint(0, 60))
    network.settle(MOST_STEPS)
    check(network)
    assert _best(network) == before
    return sum(speaker.changes for speaker in others) - changes


def _notices(kind: str, times: int) -> Iterator[int]:
    for number in range(NETWORKS_OF_A_KIND):
        with at_rest(number, kind) as network:
            yield _noticed(network, number % len(network.speakers), times)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_notices_that_a_speaker_was_killed(kind: str) -> None:
    """RFC 4724 §4.1: it says nothing before it knows what it knew, and so nobody has another best route."""
    assert not any(_notices(kind, times=1))


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_notices_that_it_was_killed_again_before_it_had_said_all(kind: str) -> None:
    """RFC 4724 §4.2 lets the routes go then; they stay here, as nobody has said that they are no more."""
    assert not any(_notices(kind, times=3))


# -- that it notices what it is there for --------------------------------------------------------------


def _does_nothing(*_arguments: object, **_more: object) -> None:
    """Stands for code that somebody forgot."""


def _keeps_all(_stale: StaleRoutes, *_arguments: object) -> None:
    """Believe whoever comes back."""
    _stale._stop_restart_timer()


def _keeps_whatever_was_said(restart: Restart, _notification: Notification | None) -> tuple[Family, ...]:
    return restart.families


def _said_again(old: Route, _epoch: int, _again: dict[Route, Route]) -> Route:
    return old


FAULTS: Final[list[tuple[object, str, Callable[..., Any]]]] = [
    (StaleRoutes, "end_of_rib", _does_nothing),
    (StaleRoutes, "session_up", _keeps_all),
    (StaleRoutes, "_restart_is_over", _does_nothing),
    (Restart, "retained", _keeps_whatever_was_said),
    (StaleRoutes, "_long_lived_is_over", _does_nothing),
    (Pipeline, "grow_stale", _does_nothing),
    (Pipeline, "sweep", _does_nothing),
    (table_module, "said_again", _said_again),
]


@pytest.mark.parametrize(("owner", "name", "fault"), FAULTS, ids=[row[1] for row in FAULTS])
def test_a_planted_fault_is_found(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, fault: Callable[..., Any]
) -> None:
    monkeypatch.setattr(owner, name, fault)
    scenarios = (make_scenario_of_restarts(f"0/{number}", "external mesh") for number in range(ENOUGH))
    assert any(map(fault_of, scenarios))


def test_who_speaks_too_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deferral, "concerns", lambda *_arguments: False)
    assert any(_notices("internal mesh", times=1))
