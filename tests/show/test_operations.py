"""What operators do to protocols, and who is meant."""

from collections.abc import Sequence

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.show.command import Line
from tests.show.node import node
from tests.show.transcript import converse, lines_of
from tests.show.world import StillDaemon

UP = ["tor1", "tor2", "Mesh_10_10_0_2", "Mesh_fd00_10__2"]


def done(command: str) -> dict[str, list[str]]:
    """Return what a command did, by protocol."""
    daemon = node()
    converse(daemon, [command])
    return {name: protocol.done for name in daemon.protocols if (protocol := daemon.still(name)).done}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("disable tor1", {"tor1": ["end"]}),
        ('disable tor1 "fiber work"', {"tor1": ["end fiber work"]}),
        ('disable tor1 "Umbau ☕"', {"tor1": ["end Umbau ☕"]}),
        ('disable "tor[1]"', {}),
        ("disable tor4", {}),
        ("enable tor4", {"tor4": ["begin"]}),
        ("enable tor1", {}),
        ('restart tor1 "why"', {"tor1": ["end why", "begin"]}),
        ("reload tor1", {"tor1": ["reload in out"]}),
        ("reload in tor1", {"tor1": ["reload in"]}),
        ("reload out tor1", {"tor1": ["reload out"]}),
        ('drain "tor?" "optics"', {name: ["drain optics"] for name in ("tor1", "tor2", "tor3")}),
    ],
)
def test_an_operation_reaches_whom_it_names(command: str, expected: dict[str, Sequence[str]]) -> None:
    assert done(command) == expected


def test_all_but_the_interfaces_can_be_disabled() -> None:
    assert list(done("disable all")) == ["kernel1", "direct1", "static1", *UP, "tor3"]


def test_to_reload_all_is_to_reload_who_has_a_session() -> None:
    """The others have nothing to exchange again."""
    assert list(done("reload all")) == UP


def test_a_client_that_hangs_up_leaves_nothing_half_done() -> None:
    daemon = node()
    answer = Interpreter(daemon).answer("disable all")
    assert next(answer) == Line(9, "kernel1: disabled")
    assert daemon.still("tor3").done == ["end"]


def test_a_reason_of_255_octets_is_taken() -> None:
    """RFC 9003 §2."""
    words = "ü" * 127 + "x"
    assert done(f'disable tor1 "{words}"') == {"tor1": [f"end {words}"]}
    assert done(f'disable tor1 "{words}x"') == {}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("disable tor1", ["Disabling protocol tor1"]),
        ("disable tor4", []),
        ("enable tor4", ["Enabling protocol tor4"]),
        ("enable tor1", []),
        ('restart "tor[1]"', []),
        ("restart tor1", ["Restarting protocol tor1"]),
        ("restart tor4", []),
        ("reload tor1", ["Reloading protocol tor1"]),
        ("reload tor3", []),
        ("disable device1", []),
    ],
)
def test_what_is_done_is_logged(command: str, expected: Sequence[str]) -> None:
    daemon = node()
    converse(daemon, [command])
    assert daemon.logged == [f"INFO {line}" for line in expected]


def test_a_note_of_enable_is_kept() -> None:
    daemon = node()
    converse(daemon, ['enable tor4 "new optics"'])
    assert daemon.protocols["tor4"].message == "new optics"


def test_bird_reloads_only_what_is_up() -> None:
    daemon = node()
    daemon.dialect = "bird"
    converse(daemon, ["reload in all"])
    assert {name for name in daemon.protocols if daemon.still(name).done} == set(UP)


def test_configure_says_what_was_applied() -> None:
    daemon = node()
    daemon.remarks = ("neighbor tor1: new password applied",)
    assert answer(daemon, "configure") == [
        Line(2, "Reading configuration from /etc/bgpd/bgpd.toml"),
        Line(2, "neighbor tor1: new password applied"),
        Line(3, "Reconfigured", last=True),
    ]


@pytest.mark.parametrize("prefix", ["", "json "])
def test_configure_names_every_fault_of_a_broken_file(prefix: str) -> None:
    daemon = node()
    daemon.broken = "bgpd.toml:3: asn = 0 is wrong\nbgpd.toml:9: unknown key"
    assert answer(daemon, f"{prefix}configure")[-2:] == [
        Line(8002, "bgpd.toml:3: asn = 0 is wrong"),
        Line(8002, "bgpd.toml:9: unknown key", last=True),
    ]


def test_a_long_fault_is_told_in_full() -> None:
    daemon = node()
    daemon.broken = f"bgpd.toml:9: the keys of this table are {', '.join(map(str, range(200)))}"
    lines = answer(daemon, "configure")[1:]
    assert [line.last for line in lines] == [False, True]
    assert " ".join(line.text.strip() for line in lines) == daemon.broken


def answer(daemon: StillDaemon, command: str) -> list[Line]:
    """Return the lines of an answer."""
    return list(lines_of(Interpreter(daemon).answer(command)))
