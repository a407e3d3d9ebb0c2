"""New configuration files, told of by SIGHUP: both keep the same sessions and end up alike."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final, NamedTuple

import pytest

from tests.interop.drop_in.comparison import Answer, Difference, differences, show
from tests.interop.drop_in.expected import remaining, unexplained
from tests.interop.drop_in.normalized import normalized
from tests.interop.drop_in.places import placed
from tests.interop.drop_in.programs import BIRD, OURS, Program
from tests.interop.drop_in.scenarios.calico import MESH, calico_peer
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.routers.router import Family
from tests.interop.waiting import eventually

pytestmark = [pytest.mark.interop, pytest.mark.soak]

SEEN: Final = ("show protocols", "show route all", "show static", "show symbols")


class Edit(NamedTuple):
    """What is replaced in the file of the node."""

    what: str
    old: str
    new: str
    is_smooth: bool = False
    """Whether BIRD ends sessions, and we do not."""


EDITS: Final = (
    Edit("nothing", "", ""),
    Edit("a comment", "template kernel", "# changed\ntemplate kernel"),
    Edit("what is exported", "if (net ~ $pool) then { accept; }", "if (net ~ $far/$bits) then { accept; }"),
    Edit("what is imported", "then preference = 200;", "then preference = 300;"),
    Edit("what goes to the kernel", "if (net ~ $services) then { reject; }", ""),
    Edit(
        "a static route more",
        "route $services blackhole;",
        "route $services blackhole; route $block4 unreachable;",
    ),
    Edit("another kind of static route", "route $block1 blackhole;", "route $block1 prohibit;"),
    Edit("what direct is to look at", '-"cali*", ', '-"cali*", -"eth1", '),
    Edit("a description", '"Connection to BGP peer"', '"Session with BGP peer"'),
    Edit("the hold time of all", "add paths on;", "add paths on; hold time 60;", is_smooth=True),
    Edit(
        "a node becomes a client",
        calico_peer("Mesh", "peer3", "passive on;"),
        calico_peer("Node", "peer3", "rr client;", "rr cluster id 244.0.0.1;", "passive on;"),
        is_smooth=True,
    ),
    Edit("one neighbor less", calico_peer("Mesh", "peer3", "passive on;"), ""),
    Edit("merge paths", "merge paths on;", ""),
    Edit("learning", "learn;", "learn off;"),
    Edit("the router id", "router id 10.10.0.1;", "router id 10.10.0.11;"),
)
IN_SHORT: Final = {
    "nothing",
    "what is exported",
    "what goes to the kernel",
    "one neighbor less",
    "a node becomes a client",
}
"""What every run of all tests tries."""


def seen(side: Side) -> Iterator[Answer]:
    """Yield what is compared: answers, the kernel, what neighbors have."""
    for family in MESH.families:
        for command in SEEN:
            yield command, family, normalized(command, side.node.ask(family, command))
        yield "ip route show table all", family, side.node.kernel(family)
        for peer in MESH.peers:
            yield f"received by {peer.name}", family, side.received(peer.name, family)


def sessions(side: Side) -> Counter[tuple[str, Family]]:
    """Count how often sessions with each neighbor began, whatever it was called."""
    return Counter(
        {
            (peer.name, family): side.node.log(family).count(
                f"{placed(f'_${peer.name}_', family)}: BGP session established"
            )
            for family in MESH.families
            for peer in MESH.peers
        }
    )


def _begun_anew(
    theirs: Counter[tuple[str, Family]], ours: Counter[tuple[str, Family]]
) -> Iterator[Difference]:
    """Yield in which sessions began anew on one side only."""
    for (name, family), number in (theirs - ours).items():
        yield Difference(f"sessions with {name}", family, ("it begins anew",) * number, ())
    for (name, family), number in (ours - theirs).items():
        yield Difference(f"sessions with {name}", family, (), ("it begins anew",) * number)


def check_edits(lab: Lab, other: Program, edits: Iterable[Edit]) -> None:
    """Make each edit and take it back."""
    theirs, ours = Side(lab, BIRD, MESH, "bird"), Side(lab, other, MESH, "other")
    for side in (theirs, ours):
        side.start()
    for side in (theirs, ours):
        eventually(side.is_up)
    problems: list[str] = []
    for edit in edits:
        for old, new in ((edit.old, edit.new), ("", "")):
            before = sessions(theirs), sessions(ours)
            for side in (theirs, ours):
                reload(side, old, new)
            found = remaining(lambda: differences(seen(theirs), seen(ours)))
            begun = [*_begun_anew(sessions(theirs) - before[0], sessions(ours) - before[1])]
            found += unexplained(begun) if edit.is_smooth else begun
            if edit.is_smooth and not begun:
                problems.append(f"{edit.what}: BIRD ends no session either")
            problems += (
                [f"{edit.what} {'is new' if new or old else 'is old'}:\n{show(found)}"] if found else []
            )
    assert not problems, "\n\n".join(problems)


def reload(side: Side, old: str, new: str) -> None:
    """Write the file with an edit and wait until it has been read."""
    for family in MESH.families:
        before = reloads(side, family)
        text = side.scenario.file(family)
        side.node.write(family, text.replace(placed(old, family), placed(new, family)) if old else text)
        side.node.hang_up(family)
        eventually(partial(reloads, side, family), equals=before + 1)
    eventually(partial(is_quiet, side))


def reloads(side: Side, family: Family) -> int:
    """Return how often the daemon has read its file anew."""
    return side.node.log(family).splitlines().count("bird: Reconfigured")


def is_quiet(side: Side) -> bool:
    """Tell whether all sessions there are to be are up."""
    rows = [line.text for family in MESH.families for line in side.node.ask(family, "show protocols")]
    return all("Established" in row for row in rows if " BGP " in row)


def test_edits_of_the_file(lab: Lab, soaking: bool) -> None:
    check_edits(lab, OURS, [edit for edit in EDITS if soaking or edit.what in IN_SHORT])
