"""What happens around a running node has the same effect on BIRD and on our daemon."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import pytest

from tests.interop.drop_in.comparison import Answer, differences, show
from tests.interop.drop_in.expected import remaining
from tests.interop.drop_in.normalized import normalized
from tests.interop.drop_in.places import placed
from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.drop_in.scenarios.calico import MESH
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.routers.router import Family
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SEEN: Final = ("show protocols", "show route all", "show interfaces", "show static")


class Change(NamedTuple):
    """Something that happens on both sides, by commands of ``ip`` on the node or around it."""

    what: str
    on_node: Sequence[str] = ()
    around: Sequence[str] = ()
    there: str = ""
    """What BIRD says, or its kernel, when it has taken notice."""
    gone: str = ""
    """What neither says any more then."""


CHANGES: Final = (
    Change("a workload comes", ["route add $workload3 dev cali1 proto 80"], there="$workload3 dev cali1 ["),
    Change("it moves", ["route replace $workload3 dev cali2 proto 80"], there="$workload3 dev cali2 ["),
    Change("it goes", ["route del $workload3 dev cali2"], gone="$workload3"),
    Change(
        "a route of the daemon is deleted", ["route del $block2 proto bird"], there="$block2 via $peer2 dev"
    ),
    Change("a route looks like one of its", ["route add $outside2 via $tor proto bird"], gone="$outside2"),
    Change("the default route goes", ["route del $default"], gone="$default via"),
    Change(
        "an address comes", ["address add $third_node/$bits dev eth1"], there="$third_node/$bits dev eth1 ["
    ),
    Change("it goes again", ["address del $third_node/$bits dev eth1"], gone="$third_node"),
    Change("an interface is shut down", ["link set eth1 down"], gone="$second_net dev eth1 ["),
    Change(
        "it is up again",
        ["link set eth1 up", "-6 address replace fd00:20::1/64 dev eth1"],
        there="$second_net dev eth1 [",
    ),
    Change("a carrier is lost", around=["link set eth1 down"], there="AdminUp LinkDown"),
    Change("it is back", around=["link set eth1 up"], gone="AdminUp LinkDown"),
    Change("the link of a workload is removed", ["link del cali2"], gone="cali2"),
)


def has_noticed(side: Side, change: Change) -> bool:
    """Tell whether what a change leads to can be seen on the node, in both families."""
    lines: defaultdict[Family, list[str]] = defaultdict(list)
    for _, family, answer in at_the_node(side):
        lines[family] += (" ".join(line.split()) for line in answer)
    for family, said in lines.items():
        text = "\n".join(said)
        assert placed(change.there, family) in text, f"{change.what}: {change.there} is not in {text}"
        assert not change.gone or placed(change.gone, family) not in text, f"{change.what}: {text}"
    return True


def at_the_node(side: Side) -> Iterator[Answer]:
    """Yield what the daemon and its kernel say."""
    for family in MESH.families:
        for command in SEEN:
            yield command, family, normalized(command, side.node.ask(family, command))
        yield "ip route show table all", family, side.node.kernel(family)


def seen(side: Side) -> Iterator[Answer]:
    """Yield what is compared after each change."""
    yield from at_the_node(side)
    for family in MESH.families:
        for peer in MESH.peers:
            yield f"received by {peer.name}", family, side.received(peer.name, family)


def check_changes(lab: Lab, other: Program) -> None:
    """Let everything happen, one after the other."""
    theirs, ours = Side(lab, BIRD, MESH, "bird"), Side(lab, other, MESH, "other")
    for side in (theirs, ours):
        side.start()
    for side in (theirs, ours):
        eventually(side.is_up)
    problems = [show(remaining(lambda: differences(seen(theirs), seen(ours))))]
    for change in CHANGES:
        for side in (theirs, ours):
            side.ip(side.node.host, *change.on_node)
            side.ip(side.around, *change.around)
        eventually(partial(has_noticed, theirs, change))
        found = remaining(lambda: differences(seen(theirs), seen(ours)))
        problems += [f"{change.what}:\n{show(found)}"] if found else []
    assert not any(problems), "\n\n".join(problems)


def test_changes_around_the_node(lab: Lab) -> None:
    check_changes(lab, OURS)


def test_a_neighbor_dies_and_comes_back(lab: Lab) -> None:
    theirs, ours = Side(lab, BIRD, MESH, "bird"), Side(lab, OURS, MESH, "other")
    for side in (theirs, ours):
        side.start()
    for side in (theirs, ours):
        eventually(side.is_up)
    for side in (theirs, ours):
        side.lose_neighbors()
    eventually(partial(has_noticed, theirs, Change("the neighbors are gone", gone="$block2")))
    found = remaining(lambda: differences(at_the_node(theirs), at_the_node(ours)))
    for side in (theirs, ours):
        side.start_neighbors()
    for side in (theirs, ours):
        eventually(side.is_up, within=60)
    found += remaining(lambda: differences(seen(theirs), seen(ours)))
    assert not found, show(found)
