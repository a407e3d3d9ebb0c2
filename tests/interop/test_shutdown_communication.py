"""Why a session was shut down, told by each side to the other (RFC 9003)."""

from collections.abc import Mapping
from functools import partial
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import FOREIGN, Frr, Gobgp, Neighbor, Router
from tests.interop.star import Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

SENT: Final[Mapping[type[Router], int]] = dict.fromkeys(FOREIGN, 255) | {Gobgp: 128}
"""How many octets a router takes from its operator; GoBGP has the limit of RFC 8203."""
SHOWN: Final[Mapping[type[Router], int]] = {**SENT, Frr: 254}
"""How many octets a router shows of what it is told."""


def text(octets: int) -> str:
    """Return a text of this many octets that is not all ASCII."""
    start = "Wartung – Glasfaser gezogen: "
    left = octets - len(start.encode())
    return start + "ä" * (left // 2) + "." * (left % 2)


def told(star: Star, neighbor: Neighbor) -> str:
    """Return what our daemon shows of the last NOTIFICATION of a neighbor."""
    return str(star.details(neighbor).get("last_received", {}).get("detail"))


def shows(router: Router) -> bool:
    """Tell whether a router has logged the longest text."""
    return text(255).encode()[: SHOWN[type(router)]].decode(errors="ignore") in router.log()


def test_shutdown_communication(lab: Lab) -> None:
    star = Star.of(lab, FOREIGN).start()
    star.up()
    for router, _ in star.spokes:
        router.disable(star.address, text(SENT[type(router)]))
    for router, neighbor in star.spokes:
        eventually(partial(told, star, neighbor), equals=text(SENT[type(router)]))
        router.enable(star.address)
    star.up()
    star.bgpd.ask(f'disable all "{text(255)}"')
    for router, _ in star.spokes:
        eventually(partial(shows, router))
