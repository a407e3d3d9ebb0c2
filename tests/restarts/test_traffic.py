"""Packets cross two nodes of ours and a switch, whatever happens to the daemons, and none is lost."""

import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird2, Frr, Router
from tests.interop.waiting import eventually
from tests.restarts.flow import Counts, Flow
from tests.restarts.rack import Node, Rack, with_filters

pytestmark = pytest.mark.interop

SOAKING: Final = bool(os.environ.get("BGPD_SOAK"))
RACKS: Final[list[tuple[type[Router], str]]] = (
    [(program, layout) for program in (Bgpd, Bird2, Frr) for layout in ("mesh", "external")]
    if SOAKING
    else [(Bgpd, "mesh")]
)
TIMES: Final = 5 if SOAKING else 1
AFTERWARDS: Final = 0.5
"""Seconds to go on counting when all seems to be well again."""


def kill(rack: Rack) -> None:
    """``kill -9``, and the next start."""
    rack.nodes[0].kill()
    rack.nodes[0].start()


def stop(rack: Rack) -> None:
    """SIGTERM, with ``stop = "graceful"``, and the next start."""
    rack.nodes[0].stop()
    rack.nodes[0].start()


def kill_both(rack: Rack) -> None:
    """Both nodes at a time: neither helps the other."""
    for node in rack.nodes:
        node.kill()
    for node in rack.nodes:
        node.start()


def upgrade(rack: Rack) -> None:
    """The program is another one when it starts again."""
    node = rack.nodes[0]
    version = node.version
    node.upgrade(f"{version}.1")
    node.stop()
    node.start()
    assert node.version == f"{version}.1"


def change_filters(rack: Rack) -> None:
    """A reload with other filters, in both directions, at all neighbors."""
    for node in rack.nodes:
        with_filters(node, "second" if "first" in node.config.neighbors[0].extra[0] else "first")
        node.reconfigure()


EVENTS: Final[Mapping[str, Callable[[Rack], None]]] = {
    "kill -9": kill,
    "SIGTERM": stop,
    "upgrade": upgrade,
    "filters": change_filters,
} | ({"kill -9 of both": kill_both} if SOAKING else {})


def lost(rack: Rack, flow: Flow, what: str, event: Callable[[Rack], None]) -> int:
    """Let something happen, and count what is lost until well after it."""
    flow.take()
    event(rack)
    rack.settle()
    time.sleep(AFTERWARDS)
    there, back = flow.take()
    print(f"{rack.tor.name}, {what}: {_words(there)} there, {_words(back)} back")
    assert min(there.sent, back.sent) > AFTERWARDS * 500  # it is not the sender who has stopped
    return there.lost + back.lost


def _words(counts: Counts) -> str:
    return f"{counts.lost} of {counts.sent} lost ({counts.lost_for:.2f} s)"


@pytest.mark.soak
@pytest.mark.parametrize(
    ("program", "layout"), RACKS, ids=[f"{program.name}, {layout}" for program, layout in RACKS]
)
def test_nothing_is_lost(lab: Lab, program: type[Router], layout: str) -> None:
    """RFC 4724 §1: forwarding goes on. What is lost with ``stop = "withdraw"`` shows that losses are seen."""
    is_mesh = layout == "mesh"
    rack = Rack(lab, program, mesh=is_mesh, reflects=is_mesh and program is not Bgpd).start()
    losses: dict[str, int] = dict.fromkeys(EVENTS, 0)
    with rack.flow() as flow:
        for what, event in [*EVENTS.items()] * TIMES:
            losses[what] += lost(rack, flow, what, event)
        if is_mesh:
            losses["mesh to reflector"] = lost(rack, flow, "mesh to reflector", to_reflector)
        assert losses == dict.fromkeys(losses, 0)
        rack.nodes[0].leave_at_stop()
        assert lost(rack, flow, "withdrawn", stop) > 0


def test_nothing_is_lost_between_an_old_neighbor_and_a_new_one(lab: Lab) -> None:
    """Each node has a session with the other, and by one reload one with a reflector instead."""
    rack = Rack(lab, Bird2, mesh=True, reflects=True).start()
    rack.without_switch()
    with rack.flow() as flow:
        assert lost(rack, flow, "one for the other", one_for_the_other) == 0


def one_for_the_other(rack: Rack) -> None:
    """Reload both, and wait until those who had to leave have."""
    former = [node.config.neighbors[0].name for node in rack.nodes]
    rack.switch_for_mesh()
    for node in rack.nodes:
        node.reconfigure()
    for node, name in zip(rack.nodes, former, strict=True):
        eventually(partial(_lists, node, name), equals=False)


def _lists(node: Node, name: str) -> bool:
    return any(line.startswith(f"{name} ") for line in node.ask("show protocols"))


def to_reflector(rack: Rack) -> None:
    """Reloads: the switch reflects (some switches can't begin to without ending sessions); then no mesh."""
    if isinstance(rack.tor, Bgpd):
        rack.all_reflected()
        rack.tor.reconfigure()
    rack.without_mesh()
    for node in rack.nodes:
        node.reconfigure()
