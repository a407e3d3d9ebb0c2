"""A scenario: a network, what happens in it, and whether the RIBs are right afterwards; all from one seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias

from tests.simulator.agenda import Agenda, governing
from tests.simulator.check import check, check_paused
from tests.simulator.chooser import Chooser
from tests.simulator.events import Event
from tests.simulator.network import Network
from tests.simulator.terms import Topology
from tests.simulator.topology import random_topology
from tests.simulator.way import check_ways

MOST_STEPS: Final = 40_000
"""Far more than any scenario needs: who takes longer goes round in a circle."""
_EVENTS: Final = (5, 20)


Make: TypeAlias = Callable[[str, str | None], "Scenario"]
"""Makes the scenario of a seed, in a network of the given kind or of any."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, how much the network does before the next one, and whether it is to come to rest then."""

    event: Event
    steps: int
    settles: bool = False
    pauses: bool = False
    """Whether it is to come to rest as far as that needs no time."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that is needed to play the same again."""

    seed: str
    topology: Topology
    moments: Sequence[Moment]
    round_keys: int


@dataclass(slots=True)
class Failure:
    """A scenario in its shortest form that breaks something."""

    scenario: Scenario
    error: Exception


def make_scenario(seed: str, kind: str | None = None) -> Scenario:
    """Return the scenario that a seed makes."""
    choose = Agenda(f"{seed} course").random
    topology = random_topology(f"{seed} topology", kind)
    chooser = Chooser(f"{seed} events", topology)
    moments = tuple(
        Moment(
            chooser.event(),
            steps=choose.choice((0, 0, 2, 10, 40)),
            settles=choose.random() < 0.1,
        )
        for _ in range(choose.randint(*_EVENTS))
    )
    return Scenario(seed, topology, moments, round_keys=choose.choice((2, 4, 12, 2048)))


def make_scenario_of_restarts(seed: str, kind: str | None = None) -> Scenario:
    """Return one in which sessions are lost and speakers killed again and again (RFC 4724)."""
    before = make_scenario(seed, kind)
    choose = Agenda(f"{seed} restarts").random
    chooser = Chooser(f"{seed} restarts", before.topology)
    moments = []
    for moment in before.moments:
        moments.append(replace(moment, settles=moment.settles and choose.random() < 0.5))
        for _ in range(choose.choice((0, 1, 1, 2))):
            steps = choose.choice((0, 0, 5, 40))
            moments.append(Moment(chooser.restart(), steps, pauses=choose.random() < 0.3))
    return replace(before, moments=tuple(moments))


def play(scenario: Scenario) -> Network:
    """Let it happen, and check; raise whatever goes wrong."""
    agenda = Agenda(f"{scenario.seed} order")
    with governing(agenda, scenario.round_keys):
        network = Network(agenda, scenario.topology)
        agenda.run(agenda.random.choice((0, 20, MOST_STEPS)))
        for moment in scenario.moments:
            moment.event.apply(network)
            agenda.run(moment.steps)
            if moment.pauses:
                network.pause(MOST_STEPS)
                check_paused(network)
            if moment.settles:
                _check(network)
        _check(network)
    return network


def _check(network: Network) -> None:
    network.settle(MOST_STEPS, partial(check_paused, network))
    check(network)
    check_ways(network)


def fault_of(scenario: Scenario) -> Exception | None:
    """Return what goes wrong in a scenario, if anything does."""
    try:
        play(scenario)
    except Exception as error:  # whatever it is, it is what we are looking for
        return error
    return None


def shortened(scenario: Scenario, error: Exception) -> Failure:
    """Leave out whatever is not needed for an error of the same class."""
    best = Failure(scenario, error)
    size = max(1, len(scenario.moments) // 2)
    while size:
        start = 0
        while start < len(best.scenario.moments):
            moments = best.scenario.moments
            fewer = (*moments[:start], *moments[start + size :])
            shorter = Scenario(scenario.seed, scenario.topology, fewer, scenario.round_keys)
            found = fault_of(shorter)
            if type(found) is type(error):
                best = Failure(shorter, found)
            else:
                start += size
        size //= 2
    return best


def search(seed: str, kind: str | None = None, make: Make = make_scenario) -> Failure | None:
    """Play the scenario of a seed; return how it fails, made as short as can be."""
    scenario = make(seed, kind)
    error = fault_of(scenario)
    return None if error is None else shortened(scenario, error)
