"""Routes of other programs are never touched, and ours are written as soon as there is room for them.

The daemon does not check its tables here (``keeper``), so it acts on what the kernel tells it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

import pytest

from tests.interop.kernel import AT_ONCE, keeper, problem, static
from tests.interop.lab import Lab
from tests.interop.route_news import News, RouteNews
from tests.interop.routers import FAMILIES, Bgpd, Family
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

CONTESTED: Final[dict[Family, str]] = {"ipv4": "10.1.0.0/16", "ipv6": "2001:db8:1::/48"}
PEACEFUL: Final[dict[Family, str]] = {"ipv4": "10.2.0.0/16", "ipv6": "2001:db8:2::/48"}
METRICS: Final[dict[Family, str]] = {"ipv4": "0", "ipv6": "1024"}
"""What routes have that are written without one."""
BIRD: Final = 12
LIMIT: Final = 3
"""How often a minute a route is put back."""


@dataclass
class Contest:
    """Our daemon with two routes of one family, and another way for others to lead them."""

    bgpd: Bgpd
    family: Family
    gateway: str
    other: str
    """The interface of the other way."""

    @classmethod
    def of(cls, lab: Lab, family: Family) -> Self:
        host = lab.host("bgpd")
        _, gateway = lab.link(host, lab.host("left"))
        right, _ = lab.link(host, lab.host("right"))
        via = gateway.v4 if family == "ipv4" else gateway.v6
        routes = [static(prefixes[family], via=via) for prefixes in (CONTESTED, PEACEFUL)]
        return cls(keeper(host, *routes, kernel=f"restore_limit = {LIMIT}"), family, via, right.interface)

    def start(self) -> Self:
        """Start the daemon; its routes are in the kernel afterwards unless something keeps them out."""
        self.bgpd.start()
        eventually(lambda: "bird" in self.protocols(self.peaceful))
        return self

    @property
    def prefix(self) -> str:
        """The one that others want to lead elsewhere."""
        return CONTESTED[self.family]

    @property
    def peaceful(self) -> str:
        """The one that is only ours."""
        return PEACEFUL[self.family]

    def ip(self, command: str) -> str:
        """Run a command of ``ip``; "there" is the other way, with the metric of our route."""
        words = command.replace("there", f"dev {self.other} metric {METRICS[self.family]}").split()
        return self.bgpd.host.ip("-4" if self.family == "ipv4" else "-6", *words)

    def routes(self, prefix: str) -> list[str]:
        """Return the routes to a prefix as lines of ``ip route``."""
        return self.ip(f"route show {prefix}").splitlines()

    def protocols(self, prefix: str) -> list[str]:
        """Return whose the routes to a prefix are."""
        return [found[1] for line in self.routes(prefix) if (found := re.search(r"proto (\S+)", line))]

    @contextmanager
    def expecting_ours(self, prefix: str) -> Iterator[None]:
        """See to it that our route is written in consequence of what the block does."""
        with RouteNews(self.bgpd.host) as news:
            yield
            news.until(partial(is_ours, prefix), within=AT_ONCE)
        eventually(partial(problem, self.bgpd, prefix), equals=None)


def is_ours(prefix: str, news: News) -> bool:
    """Tell whether the news is that our route to a prefix was written."""
    return news.event != "deleted" and (news.prefix, news.protocol) == (prefix, BIRD)


@pytest.fixture(params=FAMILIES)
def contest(request: pytest.FixtureRequest, lab: Lab) -> Contest:
    """The same for both families."""
    return Contest.of(lab, request.param)


# A route in the place of ours


@pytest.mark.parametrize("protocol", ["static", "dhcp", "201"])
def test_an_alien_route_stays_and_ours_waits(contest: Contest, protocol: str) -> None:
    contest.ip(f"route add {contest.prefix} there proto {protocol}")
    before = contest.routes(contest.prefix)
    contest.start()
    text = f"File exists: an alien route, proto {protocol}"
    eventually(partial(problem, contest.bgpd, contest.prefix), equals=text)
    assert contest.routes(contest.prefix) == before
    with contest.expecting_ours(contest.prefix):
        contest.ip(f"route delete {contest.prefix} proto {protocol}")
    assert contest.protocols(contest.prefix) == ["bird"]


def test_an_alien_route_of_another_metric_is_in_nobodys_way(contest: Contest) -> None:
    contest.ip(f"route add {contest.prefix} dev {contest.other} metric 77 proto static")
    contest.start()
    eventually(lambda: sorted(contest.protocols(contest.prefix)), equals=["bird", "static"])
    contest.ip(f"route add {contest.prefix} dev {contest.other} metric 7777 proto dhcp")
    eventually(lambda: sorted(contest.protocols(contest.prefix)), equals=["bird", "dhcp", "static"])
    eventually(partial(problem, contest.bgpd, contest.prefix), equals=None)


def test_who_displaces_our_route_keeps_the_place(contest: Contest) -> None:
    """``ip route replace`` asks nobody whose the route is; we do, and ours comes back when the other goes."""
    contest.start()
    eventually(partial(contest.protocols, contest.prefix), equals=["bird"])
    contest.ip(f"route replace {contest.prefix} there proto static")
    text = "File exists: an alien route, proto static"
    eventually(partial(problem, contest.bgpd, contest.prefix), equals=text)
    assert contest.protocols(contest.prefix) == ["static"]
    contest.bgpd.await_log(f"{contest.prefix}: {text}")
    contest.ip(f"route replace {contest.prefix} there proto dhcp")
    text = "File exists: an alien route, proto dhcp"
    eventually(partial(problem, contest.bgpd, contest.prefix), equals=text)
    with contest.expecting_ours(contest.prefix):
        contest.ip(f"route delete {contest.prefix} proto dhcp")
    assert contest.protocols(contest.prefix) == ["bird"]


def test_aliens_are_untouched_when_we_leave(contest: Contest) -> None:
    """They are beside our routes, in their places, and longer or shorter ones."""
    half = contest.prefix.replace("/16", "/17").replace("/48", "/49")
    contest.ip(f"route add {contest.prefix} there proto static")
    contest.ip(f"route add {contest.peaceful} dev {contest.other} metric 77 proto static")
    contest.ip(f"route add blackhole {half} proto boot")
    before = contest.ip("route show")
    contest.start()
    eventually(partial(problem, contest.bgpd, contest.prefix))
    contest.bgpd.stop()
    assert contest.ip("route show") == before


# Fights


DEEDS: Final = {
    "removed": ("route delete {prefix} proto bird",),
    "replaced": ("route replace {prefix} there proto static", "route delete {prefix} proto static"),
}


@pytest.mark.soak
@pytest.mark.parametrize("deed", DEEDS)
def test_a_fight_is_given_up_for_a_while(contest: Contest, deed: str, *, soaking: bool) -> None:
    """As often as allowed our route is put back; then it rests, and nothing else suffers.

    The long form waits for the end of the rest.
    """
    contest.start()
    commands = [command.format(prefix=contest.prefix) for command in DEEDS[deed]]
    for _ in range(LIMIT):
        eventually(partial(problem, contest.bgpd, contest.prefix), equals=None)
        with contest.expecting_ours(contest.prefix):
            for command in commands:
                contest.ip(command)
    for command in commands:
        contest.ip(command)
    fought = rf"fought over: .* {deed} it {LIMIT + 1} times within a minute; the next attempt is in 60 s"
    reason = eventually(
        partial(problem, contest.bgpd, contest.prefix), lambda text: bool(re.fullmatch(fought, text or ""))
    )
    assert reason is not None
    assert ("proto static" in reason) == (deed == "replaced")
    contest.bgpd.await_log(f"{contest.prefix}: {reason}")
    with contest.expecting_ours(contest.peaceful):
        contest.ip(f"route delete {contest.peaceful} proto bird")
    assert contest.protocols(contest.prefix) == []
    if soaking:
        eventually(partial(contest.protocols, contest.prefix), equals=["bird"], within=70)
        eventually(partial(problem, contest.bgpd, contest.prefix), equals=None)
