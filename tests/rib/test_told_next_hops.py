"""Which next hop neighbors are told (RFC 4271 §5.1.3, RFC 2545 §3, RFC 7947 §2.2.1, RFC 8950)."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import NEXT_HOP
from messages.context import Context
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import PrefixKey, parse_address
from rib.egress import NextHopRule, Withheld
from rib.route import Source, SourceKind
from tests.rib.building import attributes, discarded, group_key, key, neighbor, route, sent_as

EXTERNAL = neighbor("e")
STATIC = Source("static1", SourceKind.STATIC)
AUTO, SELF, KEEP = NextHopRule
OWN, LEARNED = "192.0.2.1", "192.0.2.254"
NEAR = (key("192.0.2.0/24"),)
FAR = (key("198.51.100.0/24"),)


def octets(*addresses: str) -> bytes:
    return b"".join(map(parse_address, addresses))


def told(received: AttributeSet, source: Source = EXTERNAL, **settings: Any) -> bytes | Withheld | None:
    outcome = sent_as(group_key(**settings), route(source, received))
    return outcome if isinstance(outcome, Withheld) else outcome.get(NEXT_HOP)


@pytest.mark.parametrize(
    ("rule", "external", "next_hop"),
    [
        (AUTO, True, OWN),
        (AUTO, False, LEARNED),
        (SELF, True, OWN),
        (SELF, False, OWN),
        (KEEP, True, LEARNED),
        (KEEP, False, LEARNED),
    ],
)
def test_the_rule_holds(rule: NextHopRule, external: bool, next_hop: str) -> None:
    assert told(attributes(65001), external=external, next_hop_rule=rule) == octets(next_hop)


@pytest.mark.parametrize("rule", NextHopRule)
@pytest.mark.parametrize("external", [True, False])
def test_of_routes_of_our_own_we_are_the_next_hop(rule: NextHopRule, external: bool) -> None:
    settings: dict[str, Any] = {"next_hop_rule": rule, "external": external, "shared_networks": NEAR}
    outcome = sent_as(group_key(**settings), discarded(STATIC))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(NEXT_HOP) == octets(OWN)


@pytest.mark.parametrize(
    ("rule", "external", "networks", "next_hop"),
    [
        (AUTO, False, (), LEARNED),
        (SELF, False, (), OWN),
        (AUTO, True, NEAR, LEARNED),
        (AUTO, True, FAR, OWN),
        (AUTO, True, (), OWN),
    ],
)
def test_the_gateway_of_a_static_route_is_told_like_a_next_hop(
    rule: NextHopRule, external: bool, networks: tuple[PrefixKey, ...], next_hop: str
) -> None:
    settings: dict[str, Any] = {"next_hop_rule": rule, "external": external, "shared_networks": networks}
    assert told(AttributeSet.of({}), STATIC, **settings) == octets(next_hop)


@pytest.mark.parametrize(
    ("rule", "networks", "next_hop"),
    [
        (AUTO, NEAR, LEARNED),
        (AUTO, (*FAR, *NEAR), LEARNED),
        (AUTO, FAR, OWN),
        (AUTO, (), OWN),
        (SELF, NEAR, OWN),  # how to do without, as RFC 4271 §5.1.3 demands
        (KEEP, FAR, LEARNED),
    ],
)
def test_an_external_neighbor_on_the_link_of_the_next_hop_goes_there_itself(
    rule: NextHopRule, networks: tuple[bytes, ...], next_hop: str
) -> None:
    """RFC 4271 §5.1.3: a third-party next hop."""
    assert told(attributes(65001), next_hop_rule=rule, shared_networks=networks) == octets(next_hop)


GLOBAL, LINK_LOCAL = "2001:db8::9", "fe80::9"
OWN_6 = ("2001:db8::1", "fe80::1")
NEAR_6 = (key("2001:db8::/64"),)


@pytest.mark.parametrize(
    ("learned", "external", "networks", "expected"),
    [
        ((GLOBAL, LINK_LOCAL), False, (), (GLOBAL,)),
        ((GLOBAL, LINK_LOCAL), False, NEAR_6, (GLOBAL, LINK_LOCAL)),
        ((GLOBAL, LINK_LOCAL), True, (), OWN_6),
        ((GLOBAL, LINK_LOCAL), True, NEAR_6, (GLOBAL, LINK_LOCAL)),
        ((GLOBAL,), True, NEAR_6, (GLOBAL,)),
        ((LINK_LOCAL,), False, (), OWN_6),
        ((LINK_LOCAL,), True, NEAR_6, OWN_6),
    ],
)
def test_a_link_local_next_hop_means_something_on_one_link_only(
    learned: tuple[str, ...], external: bool, networks: tuple[bytes, ...], expected: tuple[str, ...]
) -> None:
    """RFC 2545 §3."""
    received = attributes(65001, rows={NEXT_HOP: octets(*learned)})
    settings: dict[str, Any] = {
        "family": IPV6_UNICAST,
        "own_next_hop": octets(*OWN_6),
        "shared_networks": networks,
    }
    assert told(received, external=external, **settings) == octets(*expected)


@pytest.mark.parametrize(
    ("negotiated", "learned", "own", "external", "expected"),
    [
        # both read IPv6 next hops of IPv4 routes
        (True, (GLOBAL,), OWN_6, False, (GLOBAL,)),
        (True, (GLOBAL,), OWN_6, True, OWN_6),
        (True, (LEARNED,), OWN_6, False, (LEARNED,)),
        (True, (LEARNED,), OWN_6, True, OWN_6),
        (True, (), OWN_6, False, OWN_6),
        # the neighbor does not
        (False, (GLOBAL,), (OWN,), False, (OWN,)),
        (False, (LEARNED,), (OWN,), False, (LEARNED,)),
        (False, (GLOBAL,), (), False, None),
    ],
)
def test_an_ipv6_next_hop_of_ipv4_routes_is_told_to_who_can_read_it(
    negotiated: bool,
    learned: tuple[str, ...],
    own: tuple[str, ...],
    external: bool,
    expected: tuple[str, ...] | None,
) -> None:
    """RFC 8950 §4."""
    families = frozenset({IPV4_UNICAST} if negotiated else ())
    received = attributes(65001, rows={NEXT_HOP: octets(*learned) if learned else None})
    outcome = told(
        received,
        context=Context(external=external, extended_next_hop=families),
        own_next_hop=octets(*own),
    )
    assert outcome == (Withheld.NO_NEXT_HOP if expected is None else octets(*expected))


def test_networks_of_one_kind_say_nothing_about_addresses_of_the_other() -> None:
    """The key of 32.1.13.0/24 has the octets that 2001:db8::/24 has."""
    networks = (key("32.1.13.0/24"),)
    received = attributes(65001, rows={NEXT_HOP: octets(GLOBAL)})
    context = Context(extended_next_hop=frozenset({IPV4_UNICAST}))
    assert told(received, context=context, shared_networks=networks) == octets(OWN)


@pytest.mark.parametrize(
    ("rule", "networks", "expected"),
    [(AUTO, (), LEARNED), (AUTO, NEAR, LEARNED), (SELF, NEAR, OWN), (KEEP, (), LEARNED)],
)
def test_a_route_server_is_not_on_the_way(
    rule: NextHopRule, networks: tuple[bytes, ...], expected: str
) -> None:
    """RFC 7947 §2.2.1."""
    settings: dict[str, Any] = {
        "is_route_server_client": True,
        "next_hop_rule": rule,
        "shared_networks": networks,
    }
    assert told(attributes(65001), **settings) == octets(expected)
    outcome = sent_as(group_key(**settings), discarded(STATIC))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(NEXT_HOP) == octets(OWN)
