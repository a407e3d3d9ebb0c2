"""What ``debug`` asks for of protocols at run time: for how long, of whom, and what that costs."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bgpd.logs.journal import Journal
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.surroundings import Surroundings
from bgpd.settings import DaemonSettings, Trace
from bgpd.traces.packets import note_sent, note_updates
from kernel_sync.interfaces import InterfaceTable
from messages.keepalive import KEEPALIVE
from tests.protocols.lone_neighbor import NOW, neighbor, tables
from tests.reconfiguration.test_bugs import configuration, speaking

_ASKED: Final[frozenset[Trace]] = frozenset({"packets"})
_OTHER: Final[frozenset[Trace]] = frozenset({"states"})


def asked_of(name: str, settings: DaemonSettings, traces: frozenset[Trace]) -> DaemonSettings:
    """Return settings with this ``debug`` of a neighbor."""
    every = [replace(each, traces=traces) if each.name == name else each for each in settings.neighbors]
    return replace(settings, neighbors=tuple(every))


async def test_it_holds_until_the_configuration_asks_for_something_else() -> None:
    """A cluster's configuration is read again whenever a node comes: nobody's question may end with that."""
    first, later = configuration(100, mesh=2), configuration(150, mesh=2)
    async with speaking(first) as speaker:
        protocol = speaker.protocols["mesh"]
        protocol.trace(_ASKED)
        await speaker.reconfigurer.apply(later)
        assert speaker.protocols["mesh"] is protocol
        assert protocol.traces == _ASKED
        await speaker.reconfigurer.apply(asked_of("mesh", later, _OTHER))
        assert protocol.traces == _OTHER
        protocol.trace(_ASKED)
        await speaker.reconfigurer.apply(later)
        assert protocol.traces == frozenset()


async def test_neighbors_of_a_range_are_asked_what_the_range_is(tmp_path: Path) -> None:
    """Those that are there, and those that come."""
    one = neighbor(tmp_path).settings
    settings = replace(one, name="pods", address="127.0.0.0", range_bits=8)
    surroundings = Surroundings(0x0A000001, InterfaceTable(), lambda: NOW)
    pods = NeighborRange(settings, tables(), surroundings, asyncio.get_running_loop())
    pods.configure_traces(_OTHER)
    pods.start()
    first = pods.admit("127.0.0.5", None)
    assert isinstance(first, BgpProtocol)
    assert first.traces == _OTHER
    pods.trace(_ASKED)
    second = pods.admit("127.0.0.6", None)
    assert isinstance(second, BgpProtocol)
    assert first.traces == second.traces == _ASKED
    assert (first.journal.neighbor, second.journal.neighbor) == ("127.0.0.5", "127.0.0.6")
    pods.end("")


class Untold:
    """Text that nobody may ask for."""

    def __str__(self) -> str:
        raise AssertionError("worked out for nobody")


def test_what_is_not_asked_for_is_not_even_put_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """No record is made, no text, no restraint; with the log as it is without ``-d``."""
    made: list[object] = []
    monkeypatch.setattr(logging.Logger, "makeRecord", lambda *parts: made.append(parts))
    logging.getLogger("bgpd").setLevel(logging.INFO)
    journal = Journal("tor1")
    for _ in range(3):
        journal.note("events", "%s", Untold())
        journal.note("states", "%s", Untold())
        journal.note_packet("Got %s", Untold())
        journal.note_messages("Got UPDATE", 1_000_000_000)
        note_sent(journal, [KEEPALIVE] * 3)
        note_updates(journal, 1_000_000_000)
    assert made == []
    assert journal._restraints == {}


def test_messages_without_number_are_some_lines(caplog: pytest.LogCaptureFixture) -> None:
    """A neighbor may send thousands of KEEPALIVEs or requests for a refresh a second."""
    caplog.set_level(logging.DEBUG, "bgpd")
    journal = Journal("tor1", frozenset({"packets"}))
    for _ in range(5000):
        journal.note_packet("Got KEEPALIVE")
        journal.note_packet("Got %s", "ROUTE-REFRESH")
        journal.note_messages("Got UPDATE", 1000)
    assert 60 <= len(caplog.records) < 200
