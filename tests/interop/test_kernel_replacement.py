"""A route is replaced without a moment in which it is missing: not one packet is lost, nor sent elsewhere."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import pytest

from tests.bench.speaker import Speaker
from tests.interop.kernel import keeper, kernel_routes
from tests.interop.lab import Host, Lab, Port
from tests.interop.route_news import News, RouteNews
from tests.interop.routers import FAMILIES, Bgpd, Family
from tests.interop.traffic import Traffic
from tests.interop.waiting import eventually
from tests.wire import octets

pytestmark = pytest.mark.interop

PREFIXES: Final[dict[Family, str]] = {"ipv4": "10.1.0.0/16", "ipv6": "2001:db8:1::/48"}
DESTINATIONS: Final[dict[Family, str]] = {"ipv4": "10.1.2.3", "ipv6": "2001:db8:1::3"}
ASN: Final = 65001
PLAIN, TUNNELED, DISTANT = (ASN, 0), (ASN, 1), (ASN, 2)
"""Communities that change nothing, lead a route into the tunnel, and give it another metric."""
SECTIONS: Final = f"""
[filters]
to_kernel = '''
if ({TUNNELED[0]}, {TUNNELED[1]}) ~ bgp_community then krt_tunnel = "tunl0";
if ({DISTANT[0]}, {DISTANT[1]}) ~ bgp_community then krt_metric = 5000;
accept;
'''
[groups.routers]
asn = {ASN}
families = ["ipv4", "ipv6"]
passive = true
import = "all"
export = "none"
"""
KERNEL: Final = 'merge_paths = 2\nexport = "to_kernel"'


class Step(NamedTuple):
    """What one of the two neighbors says next; without a next hop it withdraws its route."""

    neighbor: int
    next_hop: int | None
    community: tuple[int, int]
    hops: set[tuple[int, str]]
    """What the kernel has then: each gateway and whether packets to it are "tunneled"."""


STEPS: Final = (
    Step(0, 1, PLAIN, {(1, "")}),
    Step(1, 0, PLAIN, {(0, ""), (1, "")}),
    Step(0, 1, TUNNELED, {(0, ""), (1, "tunneled")}),
    Step(1, None, PLAIN, {(1, "tunneled")}),
    Step(0, 0, TUNNELED, {(0, "tunneled")}),
    Step(0, 0, DISTANT, {(0, "")}),
    Step(1, 1, PLAIN, {(0, ""), (1, "")}),
    Step(0, None, PLAIN, {(1, "")}),
    Step(0, 0, PLAIN, {(0, ""), (1, "")}),
    Step(1, None, PLAIN, {(0, "")}),
)
"""The other way, both ways, one of them through the tunnel, that one alone, ..., and back where it began."""


def steps_of(family: Family) -> list[Step]:
    """Return the steps; tunl0 is a tunnel of IPv4, and the kernel has rules of its own for onlink in IPv6."""
    if family == "ipv4":
        return [*STEPS]
    untunneled = [step for step in STEPS if step.community != TUNNELED]
    return [step._replace(hops={(gateway, "") for gateway, _ in step.hops}) for step in untunneled]


@dataclass
class Scene:
    """A host with two ways, and a tunnel, to a far one that has two sessions with us."""

    bgpd: Bgpd
    far: Host
    gateways: tuple[Port, Port]
    neighbors: tuple[Speaker, Speaker]
    family: Family

    @classmethod
    def of(cls, lab: Lab, family: Family) -> Self:
        host, far = lab.host("bgpd"), lab.host("far")
        (left, far_left), (right, far_right) = lab.link(host, far), lab.link(host, far)
        host.ip("link", "add", "tunl0", "type", "veth", "peer", "name", "tunl0", "netns", far.namespace)
        for end in (host, far):
            end.ip("link", "set", "tunl0", "up")
        far.ip("address", "add", DESTINATIONS[family], "dev", "lo")
        neighbors = [
            f'[[neighbors]]\nname = "{name}"\ngroup = "routers"\naddress = "{port.v4}"\n'
            for name, port in (("left", far_left), ("right", far_right))
        ]
        bgpd = keeper(host, SECTIONS, *neighbors, kernel=KERNEL).start()
        speakers = tuple(
            Speaker(there.v4, ASN, (here.v4, 179), octets.IPV6)
            for here, there in ((left, far_left), (right, far_right))
        )
        with far.entered():
            for speaker in speakers:
                speaker.connect()
        return cls(bgpd, far, (far_left, far_right), (speakers[0], speakers[1]), family)

    def hops(self) -> set[tuple[int, str]]:
        """Return the next hops that the kernel has, as a step describes them."""
        row = kernel_routes(self.bgpd.host, self.family).get(PREFIXES[self.family], {})
        numbers = {
            gateway: number for number, port in enumerate(self.gateways) for gateway in (port.v4, port.v6)
        }
        hops = row.get("nexthops", [row] if row else [])
        return {(numbers[hop["gateway"]], "tunneled" if hop["dev"] == "tunl0" else "") for hop in hops}

    def say(self, step: Step) -> None:
        """Send the UPDATE of a step."""
        nlri = octets.prefix(PREFIXES[self.family])
        self.neighbors[step.neighbor].send(
            self._withdrawal(nlri) if step.next_hop is None else self._announcement(step, nlri)
        )

    def _withdrawal(self, nlri: bytes) -> bytes:
        if self.family == "ipv4":
            return octets.update(withdrawn=nlri)
        return octets.update(octets.mp_unreach(nlri))

    def _announcement(self, step: Step, nlri: bytes) -> bytes:
        assert step.next_hop is not None
        attributes = [
            octets.ORIGIN,
            octets.as_path(octets.sequence(ASN)),
            octets.community(step.community),
        ]
        gateway = self.gateways[step.next_hop]
        if self.family == "ipv4":
            next_hop = octets.attribute(0x40, 3, octets.address(gateway.v4))
            return octets.update(*attributes[:2], next_hop, attributes[2], nlri=nlri)
        reach = octets.mp_reach(nlri, next_hop=octets.address(gateway.v6))
        return octets.update(*attributes, reach)


@pytest.fixture(params=FAMILIES)
def scene(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Scene]:
    """The same for both families, with the first way in the kernel."""
    made = Scene.of(lab, request.param)
    with closing(made.neighbors[0]), closing(made.neighbors[1]):
        made.say(STEPS[-2])
        eventually(made.hops, equals=STEPS[-1].hops)
        yield made


@pytest.mark.soak
def test_replaced_under_traffic(scene: Scene, *, soaking: bool) -> None:
    """1,000 times, in the long form 10,000 times; the next time comes when the kernel has done the last."""
    steps = steps_of(scene.family)
    rounds = (10_000 if soaking else 1000) // len(steps)
    host = scene.bgpd.host
    metrics = {0 if scene.family == "ipv4" else 1024}
    with RouteNews(host) as news, Traffic(host, scene.far, DESTINATIONS[scene.family]) as traffic:
        for step in steps * rounds:
            scene.say(step)
            deadline = time.monotonic() + 60
            while not follow(metrics, news.take()):
                traffic.send()
                assert time.monotonic() < deadline, f"the kernel heard nothing of {step}"
            traffic.missing()
        assert traffic.sent > len(steps) * rounds
        eventually(traffic.missing, equals=set())


def test_each_step_is_what_it_says(scene: Scene) -> None:
    """Otherwise the other test would prove little."""
    for step in steps_of(scene.family):
        scene.say(step)
        eventually(scene.hops, equals=step.hops)


def follow(metrics: set[int], heard: list[News]) -> bool:
    """Keep note of the metrics at which the route is; return whether it was written."""
    for each in heard:
        if each.event == "deleted":
            metrics.remove(each.metric)
            assert metrics, "there was no route for a moment"
        else:
            metrics.add(each.metric)
    return any(each.event != "deleted" for each in heard)
