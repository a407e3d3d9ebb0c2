"""While a full table comes in, every reader of Calico gets its answers in time."""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.interop.drop_in.programs import OURS
from tests.interop.drop_in.scenario import Scenario
from tests.interop.drop_in.scenarios.calico import COMMON, calico_peer, mesh
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.waiting import eventually
from tests.readers.health import is_alive, why_not_ready
from tests.readers.node_resource import agent, peer_statuses, routes
from tests.readers.node_status import peers

pytestmark = [pytest.mark.interop, pytest.mark.soak]

MANY, FEW = 500_000, 100_000
PEER: Final = "Mesh_10_10_0_2"
READERS: Final[Mapping[str, Callable[[Path], object]]] = {
    "node status": peers,
    "readiness": partial(why_not_ready, is_new=True),
    "agent": agent,
    "peers": peer_statuses,
    "liveness": lambda path: is_alive(OURS.command("birdcl"), path, OURS.environment),
}


def many_routes(count: int) -> str:
    """Return that many static routes of different networks."""
    return " ".join(f"route {prefix} blackhole;" for prefix in _networks(count))


def _networks(count: int) -> Iterator[str]:
    for number in range(count):
        octets = (number << 3).to_bytes(3)
        yield f"60.{'.'.join(map(str, octets))}/29"


def imported(side: Side) -> int:
    """Return how many routes have come from the peer."""
    lines = [line.text.split() for line in side.node.ask("ipv4", f"show protocols all {PEER}")]
    return next((int(words[1]) for words in lines if words[:1] == ["Routes:"]), 0)


class Reading(NamedTuple):
    """What one reader has seen of the load."""

    answers: int
    """Those that some of the load came in meanwhile."""
    longest: float
    """Seconds."""


def reading(side: Side, reader: Callable[[Path], object], count: int) -> Reading:
    """Read again and again until everything is there."""
    answers, longest, before = 0, 0.0, 0
    while before < count:
        started = time.monotonic()
        reader(side.node.socket("ipv4"))
        longest = max(longest, time.monotonic() - started)
        after = imported(side)
        answers += after > 0 and before < count
        before = after
    return Reading(answers, longest)


def test_readers_during_a_load(lab: Lab, soaking: bool, capsys: pytest.CaptureFixture[str]) -> None:
    count = MANY if soaking else FEW
    scenario = Scenario(
        name="load",
        node=COMMON + calico_peer("Mesh", "peer2", "passive on;"),
        peers=(mesh("peer2", statics=many_routes(count), export=""),),
        families=("ipv4",),
    )
    side = Side(lab, OURS, scenario)
    side.start_node()
    path = side.node.socket("ipv4")
    eventually(partial(side.node.ask, "ipv4", f"show protocols {PEER}"))
    with ThreadPoolExecutor(len(READERS)) as threads:  # the load is soon over: all of them read at once
        begun = {name: threads.submit(reading, side, reader, count) for name, reader in READERS.items()}
        side.start_neighbors()
        readings = {name: future.result() for name, future in begun.items()}
    silent = [name for name, found in readings.items() if not found.answers]
    assert not silent or not soaking, "the load was over before all could read"
    assert len([route for route in routes(path) if route.source == PEER]) == count
    with capsys.disabled():
        figures = ", ".join(f"{name} {found.longest:.2f} s" for name, found in readings.items())
        answers = sum(found.answers for found in readings.values())
        print(f"\n{count} routes, {answers} answers meanwhile; longest: {figures}")
