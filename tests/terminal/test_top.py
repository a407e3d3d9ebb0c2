"""The parts of ``bgpdcl top`` that need no terminal."""

import json
from pathlib import Path

import pytest

from bgpd.control.client import main
from bgpd.top.columns import COLUMNS, cell, duration, fitting, natural, number
from bgpd.top.figures import Answer, Figures, Neighbor
from bgpd.top.keyboard import Key, keys
from bgpd.top.screen import Moment, draw, paint
from bgpd.top.view import View
from tests.terminal.tmux import served

STARTED = "2026-11-22T16:00:00+00:00"
AT = 1795363300.0
"""Some minutes later."""


def answer(now: float, **crossed: int) -> Answer:
    """Return an answer about neighbors to which so many prefixes have crossed."""
    daemon = {
        "kind": "daemon",
        "version": "1",
        "router_id": "10.0.0.1",
        "now": now,
        "started": STARTED,
        "slow_callbacks": 1,
        "longest_callback": 0.06,
    }
    table = {"kind": "table", "name": "master", "family": "ipv4", "prefixes": 1_000_000, "changes": int(now)}
    kernel = {"kind": "kernel", "name": "k", "family": "ipv4", "wanted": 9, "installed": 8}
    kernel |= {"problems": 1, "written": 5}
    return Answer([daemon, table, kernel, *(_row(name, number) for name, number in crossed.items())])


def _row(name: str, crossed: int) -> dict[str, object]:
    numbers = dict.fromkeys(("updates_in", "updates_out", "prefixes_out", "routes", "best"), 0)
    return {
        "kind": "neighbor",
        "name": name,
        "address": f"10.0.0.{len(name)}",
        "asn": 65000,
        "state": "down" if name == "gone" else "up",
        "since": STARTED,
        "sessions_lost": 0,
        "prefixes_in": crossed,
        "info": "Established",
        **numbers,
    }


def shown(figures: Figures, view: View, columns: int = 160, rows: int = 12) -> list[str]:
    return [
        paint(line, columns, colors=False).rstrip()
        for line in draw(Moment(figures, "", 0.001), view, columns, rows)
    ]


def names(figures: Figures, view: View) -> list[str]:
    return [neighbor.name for neighbor in view.choose(figures)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (0.04, "0.1"),
        (1, "1"),
        (9.94, "9.9"),
        (9.96, "10"),
        (99_999, "99999"),
        (99_999.6, "100k"),
        (1_000_000, "1000k"),
        (123_456_789, "123M"),
        (10**15, "1000000G"),
    ],
)
def test_numbers_are_short(value: float, expected: str) -> None:
    assert number(value) == expected.replace("123M", "123457k" if value < 10**8 else "123M")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "00:00:00"), (86_399, "23:59:59"), (86_400, "1d 00h"), (10**7, "115d 17h")]
)
def test_durations_are_short(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected
    assert len(expected) <= 8


def test_names_with_numbers_are_sorted_as_people_do() -> None:
    assert sorted(["leaf10", "leaf2", "a", "10", "9"], key=natural) == ["9", "10", "a", "leaf2", "leaf10"]


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 160, 300])
def test_columns_fill_the_room(columns: int) -> None:
    found = fitting(columns)
    width = sum(column.width for column in found) + len(found) - 1
    assert width == columns
    assert [column.title for column in found][:2] == ["NAME", "STATE"]
    assert len(found) == len(COLUMNS) or columns < 160


def test_what_is_too_long_is_cut() -> None:
    name, state = COLUMNS[:2]
    assert cell(name, "x" * 20) == "x" * 15 + "~"
    assert cell(state, "up") == "up   "
    assert cell(COLUMNS[2], "1") == "       1"


def test_rates_are_those_since_the_last_answer() -> None:
    figures = answer(AT + 2, a=300, b=5, new=7).since(answer(AT, a=100, b=50))
    assert {each.name: each.prefixes_in for each in figures.neighbors} == {"a": 100, "b": 0, "new": 0}
    assert figures.tables[0].changes == 1
    assert figures.uptime == pytest.approx(AT + 2 - 1795363200)


def test_there_are_no_rates_at_first() -> None:
    assert answer(AT, a=5).since(None).neighbors[0].prefixes_in == 0
    assert answer(AT, a=5).since(answer(AT, a=1)).neighbors[0].prefixes_in == 0


def test_keys_sort_and_turn_round() -> None:
    figures = answer(AT + 1, leaf10=10, leaf2=30, gone=20).since(answer(AT, leaf10=0, leaf2=0, gone=0))
    view = View(2)
    assert names(figures, view) == ["gone", "leaf2", "leaf10"]
    view.press("i")
    assert names(figures, view) == ["leaf2", "gone", "leaf10"]
    view.press("i")
    assert names(figures, view) == ["leaf10", "gone", "leaf2"]
    view.press("s")
    assert names(figures, view)[0] == "gone"
    view.press("n")
    view.press("n")
    assert names(figures, view) == ["leaf10", "leaf2", "gone"]


def test_a_filter_is_typed_kept_and_undone() -> None:
    figures = answer(AT, leaf10=10, leaf2=30, gone=20).since(None)
    view = View(2)
    for key in keys(b"/LEAFq\x7f"):
        view.press(key)
    assert names(figures, view) == ["leaf2", "leaf10"]
    assert not view.is_over
    assert shown(figures, view)[-1].startswith("/LEAF_")
    view.press(Key.ENTER)
    assert "filter: LEAF" in shown(figures, view)[-1]
    for key in keys(b"/x\x1b"):
        view.press(key)
    assert view.filter == "LEAF"
    view.press(Key.ESCAPE)
    assert len(names(figures, view)) == 3


def test_moving_stops_at_both_ends() -> None:
    figures = answer(AT, **{f"leaf{number}": 0 for number in range(40)}).since(None)
    view = View(2)
    shown(figures, view, rows=17)
    assert view.page == 10
    view.press(Key.PAGE_DOWN)
    assert names(figures, view)[0] == "leaf10"
    view.press(Key.END)
    assert names(figures, view) == [f"leaf{number}" for number in range(30, 40)]
    view.press(Key.UP)
    assert names(figures, view)[0] == "leaf29"
    view.press(Key.HOME)
    view.press("k")
    assert names(figures, view)[0] == "leaf0"


@pytest.mark.parametrize("key", ["q", Key.INTERRUPT])
def test_leaving(key: str) -> None:
    view = View(2)
    view.press(key)
    assert view.is_over


def test_the_interval_has_bounds() -> None:
    view = View(2)
    for _ in range(5):
        view.press("-")
    assert view.interval == 1
    for _ in range(100):
        view.press("+")
    assert view.interval == 60


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"q", ["q"]),
        (b"\x1b[A\x1b[6~\x1bOB", [Key.UP, Key.PAGE_DOWN, Key.DOWN]),
        (b"\x1b", [Key.ESCAPE]),
        (b"\x1b[99;99Zx", ["x"]),
        (b"\x03\x04\xff", [Key.INTERRUPT, "\ufffd"]),
        (b"", []),
    ],
)
def test_keys(octets: bytes, expected: list[str]) -> None:
    assert [*keys(octets)] == expected


@pytest.mark.parametrize(("columns", "rows"), [(160, 24), (60, 16), (20, 5), (1, 1), (10, 3)])
@pytest.mark.parametrize("helps", [False, True])
def test_a_screen_is_never_larger_than_the_terminal(columns: int, rows: int, helps: bool) -> None:
    figures = answer(AT, **{f"leaf{number}": 0 for number in range(40)}).since(None)
    view = View(2)
    view.shows_help = helps
    lines = shown(figures, view, columns, rows)
    assert len(lines) <= rows
    assert max(map(len, lines)) <= columns


def test_trouble_is_red() -> None:
    figures = answer(AT, gone=1).since(None)
    lines = [paint(line, 160, colors=True) for line in draw(Moment(figures, "", 0), View(2), 160, 10)]
    for text in ("1 down", "ipv4 8 of 9 (0/s) 1 problems", "longest 60 ms", "down "):
        assert any(f"\x1b[31m{text}\x1b[0m" in line for line in lines), text
    assert "\x1b" not in "".join(shown(figures, View(2)))


def test_what_a_neighbor_says_does_not_steer_the_terminal() -> None:
    figures = answer(AT, a=1).since(None)
    (neighbor,) = figures.neighbors
    evil: Neighbor = neighbor._replace(info="\x1b[2Jboo")
    lines = shown(figures._replace(neighbors=[evil]), View(2))
    assert "\x1b" not in "".join(lines)


def test_a_daemon_that_is_away_is_named() -> None:
    line = draw(Moment(None, "Connection closed by server", 0), View(2), 80, 5)[-1]
    assert paint(line, 80, colors=False) == "Connection closed by server; trying again"


def test_without_a_terminal_it_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(tmp_path / "ctl") as path:
        assert main(["-s", str(path), "top", "-n", "1", "-i", "0.2"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert main(["-s", str(path), "top", "-j", "-n", "2", "-i", "0.2"]) == 0
        documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == "Neighbors  28 up  1 start  1 down"
    assert sum(line.startswith("leaf") for line in lines) == 30
    assert len(documents) == 2
    rates = {each["name"]: each["prefixes_in"] for each in documents[1]["neighbors"]}
    assert rates["leaf3"] == 300


def test_nobody_to_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-s", str(tmp_path / "no"), "top", "-n", "1"]) == 1
    assert "Unable to connect" in capsys.readouterr().err
