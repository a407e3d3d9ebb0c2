"""Records the traces anew: real sessions between our daemon and each router, in network namespaces.

``python -m tests.traces.record [ROUTER or SCENARIO ...]`` (as root, after ``make peers``) writes
``tests/traces/recorded/ROUTER-SCENARIO.json``.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tests.interop.connections import connections
from tests.interop.lab import Host, Lab, Port
from tests.interop.process import Process
from tests.interop.routers import FOREIGN, Bgpd, Gobgp, Openbgpd, Router, RouterConfig, sessions
from tests.interop.waiting import eventually
from tests.traces.trace import Step, Trace, settings_from

RECORDED: Final = Path(__file__).parent / "recorded"
OURS: Final = 64512
THEIRS: Final = 65001
RECORDER: Final = "tests.traces.recording_daemon"
WORDS: Final = "maintenance until 18:00"
"""The shutdown communication (RFC 9003)."""


class RecordedBgpd(Bgpd):
    """Our daemon, run by ``recording_daemon.py``."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"BGPD_TRACE": str(self.trace)}

    @property
    def trace(self) -> Path:
        """The file that the daemon writes."""
        return self.directory / "trace"

    def spawn(self, *command: str | Path, binds: Mapping[str, Path] | None = None) -> Process:
        return super().spawn(*(RECORDER if word == "bgpd" else word for word in command), binds=binds)


@dataclass
class Pair:
    """Our daemon and a router on one segment."""

    lab: Lab
    port: Port
    bgpd: RecordedBgpd
    router: Router

    @property
    def here(self) -> str:
        """The address of our daemon."""
        return self.port.v4

    @property
    def there(self) -> str:
        """The address of the router."""
        return self.bgpd.config.neighbors[0].address

    def up(self) -> None:
        """Wait until both say that the session is established."""
        eventually(lambda: self.bgpd.session_state(self.there), equals="Established", within=60)
        eventually(lambda: self.router.session_state(self.here), equals="Established", within=60)

    def down(self) -> None:
        """Wait until our daemon says that it is not."""
        eventually(lambda: self.bgpd.session_state(self.there) != "Established", within=60)

    def start(self) -> None:
        """Start both, the router first, and let them exchange a route each."""
        self.router.start()
        self.bgpd.start()
        self.up()
        eventually(lambda: self.router.count("ipv4") == 1 and self.bgpd.count("ipv4") == 1)


@dataclass(frozen=True)
class Scenario:
    """What happens in a trace, and what is special about the neighbors in it."""

    play: Callable[[Pair], None]
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]


def shutdown_here(pair: Pair) -> None:
    """Our operator shuts the session down, says why, and starts it again."""
    pair.start()
    pair.bgpd.disable(pair.there, WORDS)
    eventually(lambda: pair.router.session_state(pair.here) != "Established")
    pair.bgpd.enable(pair.there)
    pair.up()


def shutdown_there(pair: Pair) -> None:
    """The router's operator does."""
    pair.start()
    pair.router.disable(pair.here, WORDS)
    pair.down()
    time.sleep(1.5)  # our next attempt, and what the router says to that
    pair.router.enable(pair.here)
    pair.up()


def hold_timer(pair: Pair) -> None:
    """The router falls silent, and comes back."""
    pair.start()
    _signal(pair.router, signal.SIGSTOP)
    pair.down()
    _signal(pair.router, signal.SIGCONT)
    pair.up()


def collision(pair: Pair) -> None:
    """Both connect at the same moment: each has sent its SYN before the other's can arrive."""
    pair.start()
    hosts = (pair.bgpd.host, pair.router.host)
    for host in hosts:
        host.run(
            "sh", "-c", "for each in /proc/sys/net/ipv4/neigh/*; do echo 100 > $each/mcast_solicit; done"
        )
    with pair.lab.cut(pair.port):
        for host in hosts:
            host.ip("neighbor", "flush", "all")
        pair.bgpd.reset(pair.there)
        if isinstance(pair.router, Gobgp | Openbgpd):  # they rest after a reset, but not at their start
            pair.router.kill()
            pair.router.start()
        else:
            pair.router.reset(pair.here)
        eventually(lambda: [_connecting(host) for host in hosts], equals=[1, 1], within=60)
    pair.up()


def wrong_as(pair: Pair) -> None:
    """The router is in another AS than we are told."""
    pair.router.start()
    pair.bgpd.start()
    eventually(lambda: "Bad peer AS" in pair.bgpd.client("show", "protocols"), within=60)
    time.sleep(3)  # until the rest is over, and the next attempt fails as well


def wrong_as_there(pair: Pair) -> None:
    """The router is told another AS than we are in."""
    pair.router.start()
    pair.bgpd.start()
    eventually(lambda: "Received: Bad peer AS" in pair.bgpd.client("show", "protocols"), within=60)


def refused(pair: Pair) -> None:
    """The router does not run yet."""
    pair.bgpd.start()
    eventually(lambda: "Connection refused" in pair.bgpd.client("show", "protocols"))
    pair.router.start()
    pair.up()
    pair.router.kill()
    pair.down()


def delay_open(pair: Pair) -> None:
    """We leave the first OPEN to the router."""
    pair.start()
    pair.bgpd.disable(pair.there, "")


def _signal(router: Router, number: signal.Signals) -> None:
    """Send a signal to a router's daemons and to what they have forked."""
    for process in router.processes:
        os.killpg(process.pid, number)


def _connecting(host: Host) -> int:
    return len({each.remote for each in connections(host, "SYN_SENT")})


_SHORT_HOLD: Final[Mapping[str, Any]] = {"hold_time": 3}
SCENARIOS: Final[Mapping[str, Scenario]] = {
    "shutdown-here": Scenario(shutdown_here, _SHORT_HOLD, {}),
    "shutdown-there": Scenario(shutdown_there, {}, {}),
    "hold-timer": Scenario(hold_timer, _SHORT_HOLD, _SHORT_HOLD),
    "collision": Scenario(collision, {}, {}),
    "wrong-as": Scenario(wrong_as, {"asn": THEIRS + 8}, {}),
    "wrong-as-there": Scenario(wrong_as_there, {}, {"asn": OURS + 8}),
    "refused": Scenario(refused, {}, {}),
    "delay-open": Scenario(delay_open, {"extra": ("delay_open = 5",)}, {}),
}


@contextmanager
def paired(program: type[Router], scenario: Scenario) -> Iterator[Pair]:
    """Build the two, to be started by the scenario."""
    with Lab() as lab:
        ours, theirs = lab.segment(lab.host("bgpd"), lab.host(program.name), v4="192.0.2.0/24", v6=None)
        them = [replace(each, **scenario.ours) for each in sessions(ours, theirs, THEIRS)]
        us = [replace(each, **scenario.theirs) for each in sessions(theirs, ours, OURS)]
        bgpd = RecordedBgpd(
            ours.host,
            RouterConfig(
                asn=OURS,
                router_id=ours.v4,
                neighbors=them,
                routes=["198.51.100.0/24"],
                extra=("[direct]", "interfaces = []"),
            ),
        )
        config = RouterConfig(asn=THEIRS, router_id=theirs.v4, neighbors=us, routes=["203.0.113.0/24"])
        yield Pair(lab, ours, bgpd, program(theirs.host, config))


def record(program: type[Router], name: str) -> Trace:
    """Play a scenario and return what happened."""
    with paired(program, SCENARIOS[name]) as pair:
        SCENARIOS[name].play(pair)
        pair.bgpd.stop()
        head, *lines = pair.bgpd.trace.read_text(encoding="utf-8").splitlines()
    steps = tuple(Step(*json.loads(line)) for line in lines)
    return Trace(program.name, name, settings_from(json.loads(head)), steps)


def main(wanted: list[str]) -> None:
    """Record what the arguments name, or everything."""
    RECORDED.mkdir(exist_ok=True)
    for program in FOREIGN:
        for name in SCENARIOS:
            if not wanted or {program.name, name} & set(wanted):
                path = RECORDED / f"{program.name}-{name}.json"
                try:
                    record(program, name).save(path)
                except AssertionError as complaint:
                    print(f"{path.name}: {complaint}")
                else:
                    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1:])
