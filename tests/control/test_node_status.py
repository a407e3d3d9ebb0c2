"""bgpdcl node status: calicoctl's table (calico-runtime.md §2)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bgpd.control import node_status
from bgpd.control.client import main
from bgpd.control.peer_table import Peer, draw
from tests.control.scripted_server import HANG_UP, ScriptedServer
from tests.control.typist import Typist

HEADING = b"2002-name     proto    table    state  since       info\n"
IPV4 = (
    HEADING
    + b"1002-static1  Static   master   up     15:49:23    \n"
    + b" Mesh_10_10_0_2 BGP      master   up     15:52:48    Established   \n"
    + b" Global_10_10_0_99 BGP      master   start  15:49:23    Connect       Socket: No route to host\n"
    + b" Node_10_10_0_4_port_180 BGP      master   start  2026-11-22    Active  Socket: Connection refused\n"
    + b" Global_10_10_0_78 BGP      master   down   15:49:23    \n"
    + b" Local_Workload_10_10_0_7 BGP      master   up     15:49:23    Established   \n"
    + b"0000 \n"
)
IPV6 = HEADING + b"1002-Mesh_fd80_24e2_f998_72d7__2 BGP master up 15:52:48 Established\n0000 \n"
NOBODY = HEADING + b"1002-kernel1  Kernel   master   up     15:49:23    \n0000 \n"

TABLE4 = """\
+--------------------+-------------------+-------+------------+--------------------------------+
|    PEER ADDRESS    |     PEER TYPE     | STATE |   SINCE    |              INFO              |
+--------------------+-------------------+-------+------------+--------------------------------+
| 10.10.0.2          | node-to-node mesh | up    | 15:52:48   | Established                    |
| 10.10.0.99         | global            | start | 15:49:23   | Connect Socket: No route to    |
|                    |                   |       |            | host                           |
| 10.10.0.4 port 180 | node specific     | start | 2026-11-22 | Active Socket: Connection      |
|                    |                   |       |            | refused                        |
+--------------------+-------------------+-------+------------+--------------------------------+
"""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the command looks for the servers of a node."""
    sockets = {"IPv4": (str(tmp_path / "bird.ctl"),), "IPv6": (str(tmp_path / "bird6.ctl"),)}
    monkeypatch.setattr(node_status, "_SOCKETS", sockets)
    monkeypatch.setattr(node_status, "_PLAIN_BGPD", str(tmp_path / "bgpd.ctl"))
    return tmp_path


def test_both_families_are_read_from_their_servers(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        ScriptedServer(places / "bird.ctl", {"show protocols": IPV4}) as server,
        ScriptedServer(places / "bird6.ctl", {"show protocols": IPV6}),
    ):
        assert main(["node", "status"]) == 0
        assert server.asked == ["show protocols"]
    output, errors = capsys.readouterr()
    assert errors == ""
    head, ipv6 = output.split("\nIPv6 BGP status\n")
    assert head == f"Calico process is running.\n\nIPv4 BGP status\n{TABLE4}"
    assert (
        ipv6.splitlines()[3]
        == "| fd80:24e2:f998:72d7::2 | node-to-node mesh | up    | 15:52:48 | Established |"
    )
    assert ipv6.endswith("+\n\n")


def test_a_family_without_peers_or_server(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ScriptedServer(places / "bird.ctl", {"show protocols": NOBODY}):
        assert main(["node", "status"]) == 0
    assert capsys.readouterr().out == (
        "Calico process is running.\n\nIPv4 BGP status\nNo IPv4 peers found.\n\n"
        "INFO: BIRDv6 process: 'bird6' is not running.\n\n"
    )


def test_no_server_is_status_1(places: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["node", "status"]) == 1
    assert capsys.readouterr().out == "The BGP backend process (BIRD) is not running.\n"


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b"9001 syntax error\n", "syntax error"),
        (b"2002-who what\n0000 \n", "The server has another table of protocols: who what"),
        (HANG_UP, "Connection closed by server"),
    ],
)
def test_a_server_that_answers_otherwise_is_status_1(
    answer: bytes, complaint: str, places: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedServer(places / "bird.ctl", {"show protocols": answer}):
        assert main(["node", "status"]) == 1
    assert capsys.readouterr().err == f"{complaint}\n"


def test_a_server_that_says_nothing_is_not_waited_for(
    places: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(node_status, "_PATIENCE", 0.05)
    with ScriptedServer(places / "bird.ctl", {"show protocols": HEADING}):
        assert main(["node", "status"]) == 1
    assert capsys.readouterr().err == "The server does not answer\n"


def test_a_plain_bgpd_has_the_peers_of_both_families(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their names say nothing; what is down is shown, and log lines and long times do not matter."""
    rows = (
        b"1002-tor1     BGP      master   up     2026-11-22 15:49:23 Established\n+hello\n"
        b" tor2     BGP      master   down   15:49:24    \n"
        b" leaf     BGP      master   start  15:49:25    Idle\n"
    )
    details = (
        b"1006-  BGP state:  Established\n     Neighbor address: %s\n     Session:  external AS4\n0000 \n"
    )
    answers = {
        "show protocols": HEADING + rows + b"0000 \n",
        "show protocols all tor1": details % b"192.0.2.1",
        "show protocols all tor2": b"1006-    Neighbor address: fe80::1%eth0\n0000 \n",
    }
    with ScriptedServer(tmp_path / "ctl", answers, b"0001 BIRD bgpd-0.1.0 ready.\n") as server:
        assert main(["-j", "-s", str(server.path), "node", "status"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "IPv4": [
            {
                "address": "192.0.2.1",
                "type": "external",
                "state": "up",
                "since": "2026-11-22 15:49:23",
                "info": "Established",
            },
            {"address": "leaf", "type": "BGP", "state": "start", "since": "15:49:25", "info": "Idle"},
        ],
        "IPv6": [
            {"address": "fe80::1%eth0", "type": "BGP", "state": "down", "since": "15:49:24", "info": ""}
        ],
    }


def test_a_long_word_widens_its_column() -> None:
    word = "x" * 33
    table = draw([Peer("10.0.0.1", "global", "up", "now", f"Idle {word}")], lambda text, _peer: text)
    assert [line.split("|")[5] for line in table[3:5]] == [f" {'Idle':<33} ", f" {word} "]


def test_it_is_colored_on_a_terminal_and_drawn_again(tmp_path: Path) -> None:
    """Green is Established, red anything else; Ctrl-C is the way out."""
    code = "import sys; from bgpd.control import node_status; node_status._INTERVAL = 0.01; "
    code += "sys.exit(node_status.main(sys.argv[1:]))"
    with ScriptedServer(tmp_path / "ctl", {"show protocols": IPV4}) as server:
        program = [sys.executable, "-c", code, "--watch", "-s", str(server.path)]
        with Typist(program, {"TERM": "xterm"}) as typist:
            shown = typist.until("No IPv6 peers found.\r\n\r\n")
            typist.until("\x1b[H\x1b[J")
            typist.until("No IPv6 peers found.\r\n\r\n")
            typist.type("\x03")
            assert typist.process.wait(10) == 0
    assert shown.startswith("\x1b[H\x1b[JCalico process is running.\n")
    assert "| \x1b[32mEstablished                   \x1b[0m |" in shown
    assert "| \x1b[31mrefused                       \x1b[0m |" in shown


def test_it_starts_fast() -> None:
    """People look at it again and again."""
    code = "import sys, bgpd.control.client, bgpd.control.node_status; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"pydantic", "asyncio", "logging", "bgpd.show"}
