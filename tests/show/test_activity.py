"""What ``bgpdcl top`` and ``bgpdcl monitor`` ask for."""

from collections.abc import Sequence
from typing import Any

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.protocols.protocol import ProtocolState
from bgpd.protocols.session_journal import SessionChange, SessionJournal
from bgpd.protocols.traffic import Traffic
from bgpd.show.command import Line
from fsm.state import State
from messages.families import IPV4_UNICAST
from messages.families.prefix import render_prefix
from rib.history import History
from rib.loc_rib import Batch, Change
from tests.show.node import node
from tests.show.test_json import ask
from tests.show.transcript import lines_of
from tests.show.world import NOW, StillDaemon, StillNeighbor

TRAFFIC = Traffic("10.10.0.9", 65009, "Established", 1, 12, 13, 4, 5, 600, 700)


class Chatty(StillNeighbor):
    """A neighbor that tells what crossed."""

    @property
    def traffic(self) -> Traffic:
        return TRAFFIC


@pytest.fixture
def daemon() -> StillDaemon:
    world = node()
    world.protocols["tor9"] = Chatty("tor9", 65009, [IPV4_UNICAST], ProtocolState.UP, "Established  ")
    return world


def text(daemon: StillDaemon, command: str) -> Sequence[str]:
    return [line.text for line in lines_of(Interpreter(daemon).answer(command))]


def test_activity_is_rows_of_every_kind(daemon: StillDaemon) -> None:
    rows = ask("show activity", daemon)
    kinds = [row["kind"] for row in rows]
    assert kinds[:3] == ["daemon", "table", "table"]
    assert {*kinds} == {"daemon", "table", "kernel", "neighbor"}
    assert (rows[0]["longest_callback"], rows[0]["now"]) == (0.0124, float(NOW))
    assert rows[1] == {"kind": "table", "name": "master", "family": "ipv4", "prefixes": 12, "changes": 10}
    (neighbor,) = [row for row in rows if row["kind"] == "neighbor"]
    assert neighbor == {
        "kind": "neighbor",
        "name": "tor9",
        "state": "up",
        "since": "2026-11-22T16:07:21+00:00",
        "routes": 0,
        "best": 0,
        "info": "Established",
        **TRAFFIC._asdict(),
    }


def test_activity_in_words(daemon: StillDaemon) -> None:
    lines = text(daemon, "show activity")
    assert lines[0] == "Event loop: longest callback 12 ms (Pipeline._tick), 0 slow since the start"
    assert "Table master ipv4: 12 prefixes, 10 changes of best routes" in lines
    assert any(line.startswith("Kernel kernel1 ipv4: ") for line in lines)
    assert any(line.startswith("tor9             up    0 routes, 0 best; in 4 updates") for line in lines)


def journal(daemon: StillDaemon, *words: str) -> tuple[Sequence[Any], str, Sequence[int]]:
    """Return the changes, the word to read on with, and how many were missed of each table."""
    rows = ask(" ".join(["show journal", *words]), daemon)
    positions = [row for row in rows if row["kind"] == "position"]
    changes = [row for row in rows if row["kind"] == "change"]
    return changes, ",".join(str(row["position"]) for row in positions), [row["missed"] for row in positions]


def test_a_journal_is_read_on(daemon: StillDaemon) -> None:
    every, position, missed = journal(daemon)
    assert (len(every), [*missed]) == (sum(daemon.history(table).settled for table in daemon.tables), [0, 0])
    assert journal(daemon, "after", position) == ([], position, [0, 0])
    assert journal(daemon, "after", "now") == ([], position, [0, 0])
    first = int(position.split(",")[0])
    some, again, _ = journal(daemon, "after", f"{first - 2},999999")
    assert ([*some], again) == ([*every[first - 2 : first]], position)


def test_a_change_says_what_and_whose(daemon: StillDaemon) -> None:
    changes, _, _ = journal(daemon)
    (change,) = [each for each in changes if each["prefix"] == "10.10.0.0/24"]
    assert change["what"] == "appeared"
    assert change["after"] == "direct1"
    assert change["to"] == "dev eth0"
    learned = next(each for each in changes if each.get("as_path"))
    assert learned["as_path"].split()[0].isdecimal()


def test_a_slow_reader_is_told_what_it_missed(daemon: StillDaemon) -> None:
    """The history keeps the last three changes."""
    table = daemon.tables[0]
    small = daemon.histories[table] = History(daemon.now, most_keys=3)
    routes = [(key, table.best(key)) for key in table.slots]
    for key, best in routes:
        small.follow(Batch([Change(None, best, [key])]))
    changes, position, missed = journal(daemon, "after", "2,0")
    assert [each["prefix"] for each in changes if each["family"] == "ipv4"] == [
        render_prefix(key, IPV4_UNICAST) for key, _ in routes[-3:]
    ]
    assert missed[0] == len(routes) - 2 - 3
    assert position.split(",")[0] == str(len(routes))
    assert f"{len(routes) - 3} earlier changes of master ipv4 are forgotten" in text(daemon, "show journal")


@pytest.mark.parametrize("word", ["x", "-1", "1,", "²,1", "1" * 40])
def test_a_wrong_position_is_refused(daemon: StillDaemon, word: str) -> None:
    answer = [*lines_of(Interpreter(daemon).answer(f"show journal after {word}"))]
    assert answer == [Line(9001, "after what? Say now, or a number for each table, with commas", last=True)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("from tor1", {"203.0.113.0/24", "192.0.2.128/25"}),
        ('from "Mesh_10*"', {"10.244.2.0/26", "100.127.0.0/16"}),
        ("10.96.0.0/13", {"10.97.0.0/16", "10.98.0.0/16", "10.99.0.0/16"}),
        ("10.98.0.0/15 from static1", {"10.98.0.0/16", "10.99.0.0/16"}),
        ("10.98.0.0/15 from tor1", set()),
        ("::/0 from static1", {"fd00:244:1::/122"}),
        ("from nobody", set()),
    ],
)
def test_a_journal_is_read_of_some_routes(daemon: StillDaemon, words: str, expected: set[str]) -> None:
    changes, position, _ = journal(daemon, words)
    assert {change["prefix"] for change in changes} == expected
    assert journal(daemon, words, "after", position) == ([], position, [0] * len(position.split(",")))


def note(daemon: StillDaemon, neighbor: str, new: State, prefixes: int | None = None) -> None:
    lasted = None if prefixes is None else 60.00025
    change = SessionChange(NOW + 0.25, neighbor, "10.10.0.4", 65001, State.ESTABLISHED, new, "Stopped")
    daemon.session_journal.note(change._replace(prefixes=prefixes, lasted=lasted))


def test_sessions_have_a_journal(daemon: StillDaemon) -> None:
    note(daemon, "tor1", State.IDLE, prefixes=7)
    note(daemon, "tor2", State.ACTIVE)
    rows = ask('show journal sessions from "tor1"', daemon)
    assert rows == [
        {
            "kind": "change",
            "at": "2026-11-22T16:09:59+00:00",
            "unix": NOW + 0.25,
            "neighbor": "tor1",
            "address": "10.10.0.4",
            "asn": 65001,
            "old": "Established",
            "new": "Idle",
            "reason": "Stopped",
            "prefixes": 7,
            "lasted": 60.0,
        },
        {"kind": "position", "position": 2, "missed": 0},
    ]
    (change, place) = ask("show journal sessions after 1", daemon)
    assert (change["neighbor"], "prefixes" in change, place["position"]) == ("tor2", False, 2)
    assert ask("show journal sessions after now", daemon) == [place]


def test_forgotten_sessions_are_counted(daemon: StillDaemon) -> None:
    daemon.session_journal = SessionJournal(most=1)
    for _ in range(3):
        note(daemon, "tor1", State.IDLE, prefixes=1)
    assert text(daemon, "show journal sessions")[-2:] == [
        "2 earlier changes of sessions are forgotten",
        "",
    ]
    (line, *_) = text(daemon, "show journal sessions after 2")
    assert line.endswith("down       tor1  Established -> Idle  Stopped; it had brought 1 prefix")


def test_whoever_knows_other_tables_begins_now(daemon: StillDaemon) -> None:
    assert journal(daemon, "after", "1,2,3")[0] == []
