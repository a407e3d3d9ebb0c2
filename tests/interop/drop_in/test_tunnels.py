"""What only Calico's fork can: routes of a pool through the tunnel, as the fork was seen to write them.

Unpatched BIRD 1.6.8 refuses files with ``krt_tunnel``, so there is nothing to run beside ours; the expected
lines are those that the fork writes.
"""

from collections.abc import Sequence
from typing import Final

import pytest

from tests.interop.drop_in.programs import OURS
from tests.interop.drop_in.scenario import Scenario
from tests.interop.drop_in.scenarios.calico import MESH
from tests.interop.drop_in.side import Side
from tests.interop.lab import Lab
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

_PROGRAMMING: Final = "    if (krt_metric < 1024) then { preference = 200; }\n  }\n"
ALWAYS: Final = 'krt_tunnel="tunl0";'
ACROSS: Final = f'if (defined(bgp_next_hop)&&(bgp_next_hop ~ SUBNET)) then krt_tunnel=""; else {ALWAYS}'
PLAIN: Final = (
    "10.244.2.0/26 via 10.10.0.2 dev eth0 proto bird metric 1024",
    "10.244.2.7 via 10.10.0.2 dev eth0 proto bird metric 512",
    "10.244.3.0/26 via 10.10.0.3 dev eth0 proto bird metric 1024",
)
TUNNELED: Final = tuple(line.replace("dev eth0", "dev tunl0") + " onlink" for line in PLAIN)
OTHERS: Final = ("203.0.113.0/24 via 10.10.0.3 dev eth0 proto bird metric 2147483547",)
"""What is no part of the pool takes no tunnel."""


def scenario(statements: str) -> Scenario:
    """Return the mesh with these statements for the pool in the filter of the kernel."""
    pool = f"  if (net ~ $pool) then {{ {statements} accept; }}\n"
    assert _PROGRAMMING in MESH.node
    node = MESH.node.replace(_PROGRAMMING, _PROGRAMMING + pool)
    return Scenario(name="tunnels", node=node, peers=MESH.peers, kernel=MESH.kernel, families=("ipv4",))


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (ALWAYS, TUNNELED),
        (ACROSS.replace("SUBNET", "10.10.0.0/24"), PLAIN),
        (ACROSS.replace("SUBNET", "10.10.0.0/31"), TUNNELED),
        ("", PLAIN),
    ],
    ids=["IPIP always", "cross subnet, same subnet", "cross subnet, other subnet", "IPIP never"],
)
def test_pool(lab: Lab, statements: str, expected: Sequence[str]) -> None:
    side = Side(lab, OURS, scenario(statements))
    side.start()
    eventually(lambda: written(side), becomes={*expected, *OTHERS}.issubset)
    switch(side, ALWAYS if expected is PLAIN else "")
    after = TUNNELED if expected is PLAIN else PLAIN
    eventually(lambda: written(side), becomes={*after, *OTHERS}.issubset)
    assert not set(expected) & set(written(side))


def switch(side: Side, statements: str) -> None:
    """Switch the tunnel on or off while the daemon runs: all routes are written anew."""
    side.node.write("ipv4", scenario(statements).file("ipv4"))
    side.node.hang_up("ipv4")


def written(side: Side) -> set[str]:
    """Return the routes of the daemon."""
    return {line for line in side.node.kernel("ipv4") if "proto bird" in line}
