"""The readers are as strict as Calico's: what they accept, and what makes them give up."""

from io import StringIO

import pytest

from tests.readers.lines import UnexpectedLineError
from tests.readers.node_status import Peer, read_peers

HEADING = "2002-name     proto    table    state  since       info\n"
END = "0000 \n"


def read(*rows: str, heading: str = HEADING) -> list[Peer]:
    return read_peers(StringIO("0001 BIRD v0.3.3+birdv1.6.8 ready.\n" + heading + "".join(rows) + END))


def test_rows_with_and_without_code_are_peers() -> None:
    found = read(
        "1002-kernel1  Kernel   master   wait   15:49:23    \n",
        " Mesh_10_10_0_2 BGP      master   up     15:52:48    Established   \n",
        " Global_10_10_0_99 BGP      master   start  15:49:23    Connect       Socket: No route to host\n",
        " Local_Workload_10_1_1_1 BGP      master   up     15:52:48    Established   \n",
    )
    assert found == [
        Peer("Mesh_10_10_0_2", "10.10.0.2", "node-to-node mesh", "up", "15:52:48", "Established", ""),
        Peer(
            *("Global_10_10_0_99", "10.10.0.99", "global", "start", "15:49:23", "Connect"),
            "Socket: No route to host",
        ),
    ]


def test_a_peer_that_is_down_is_not_seen() -> None:
    assert read("1002-Global_10_10_0_78 BGP      master   down   15:49:23    \n") == []


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("+Mesh_10_10_0_2: BGP session established\n", HEADING),
        ("8002 bird.cfg:1:1 syntax error\n", HEADING),
        ("1006-  Preference:     100\n", HEADING),
        ("", "2002-Name       Proto      Table      State  Since         Info\n"),
    ],
    ids=["log line", "error", "details", "heading of BIRD 2"],
)
def test_any_other_line_is_an_error(line: str, heading: str) -> None:
    with pytest.raises(UnexpectedLineError):
        read(line, heading=heading)
