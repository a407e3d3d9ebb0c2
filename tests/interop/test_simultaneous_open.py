"""Both sides connect at the same moment: one session comes of it (RFC 4271 §6.8, RFC 6286 §2.3)."""

from collections.abc import Sequence
from functools import partial

import pytest

from tests.interop.connections import connections
from tests.interop.lab import Host, Lab
from tests.interop.routers import FOREIGN, Bgpd, Gobgp, Neighbor, Openbgpd, Router
from tests.interop.star import Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

Spoke = tuple[Router, Neighbor]


def connecting(host: Host) -> set[str]:
    """Return with whom this host tries to connect."""
    return {each.remote for each in connections(host, "SYN_SENT")}


def begin_again(router: Router, neighbor: str) -> None:
    """End the session and try at once to get another one."""
    if isinstance(
        router, Gobgp | Openbgpd
    ):  # they rest for five seconds after a reset, but not at their start
        router.kill()
        router.start()
    else:
        router.reset(neighbor)


def meet(lab: Lab, star: Star, spokes: Sequence[Spoke]) -> None:
    """Reset sessions, and let the first segments through once both sides of each have sent one.

    They wait for the hardware address of the other side, which both get to know from one exchange of ARP.
    """
    with lab.cut(star.center):
        star.bgpd.host.ip("neighbor", "flush", "all")
        for router, neighbor in spokes:
            router.host.ip("neighbor", "flush", "all")
            star.bgpd.reset(neighbor.address)
            begin_again(router, star.address)
        theirs = {neighbor.address for _, neighbor in spokes}
        eventually(
            lambda: (
                connecting(star.bgpd.host) >= theirs
                and all(connecting(router.host) == {star.address} for router, _ in spokes)
            ),
            within=60,
        )


def one_connection_each(star: Star) -> None:
    """Both kernels know exactly one connection between two speakers, and it is the same."""
    ours = connections(star.bgpd.host)
    for router, neighbor in star.spokes:
        here = [each.client_port for each in ours if each.remote == neighbor.address]
        there = [each.client_port for each in connections(router.host)]
        assert len(here) == 1, f"{router.name}: {ours}"
        assert here == there, router.name


@pytest.mark.soak
def test_simultaneous_open(lab: Lab, soaking: bool) -> None:
    """However often: one session, on which both sides agree, and no second try was needed.

    The short form is four times, once for GoBGP, which takes seconds to begin.
    """
    star = Star.of(lab, (*FOREIGN, Bgpd)).start()
    for host in star.hosts:  # how often the kernel asks for a hardware address before it gives up
        host.run(
            "sh", "-c", "for each in /proc/sys/net/ipv4/neigh/*; do echo 100 > $each/mcast_solicit; done"
        )
    star.up()
    quick = [(router, neighbor) for router, neighbor in star.spokes if not isinstance(router, Gobgp)]
    rounds = [star.spokes] * 50 if soaking else [star.spokes] + [quick] * 3
    for spokes in rounds:
        meet(lab, star, spokes)
        star.up()
        eventually(partial(one_connection_each, star), lambda _: True)
    for router, neighbor in star.spokes:
        met = sum((router, neighbor) in spokes for spokes in rounds)
        assert star.established(neighbor) == 1 + met, router.name
