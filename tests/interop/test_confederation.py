"""A confederation (RFC 5065) of two member ASes, bgpd's and FRR's, each with a neighbor outside."""

from functools import partial
from typing import Final, NamedTuple

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import Announcement, Attributes, Bgpd, Bird2, Frr, Router
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

WHOLE, OURS, THEIRS = 64500, 65001, 65002
CONFEDERATION: Final = f"confederation = {{ id = {WHOLE}, members = [{OURS}, {THEIRS}] }}"
FRR_CONFEDERATION: Final = (
    f"router bgp {THEIRS}",
    f" bgp confederation identifier {WHOLE}",
    f" bgp confederation peers {OURS}",
)


class Path(NamedTuple):
    """What RFC 5065 says about a route."""

    as_path: tuple[int, ...] = ()
    confederation: tuple[int, ...] = ()
    next_hop: str = ""
    local_pref: int | None = None
    med: int | None = None


def received(router: Router, sender: Router) -> dict[str, Path]:
    """Return what a router has from another, by prefix; no MED is as good as none."""
    return {
        prefix: Path(view.as_path, view.confederation, view.next_hop, view.local_pref, view.med or None)
        for prefix, view in router.routes("ipv4", address(sender)).items()
    }


def test_confederation(lab: Lab) -> None:
    """Inside, the way through member ASes is kept apart; outside, there is one AS."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS, "10.1.0.0/16", extra=(CONFEDERATION, *NO_DIRECT))
    marked = Announcement("10.2.0.0/16", Attributes(med=7, local_pref=200))
    member = net.add(Frr, THEIRS, marked, extra=FRR_CONFEDERATION)
    near, far = net.add(Bird2, 64601, "10.3.0.0/16"), net.add(Frr, 64602, "10.4.0.0/16")
    net.connect(bgpd, member)
    net.connect(bgpd, near, theirs={"asn": WHOLE})
    net.connect(member, far, theirs={"asn": WHOLE})
    net.start().up()
    eventually(
        partial(received, member, bgpd),
        equals={
            "10.1.0.0/16": Path((), (OURS,), address(bgpd), 100),
            "10.3.0.0/16": Path((64601,), (OURS,), address(near), 100),
        },
    )
    eventually(
        partial(received, bgpd, member),
        equals={
            "10.2.0.0/16": Path((), (THEIRS,), address(member), 200, 7),
            "10.4.0.0/16": Path((64602,), (THEIRS,), address(far), 100),
        },
    )
    outside = eventually(partial(received, near, bgpd), lambda found: len(found) == 3)
    assert {prefix: (path.as_path, path.confederation, path.med) for prefix, path in outside.items()} == {
        "10.1.0.0/16": ((WHOLE,), (), None),
        "10.2.0.0/16": ((WHOLE,), (), None),
        "10.4.0.0/16": ((WHOLE, 64602), (), None),
    }
    outside = eventually(partial(received, far, member), lambda found: len(found) == 3)
    assert {prefix: path.as_path for prefix, path in outside.items()} == {
        "10.1.0.0/16": (WHOLE,),
        "10.2.0.0/16": (WHOLE,),
        "10.3.0.0/16": (WHOLE, 64601),
    }
