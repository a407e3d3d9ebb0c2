"""ADD-PATH (RFC 7911): several paths of one prefix come from one router and go on to others."""

from functools import partial
from typing import Any, Final

import pytest

from tests.interop.kernel import kernel_routes
from tests.interop.lab import Lab
from tests.interop.routers import Bgpd, Bird2, Frr, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

PREFIX: Final = "198.51.100.0/24"
SOURCES: Final = (65001, 65002, 65003)
BEFORE: Final = 65100
SEND: Final[dict[str, Any]] = {"add_paths": "send"}
RECEIVE: Final[dict[str, Any]] = {"add_paths": "receive"}
BOTH: Final[dict[str, Any]] = {"add_paths": "both"}
Ways = dict[int, int | None]
"""The Path Identifier of each path, by the AS where the path begins."""


def ways(router: Router, sender: Router) -> Ways:
    """Return the paths that a router has from another."""
    views = router.paths("ipv4", address(sender)).get(PREFIX, [])
    found = {view.as_path[-1]: view.path_id for view in views}
    assert len(found) == len(views), views
    return found


def through(router: Router, sender: Router) -> set[int]:
    return set(ways(router, sender))


@pytest.mark.parametrize(("before", "after"), [(Bird2, Frr), (Frr, Bird2)], ids=["from BIRD", "from FRR"])
def test_several_paths_go_on(lab: Lab, before: type[Router], after: type[Router]) -> None:
    """All of them, the best two or the best one, as each neighbor is to have them; an identifier stays."""
    net = Segment(lab)
    sources = {asn: net.add(Bird2, asn, PREFIX) for asn in SOURCES}
    collector = net.add(before, BEFORE)
    bgpd = net.add(Bgpd, OURS, extra=NO_DIRECT)
    everything, two, one = (net.add(after, asn) for asn in (65201, 65202, 65203))
    for source in sources.values():
        net.connect(collector, source)
    net.connect(collector, bgpd, ours=SEND, theirs=RECEIVE)
    net.connect(bgpd, everything, ours=BOTH, theirs=BOTH)
    net.connect(bgpd, two, ours={**SEND, "extra": ("send_paths = 2",)}, theirs=RECEIVE)
    net.connect(bgpd, one)
    net.start().up()

    eventually(partial(through, bgpd, collector), equals=set(SOURCES))
    eventually(partial(through, everything, bgpd), equals=set(SOURCES))
    shown = {row["attributes"]["as_path"][-1]: row for row in bgpd.shown_routes(PREFIX)}
    assert len({row["path_id"]["received"] for row in shown.values()}) == len(SOURCES)
    if after is Frr:  # it shows them
        assert ways(everything, bgpd) == {asn: row["path_id"]["sent"] for asn, row in shown.items()}
    [best] = [asn for asn, row in shown.items() if row["best"]]
    eventually(partial(through, one, bgpd), equals={best})
    eventually(partial(through, two, bgpd), lambda found: len(found) == 2 and best in found)

    known = ways(everything, bgpd)
    gone = next(asn for asn in SOURCES if asn != best)
    sources[gone].withdraw(PREFIX)
    known.pop(gone)
    eventually(partial(ways, everything, bgpd), equals=known)
    eventually(partial(through, bgpd, collector), equals=set(known))
    eventually(partial(through, two, bgpd), equals=set(known))
    assert through(one, bgpd) == {best}

    sources[best].withdraw(PREFIX)
    known.pop(best)
    eventually(partial(ways, everything, bgpd), equals=known)
    for router in (two, one):
        eventually(partial(through, router, bgpd), equals=set(known))
    [last] = known
    sources[last].withdraw(PREFIX)
    for router in (everything, two, one):
        eventually(partial(through, router, bgpd), equals=set())
    eventually(lambda: not kernel_routes(bgpd.host, "ipv4"))
