"""A configuration that changes while the daemon runs: who stays up, who starts anew, who goes and comes."""

import signal
from collections.abc import Mapping
from functools import partial
from typing import Final

import pytest

from tests.daemon.command import kernel_routes
from tests.interop.lab import Lab, Port
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

ROUTER = """
[metrics]
listen = ""
[router]
id = "{id}"
asn = {asn}
[direct]
interfaces = []
[kernel.ipv4]
[[static]]
prefix = "{prefix}"
blackhole = true
"""
NEIGHBOR = """
[[neighbors]]
name = "{name}"
address = "{address}"
asn = {asn}
import = "all"
export = "all"
connect_delay = 1
connect_retry = 1
error_wait = [1, 1]
{more}
"""


def neighbor(name: str, port: Port, more: str = "") -> str:
    return NEIGHBOR.format(name=name, address=port.v4, asn=ASNS[name], more=more)


ASNS: Final = {"middle": 64512, "b": 65002, "c": 65003}


class Middle:
    """Our daemon between two neighbors."""

    def __init__(self, lab: Lab) -> None:
        hosts = [lab.host(name) for name in ("middle", "b", "c")]
        (to_b, self.b), (to_c, self.c) = lab.link(hosts[0], hosts[1]), lab.link(hosts[0], hosts[2])
        self.own = ROUTER.format(id="192.0.2.1", asn=64512, prefix="10.1.0.0/16")
        self.daemon = Bgpd.with_file(hosts[0], self.own + neighbor("b", self.b) + neighbor("c", self.c))
        self.others = [
            Bgpd.with_file(
                host,
                ROUTER.format(id=f"192.0.2.{number}", asn=65000 + number, prefix=prefix)
                + neighbor("middle", port),
            )
            for host, number, prefix, port in (
                (hosts[1], 2, "10.2.0.0/16", to_b),
                (hosts[2], 3, "10.3.0.0/16", to_c),
            )
        ]

    def start(self) -> None:
        for router in (self.daemon, *self.others):
            router.start()
        self.await_states(b="up", c="up")

    def states(self) -> Mapping[str, str]:
        rows = (line.split() for line in self.daemon.ask("show protocols"))
        return {row[0]: row[3] for row in rows if row[1:2] == ["BGP"]}

    def await_states(self, **states: str) -> None:
        eventually(self.states, equals=states)

    def configure(self, *neighbors: str, own: str = "") -> list[str]:
        self.daemon.text = (own or self.own) + "".join(neighbors)
        self.daemon.write()
        return self.daemon.ask("configure")

    def sessions(self) -> int:
        """Return how many sessions there have been."""
        return self.daemon.log().count("BGP session established")

    def prefixes(self) -> set[str]:
        return kernel_routes(self.daemon.host)


@pytest.fixture
def middle(lab: Lab) -> Middle:
    need_network_namespaces()
    made = Middle(lab)
    made.start()
    return made


def test_neighbors_come_go_and_start_anew_while_others_stay(middle: Middle) -> None:
    eventually(middle.prefixes, equals={"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"})
    b, c = neighbor("b", middle.b), neighbor("c", middle.c)
    assert middle.configure(b, c)[-1] == "Reconfigured"
    assert middle.sessions() == 2

    assert middle.configure(b)[-1] in {"Reconfiguration in progress", "Reconfigured"}
    middle.await_states(b="up")
    eventually(middle.prefixes, equals={"10.1.0.0/16", "10.2.0.0/16"})
    middle.others[1].await_log("Peer de-configured")

    middle.configure(b, c)
    middle.await_states(b="up", c="up")
    eventually(middle.prefixes, equals={"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"})
    assert middle.sessions() == 3

    said = middle.configure(neighbor("b", middle.b, "hold_time = 30"), c)
    assert "b: hold_time holds from the next session on" in said
    assert middle.configure(b.replace('"b"', '"other"'), c)[-1] == "Reconfigured"
    assert middle.states() == {"other": "up", "c": "up"}
    assert middle.configure(b, c)[-1] == "Reconfigured"
    assert middle.sessions() == 3

    middle.configure(neighbor("b", middle.b, "extended_messages = false"), c)
    eventually(middle.sessions, equals=4)
    middle.await_states(b="up", c="up")
    middle.others[0].await_log("Other configuration change")
    eventually(middle.prefixes, equals={"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"})


def test_static_routes_and_kernel_tables_change_without_a_session(middle: Middle) -> None:
    both = neighbor("b", middle.b), neighbor("c", middle.c)
    middle.configure(*both, own=middle.own.replace("10.1.0.0/16", "10.9.0.0/16"))
    eventually(middle.prefixes, equals={"10.9.0.0/16", "10.2.0.0/16", "10.3.0.0/16"})
    eventually(lambda: kernel_routes(middle.others[0].host) >= {"10.9.0.0/16"}, equals=True)

    middle.configure(*both, own=middle.own.replace("[kernel.ipv4]", "[kernel.ipv4]\nmetric = 77"))
    eventually(lambda: middle.daemon.host.ip("route", "show", "proto", "bird").count("metric 77"), equals=3)
    middle.configure(*both, own=middle.own.replace("[kernel.ipv4]", "[kernel]"))
    eventually(middle.prefixes, equals=set())
    middle.configure(*both)
    eventually(middle.prefixes, equals={"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"})
    assert middle.sessions() == 2


def test_where_to_listen_and_the_identifier_change(middle: Middle) -> None:
    both = neighbor("b", middle.b), neighbor("c", middle.c)
    middle.configure(*both, own=middle.own.replace("[router]", "[router]\nport = 1179"))
    assert middle.sessions() == 2
    listening = partial(middle.daemon.host.run, "ss", "-ltnH")
    eventually(listening, lambda rows: ":1179 " in rows and ":179 " not in rows)
    middle.configure(*both, own=middle.own.replace("192.0.2.1", "192.0.2.99"))
    eventually(middle.sessions, equals=4)
    assert "Router ID is 192.0.2.99" in "\n".join(middle.daemon.ask("show status"))


def test_several_signals_in_a_row_lose_none(middle: Middle) -> None:
    b, c = neighbor("b", middle.b), neighbor("c", middle.c)
    process = middle.daemon.processes[0]
    for text in (b, b + c, c, b + c, b):
        middle.daemon.text = middle.own + text
        middle.daemon.write()
        process.signal(signal.SIGHUP)
    middle.await_states(b="up")
    middle.daemon.text = middle.own + b + c
    middle.daemon.write()
    process.signal(signal.SIGHUP)
    middle.await_states(b="up", c="up")


def test_what_is_not_confirmed_is_undone(middle: Middle) -> None:
    b, c = neighbor("b", middle.b), neighbor("c", middle.c)
    middle.daemon.text = middle.own + b
    middle.daemon.write()
    middle.daemon.ask("configure timeout 1")
    middle.await_states(b="up", c="up")
    eventually(middle.sessions, lambda number: number >= 3)
    middle.daemon.ask("configure timeout 300")
    middle.await_states(b="up")
    assert middle.daemon.ask("configure confirm") == ["Reconfiguration confirmed"]
    middle.daemon.ask("configure undo")
    middle.await_states(b="up", c="up")
    middle.daemon.text = middle.own + b + c + "nonsense"
