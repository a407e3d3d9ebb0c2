"""``debug`` and ``mrtdump``: what is logged about protocols, from now on."""

import pytest

from tests.show.node import node
from tests.show.transcript import converse

EVERYTHING = {"states", "routes", "filters", "interfaces", "events", "packets"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("all", EVERYTHING),
        ("off", set()),
        ("{ states }", {"states"}),
        ("{states,events}", {"states", "events"}),
        ("{ nosuch }", {"routes"}),
        ("", {"routes"}),
    ],
)
def test_debug_replaces_what_is_logged(words: str, expected: set[str]) -> None:
    daemon = node()
    for protocol in daemon.protocols.values():
        protocol.traces = frozenset(["routes"])
    converse(daemon, [f'debug "tor[12]" {words}', f'debug "tor?" {words}'])
    traces = {name: set(protocol.traces) for name, protocol in daemon.protocols.items()}
    tors = {f"tor{number}" for number in range(1, 5)}
    assert traces == {name: expected if name in tors else {"routes"} for name in daemon.protocols}


def test_debug_may_be_about_all() -> None:
    daemon = node()
    converse(daemon, ["debug all {packets}"])
    assert {protocol.traces for protocol in daemon.protocols.values()} == {frozenset(["packets"])}


def test_who_asks_for_mrt_dumps_is_told_in_the_log_that_there_are_none() -> None:
    daemon = node()
    converse(daemon, ["mrtdump tor1 {messages}", "mrtdump tor1 off"])
    (line,) = daemon.logged
    assert line.startswith("WARNING mrtdump tor1: dumps in MRT format are not supported")
