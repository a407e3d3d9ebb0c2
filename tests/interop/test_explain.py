"""``explain`` on live routers: why this path, why not that, where it went and where not, and why not."""

from functools import partial
from typing import Any, Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import Announcement, Attributes, Bgpd, Bird2, Frr, RouterConfig, sessions
from tests.interop.segment import Segment, address
from tests.interop.star import NO_DIRECT, OURS
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

CONTESTED, LONELY = "10.1.0.0/16", "10.2.0.0/16"
KEPT, ALIEN = "10.3.0.0/16", "198.51.100.0/24"
FILTERED, LOOPED, UNRESOLVED = "10.4.0.0/16", "10.5.0.0/16", "10.6.0.0/16"
ANNOUNCED: Final = {
    CONTESTED: {"upstream", "inner"},
    LONELY: {"upstream"},
    KEPT: {"upstream"},
    ALIEN: {"upstream"},
    FILTERED: {"peer"},
    LOOPED: {"looping"},
    UNRESOLVED: {"inner"},
}
NEIGHBORS: Final = ("upstream", "peer", "inner", "limited", "looping")
NO_EXPORT: Final = Attributes(communities=("65535:65281",))
CONFIGURATION: Final = f"""
[router]
id = "192.0.2.1"
asn = {OURS}
[metrics]
listen = ""
[direct]
interfaces = []
[kernel.ipv4]
[kernels.other]
family = "ipv4"
table = 100
export = "none"
[groups.routers]
import = "all"
export = "all"
connect_delay = 1
connect_retry = 1
error_wait = [1, 2]
[[neighbors]]
name = "upstream"
group = "routers"
address = "192.0.2.2"
asn = 65001
role = "customer"
export = "none"
[[neighbors]]
name = "peer"
group = "routers"
address = "192.0.2.3"
asn = 65002
role = "peer"
import = "none"
[[neighbors]]
name = "inner"
group = "routers"
address = "192.0.2.4"
asn = {OURS}
[[neighbors]]
name = "limited"
group = "routers"
address = "192.0.2.5"
asn = {OURS}
max_prefixes = {{ export = 1, action = "block" }}
[[neighbors]]
name = "looping"
group = "routers"
address = "192.0.2.6"
asn = 65004
"""


def surrounded(lab: Lab) -> Bgpd:
    """Our daemon among two other programs and three of its own kind; it has heard of everything."""
    net = Segment(lab)
    bgpd = net.add(Bgpd, OURS)
    bgpd.text = CONFIGURATION
    upstream = net.add(Bird2, 65001, CONTESTED, LONELY, Announcement(KEPT, NO_EXPORT))
    net.connect(upstream, bgpd)
    net.connect(net.add(Frr, 65002, FILTERED), bgpd)
    inner = net.add(Bgpd, OURS, CONTESTED, extra=NO_DIRECT)
    net.connect(inner, bgpd)
    net.connect(net.add(Bgpd, OURS, extra=NO_DIRECT), bgpd)
    net.connect(
        net.add(Bgpd, OURS, LOOPED, extra=NO_DIRECT),
        bgpd,
        ours={"extra": ("local_asn = 65004", 'local_asn_mode = "no-prepend"')},
    )
    ours, theirs = lab.link(inner.host, lab.host("edge"), v6=None)
    inner.config.neighbors += sessions(ours, theirs, 65005)
    net.start()
    edge = RouterConfig(
        asn=65005, router_id=theirs.v4, neighbors=sessions(theirs, ours, OURS), routes=[UNRESOLVED]
    )
    Bird2(theirs.host, edge).start()
    bgpd.host.ip("route", "add", ALIEN, "via", address(upstream), "proto", "static")
    upstream.announce(ALIEN)
    for prefix, announcers in ANNOUNCED.items():
        eventually(partial(are_heard, bgpd, prefix, announcers))
    for name in NEIGHBORS:
        eventually(partial(has_session, bgpd, name))
    return bgpd


def has_session(bgpd: Bgpd, name: str) -> bool:
    """Tell whether a neighbor is told things."""
    return why_not_told(bgpd, LONELY, name) != "down"


def are_heard(bgpd: Bgpd, prefix: str, announcers: set[str]) -> bool:
    """Tell whether these neighbors have announced a prefix; others may echo it."""
    return announcers <= {row["protocol"] for row in candidates(bgpd, prefix)}


def explained(bgpd: Bgpd, prefix: str) -> dict[str, Any]:
    """Return what ``explain`` says in JSON."""
    row: dict[str, Any] = bgpd.answer(f"explain {prefix}")
    return row


def candidates(bgpd: Bgpd, prefix: str) -> list[dict[str, Any]]:
    """Return the candidates, of which there must be one."""
    rows: list[dict[str, Any]] = explained(bgpd, prefix)["candidates"]
    return rows


def told(bgpd: Bgpd, prefix: str, neighbor: str) -> dict[str, Any]:
    """Return what a neighbor is told of the one route that it could be told of."""
    [row] = [row for row in explained(bgpd, prefix)["neighbors"] if row["protocol"] == neighbor]
    [answer] = row["told"]
    assert isinstance(answer, dict)
    return answer


def why_not_told(bgpd: Bgpd, prefix: str, neighbor: str) -> str:
    """Return the obstacle, "" if it is told."""
    return str(told(bgpd, prefix, neighbor).get("obstacle", ""))


def kernel(bgpd: Bgpd, prefix: str) -> dict[str, tuple[str, str]]:
    """Return state and reason by kernel table."""
    return {row["protocol"]: (row["state"], row.get("why", "")) for row in explained(bgpd, prefix)["kernel"]}


def test_explain_answers_ten_questions(lab: Lab) -> None:
    middle = surrounded(lab)
    for answers in (
        why_this_path_and_not_that,
        who_is_not_told,
        what_is_not_in_the_kernel,
        the_text_is_for_people,
    ):
        eventually(partial(answers, middle), lambda _: True)  # sessions are up, but not yet all is told


def why_this_path_and_not_that(middle: Bgpd) -> None:
    """Questions 1 to 5."""
    best, other, *_ = candidates(middle, CONTESTED)
    # 1. Why this path?
    assert (best["protocol"], best["result"], best["relation"]) == ("inner", "best", "internal")
    assert best["decided"] == {
        "step": "shorter AS_PATH",
        "reference": "RFC 4271 §9.1.2.2 a",
        "rival": "upstream",
        "own": "0",
        "others": "1",
    }
    # 2. Why not that?
    assert (other["protocol"], other["result"]) == ("upstream", "lost")
    assert (other["decided"]["own"], other["decided"]["others"]) == ("1", "0")
    assert other["changed"] == [{"attribute": "otc", "after": "65001"}]
    # 3. Filtered where?
    [row] = candidates(middle, FILTERED)
    assert (row["protocol"], row["result"], row["evidence"]) == ("peer", "refused", "REJECT")
    assert "import filter" in row["refusal"]
    # 4. Next hop unresolved?
    [row] = candidates(middle, UNRESOLVED)
    assert (row["protocol"], row["result"]) == ("inner", "unusable")
    assert not row["next_hop"]["resolved"]
    assert "next hop" in row["help"]
    # 5. Loop rejected?
    [row] = candidates(middle, LOOPED)
    assert (row["protocol"], row["evidence"]) == ("looping", "as_path 65004 64512")


def who_is_not_told(middle: Bgpd) -> None:
    """Questions 6 to 9: not sent because of split horizon, iBGP rule, NO_EXPORT, filter, role, limit."""
    assert why_not_told(middle, CONTESTED, "inner") == "split-horizon"
    assert why_not_told(middle, CONTESTED, "limited") == "internal-to-internal"
    assert why_not_told(middle, CONTESTED, "upstream") == "export-filter"
    assert why_not_told(middle, LONELY, "peer") == "role"
    assert why_not_told(middle, KEPT, "looping") == "no-export"
    first = [prefix for prefix in (LONELY, KEPT, ALIEN) if told(middle, prefix, "limited")["sent"]]
    assert len(first) == 1
    beyond = [prefix for prefix in (LONELY, KEPT, ALIEN) if prefix not in first]
    assert {why_not_told(middle, prefix, "limited") for prefix in beyond} == {"limit"}
    sent = told(middle, LONELY, "looping")
    assert {change["attribute"]: change["after"] for change in sent["changed"]} == {
        "as_path": f"{OURS} 65001"
    }


def what_is_not_in_the_kernel(middle: Bgpd) -> None:
    """Question 10: because of an alien route, a filter, a next hop out of reach."""
    assert kernel(middle, LONELY)["kernel1"][0] == "installed"
    state, why = kernel(middle, LONELY)["other"]
    assert state == "absent"
    assert "export filter" in why
    assert kernel(middle, ALIEN)["kernel1"] == (
        "refused",
        "File exists: an alien route, proto static",
    )
    assert kernel(middle, UNRESOLVED)["kernel1"] == ("absent", "no route to it may be used")


def the_text_is_for_people(middle: Bgpd) -> None:
    text = middle.client("explain", CONTESTED)
    assert max(map(len, text.splitlines())) <= 100
    assert 'best      at "shorter AS_PATH" over upstream: 0 against 1 (RFC 4271 §9.1.2.2 a)' in text
    assert "not sent: it came from this neighbor (split horizon)" in text
    history = middle.client("show", "route", "history", CONTESTED)
    assert "appeared" in history
