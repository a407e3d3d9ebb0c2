"""Limits on how many routes a neighbor may announce, ours and theirs (RFC 4486)."""

from functools import partial
from typing import Final

import pytest

from tests.interop.lab import Lab
from tests.interop.routers import FOREIGN, Announcement, Bird2, Frr, Neighbor, Router
from tests.interop.star import Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

LIMIT: Final = 10
CEASE: Final[dict[type[Router], str]] = {
    Bird2: "Received: Maximum number of prefixes reached",
    Frr: "NOTIFICATION: received from neighbor 192.0.2.1 6/1",
}
"""What a router logs when the session ends because of our limit."""


def routes(number: int, count: int) -> list[str]:
    return [f"10.{number}.{each}.0/24" for each in range(count)]


def limited_star(lab: Lab, action: str) -> Star:
    """Return a star whose routers announce up to the limit, and not yet more."""
    limit = f'max_prefixes = {{ import = {LIMIT}, action = "{action}", restart_after = 1 }}'
    star = Star.of(lab, list(CEASE), ours={"extra": (limit, 'export = "none"')})
    for number, (router, _) in enumerate(star.spokes):
        router.announcements = {prefix: Announcement(prefix) for prefix in routes(number, LIMIT)}
    star.start().up()
    imported(star, LIMIT)
    return star


def imported(star: Star, count: int) -> None:
    """Wait until our daemon has this many routes of each neighbor."""
    for neighbor in star.neighbors:
        eventually(partial(star.imported, neighbor), equals=count)


def announce(star: Star, count: int) -> None:
    """Let each router announce this many routes, not more and not less."""
    for number, (router, _) in enumerate(star.spokes):
        router.announcements = {prefix: Announcement(prefix) for prefix in routes(number, count)}
        router.reconfigure()


def ended(star: Star) -> None:
    """Wait until each session has ended, and both sides say why."""
    for router, neighbor in star.spokes:
        eventually(router.log, partial(contains, CEASE[type(router)]))
        sent = star.details(neighbor)["last_sent"]
        assert (sent["code"], sent["subcode"]) == (6, 1)


def contains(words: str, log: str) -> bool:
    return words in log


def test_warn(lab: Lab) -> None:
    star = limited_star(lab, "warn")
    announce(star, LIMIT + 5)
    imported(star, LIMIT + 5)
    for neighbor in star.neighbors:
        star.bgpd.await_log(f"{neighbor.name}: more than {LIMIT} prefixes")


def test_block(lab: Lab) -> None:
    """What is too much is not taken, until there is room again."""
    star = limited_star(lab, "block")
    announce(star, LIMIT + 5)
    for neighbor in star.neighbors:
        eventually(partial(rejected, star, neighbor), equals=5)
        eventually(partial(star.imported, neighbor), equals=LIMIT)
    announce(star, 5)
    imported(star, 5)
    announce(star, LIMIT)
    imported(star, LIMIT)


def rejected(star: Star, neighbor: Neighbor) -> int:
    [channel] = star.row(neighbor)["channels"]
    return int(channel["import_updates"]["rejected"])


def test_restart(lab: Lab) -> None:
    """The session comes back, and stays once the routes are fewer."""
    star = limited_star(lab, "restart")
    announce(star, LIMIT + 5)
    ended(star)
    announce(star, LIMIT)
    star.up()
    imported(star, LIMIT)


def test_disable(lab: Lab) -> None:
    """The session stays down until the operator enables it."""
    star = limited_star(lab, "disable")
    announce(star, LIMIT + 5)
    ended(star)
    imported(star, 0)
    for neighbor in star.neighbors:
        eventually(
            partial(state_and_info, star, neighbor),
            equals=("down", "Automatic shutdown: Route limit exceeded"),
        )
    announce(star, LIMIT)
    star.bgpd.ask("enable all")
    star.up()
    imported(star, LIMIT)


def state_and_info(star: Star, neighbor: Neighbor) -> tuple[str, str]:
    row = star.row(neighbor)
    return row["state"], row["info"]


def test_a_router_has_enough(lab: Lab) -> None:
    """Each router ends the session, and our daemon says why."""
    star = Star.of(lab, FOREIGN, theirs={"limit": LIMIT}, routes=routes(100, LIMIT + 5)).start()
    for neighbor in star.neighbors:
        reason = f"{neighbor.name}: Received: Maximum number of prefixes reached"
        eventually(star.bgpd.log, partial(contains, reason))


def test_no_more_is_sent_than_a_neighbor_is_to_have(lab: Lab) -> None:
    """When others are withdrawn, there is room for what was not sent before."""
    limit = f'max_prefixes = {{ export = {LIMIT}, action = "block" }}'
    star = Star.of(lab, [Bird2, Frr], ours={"extra": (limit,)}).start()
    star.up()
    (sender, _), (receiver, limited) = star.spokes
    held = partial(receiver.count, "ipv4")
    sender.announce(*routes(0, LIMIT + 5))
    imported_from_sender = partial(star.imported, star.neighbors[0])
    eventually(imported_from_sender, equals=LIMIT + 5)
    eventually(held, equals=LIMIT)
    star.bgpd.await_log(f"{limited.name}: {LIMIT + 5} prefixes (ipv4) to be sent")
    eventually(lambda: star.row(limited)["channels"][0]["routes"]["exported"], equals=LIMIT)

    sender.withdraw(*routes(0, LIMIT))
    eventually(imported_from_sender, equals=5)
    eventually(held, equals=5)
