"""What operators do to protocols, and who is meant."""

from collections.abc import Sequence

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.show.command import Line
from tests.show.node import node
from tests.show.transcript import converse
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
    return [line for line in Interpreter(daemon).answer(command) if line is not None]
