"""Routing daemons behind one interface, so that one scenario runs against all of them.

A router is made of a host and a ``RouterConfig``; ``start()`` returns it::

    on_a, on_b = lab.link(a, b)
    config = RouterConfig(asn=65001, router_id="192.0.2.1", neighbors=sessions(on_a, on_b, 65002))
    frr = Frr(a, config).start()
    eventually(lambda: frr.session_state(on_b.v4), equals="Established")

A new program is one file here and one line in ``FOREIGN``.
"""

from typing import Final

from tests.interop.routers.bgpd import Bgpd
from tests.interop.routers.bird1 import Bird1
from tests.interop.routers.bird2 import Bird2
from tests.interop.routers.frr import Frr
from tests.interop.routers.gobgp import Gobgp
from tests.interop.routers.openbgpd import Openbgpd
from tests.interop.routers.router import (
    FAMILIES,
    Announcement,
    Attributes,
    Family,
    Neighbor,
    Router,
    RouterConfig,
    RouteView,
    family_of,
    sessions,
)

FOREIGN: Final[tuple[type[Router], ...]] = (Bird1, Bird2, Frr, Gobgp, Openbgpd)
"""Every program that is not ours."""

__all__ = [
    "FAMILIES",
    "FOREIGN",
    "Announcement",
    "Attributes",
    "Bgpd",
    "Bird1",
    "Bird2",
    "Family",
    "Frr",
    "Gobgp",
    "Neighbor",
    "Openbgpd",
    "RouteView",
    "Router",
    "RouterConfig",
    "family_of",
    "sessions",
]
