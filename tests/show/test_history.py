"""The reasons that ``show route history`` gives."""

from typing import Any

from bgpd.control.interpreter import Interpreter
from messages.families import IPV4_UNICAST
from messages.families.prefix import make_key, parse_prefix
from rib.route import UNREACHABLE, Refusal
from tests.show.rack import said
from tests.show.test_json import ask
from tests.show.world import StillDaemon, via

PREFIX = "198.18.0.0/15"


def daemon_with_neighbors() -> StillDaemon:
    daemon = StillDaemon()
    daemon.add_neighbor("tor1", "10.10.0.2", asn=65001)
    daemon.add_neighbor("tor2", "10.10.0.3", asn=65002)
    return daemon


def history(daemon: StillDaemon, words: str = PREFIX) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ask(f"show route history {words}", daemon)
    return rows


def test_a_next_hop_out_of_reach_is_named_if_it_is_the_latest() -> None:
    daemon = daemon_with_neighbors()
    daemon.announce("tor1", PREFIX, via("10.10.0.2"), said("10.10.0.2", 65001))
    lost = said("10.66.0.1", 65001)
    daemon.announce("tor1", PREFIX, UNREACHABLE, lost, Refusal.UNRESOLVABLE)
    (latest, _) = history(daemon)
    assert latest["what"] == "withdrawn"
    assert latest["reason"] == "its next hop can't be reached (RFC 4271 §9.1.2), and there is no other"
    daemon.announce("tor2", PREFIX, via("10.10.0.3"), said("10.10.0.3", 65002))
    daemon.withdraw("tor2", PREFIX)
    assert history(daemon)[2]["reason"] == "it is gone or may not be used, and there is no other"


def test_what_changed_about_a_route_is_named() -> None:
    daemon = daemon_with_neighbors()
    attributes = said("10.10.0.2", 65001)
    daemon.announce("tor1", PREFIX, via("10.10.0.2"), attributes)
    daemon.announce("tor1", PREFIX, via("10.10.0.9"), attributes)
    pipeline = daemon.pipeline("master", IPV4_UNICAST)
    key = parse_prefix(PREFIX)[1]
    route = pipeline.table.best(key)
    assert route is not None
    for successor in (
        route.leading_to(route.destination, None, 40),
        route.leading_to(route.destination, None, 40),
    ):
        pipeline.table.substitute(key, pipeline.table.slots[key], successor)  # type: ignore[arg-type]  # alone
        pipeline.touched()
        daemon.settle()
    assert [row["reason"] for row in history(daemon)] == [
        "it was said again",
        "the metric of the way to its next hop is 40 now, it was 0",
        "its next hop resolves to via 10.10.0.9 on #2 now",
        "the first route that may be used",
    ]


def test_an_address_has_the_history_of_what_it_followed() -> None:
    daemon = daemon_with_neighbors()
    attributes = said("10.10.0.2", 65001)
    for prefix in ("198.0.0.0/8", PREFIX, "198.18.1.0/24"):
        daemon.announce("tor1", prefix, via("10.10.0.2"), attributes)
    daemon.withdraw("tor1", "198.18.1.0/24")
    rows = history(daemon, "for 198.18.1.1")
    assert [(row["prefix"], row["what"]) for row in rows] == [
        ("198.18.1.0/24", "withdrawn"),
        ("198.18.1.0/24", "appeared"),
        (PREFIX, "appeared"),
    ]


def test_others_have_their_turn_while_much_is_looked_through() -> None:
    daemon = daemon_with_neighbors()
    pipeline = daemon.pipeline("master", IPV4_UNICAST)
    route = daemon.announce("tor1", PREFIX, via("10.10.0.2"), said("10.10.0.2", 65001))
    pipeline.table.announce(route, [make_key((10 << 24 | number).to_bytes(4), 32) for number in range(3000)])
    pipeline.touched()
    daemon.settle()
    answer = list(Interpreter(daemon).answer(f"show route history {PREFIX}"))
    assert None in answer
