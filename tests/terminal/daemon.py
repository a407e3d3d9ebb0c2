"""A daemon that is always the same, for screens: ``python -m tests.terminal.daemon SOCKET``.

Each time somebody asks what is going on, two seconds have passed, and as much has crossed as ever.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bgpd.control.server import ControlServer
from bgpd.protocols.protocol import Channel, ProtocolState, RouteCounters
from bgpd.protocols.session_journal import SessionChange
from bgpd.protocols.traffic import Traffic
from bgpd.show.view import Stalls
from fsm.state import State
from messages.families import IPV4_UNICAST
from rib.policy import Policy
from rib.route import Source, SourceKind
from tests.show.node import node
from tests.show.world import NOW, StillDaemon, StillNeighbor

STEP: Final = 2
_LEAVES: Final = 30


class Busy(StillNeighbor):
    """A neighbor with which as much crosses in every step."""

    def __init__(self, number: int, steps: Callable[[], int]) -> None:
        state, info = _state_of(number)
        super().__init__(f"leaf{number}", 65000 + number, [IPV4_UNICAST], state, info)
        self.channels = (
            Channel(IPV4_UNICAST, _source(self.name, state, number), Policy.ALL, Policy.ALL, RouteCounters()),
        )
        self._number = number
        self._steps = steps

    @property
    def traffic(self) -> Traffic:
        crossed = self._steps() * self._number * self.state.is_up
        return Traffic(
            address=f"10.20.0.{self._number}",
            asn=65000 + self._number,
            session="Established" if self.state.is_up else "Connect",
            sessions_lost=self._number % 4,
            messages_in=crossed,
            messages_out=crossed,
            updates_in=2 * crossed,
            updates_out=crossed,
            prefixes_in=200 * crossed,
            prefixes_out=20 * crossed,
        )


def _source(name: str, state: ProtocolState, number: int) -> Source:
    source = Source(name, SourceKind.BGP)
    if state.is_up:
        source.routes, source.preferred = 120 * number, 40 * number
    return source


def _state_of(number: int) -> tuple[ProtocolState, str]:
    if number == 7:
        return ProtocolState.DOWN, "Idle          Administrative shutdown"
    if number == 12:
        return ProtocolState.START, "Connect       Socket: Connection refused"
    return ProtocolState.UP, "Established"


class BusyDaemon(StillDaemon):
    """The node of the other tests, with leaves; time passes when it is asked what is going on."""

    def __init__(self) -> None:
        super().__init__()
        self.__dict__.update(node().__dict__)
        self.steps = 0
        for number in range(1, _LEAVES + 1):
            leaf = Busy(number, lambda: self.steps)
            self.protocols[leaf.name] = leaf
        self._remember_sessions()

    def _remember_sessions(self) -> None:
        """Two leaves are gone, each for a reason of its own."""
        gone = SessionChange(
            NOW - 50.25, "leaf7", "10.20.0.7", 65007, State.ESTABLISHED, State.IDLE, "Stopped", 1200, 86_395.0
        )
        refused = SessionChange(
            NOW - 48.5, "leaf12", "10.20.0.12", 65012, State.CONNECT, State.IDLE, "TCP connection failed"
        )
        self.session_journal.note(gone._replace(reason="Administrative shutdown (new optics)"))
        self.session_journal.note(refused._replace(reason="TCP connection failed: Connection refused"))

    @property
    def stalls(self) -> Stalls:  # type: ignore[override]  # the first that is asked each time
        self.steps += 1
        return Stalls(0.0124, "Pipeline._tick", 0)

    def now(self) -> float:
        return float(NOW + STEP * self.steps)


async def _serve(path: Path) -> None:
    server = ControlServer(path, BusyDaemon())
    await server.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
