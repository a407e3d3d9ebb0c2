"""Random networks: who is in which AS, who is whose client, who talks to whom.

A network must be able to come to rest, whoever implements BGP in it:

- MULTI_EXIT_DISC makes route reflection and confederations oscillate without end (RFC 3345). Where there
  are any, no route has one; in networks of external neighbors and full meshes, where everybody sees all exits
  of the AS, all routes may. It is the same with metrics of the ways to next hops.
- With BIRD's rule for next hops that can't be reached (``unresolvable_last``) a lost next hop makes a longer
  path better, at one place only; three such places can oscillate, and a route server passes a route on to
  itself. There only those lose next hops who pass nothing on.
- ``policies`` tells what policies may do.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any, Final

from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.iana import Role
from rib.decision_steps import Rules
from rib.egress import NextHopRule
from tests.simulator.terms import ALL_PATHS, Agreement, Identity, Terms, Topology

_INTERNAL: Final = Terms(external=False)
_CLIENT: Final = Terms(external=False, is_client=True)
_FIRST_AS: Final = 64512
_OWN_AS: Final = 64600
"""Of the AS that has more than one speaker."""
_ROLES: Final = (
    (Role.PROVIDER, Role.CUSTOMER),
    (Role.CUSTOMER, Role.PROVIDER),
    (Role.PEER, Role.PEER),
)
"""What two neighbors can be to each other (RFC 9234 §4.2)."""
Build = Callable[["Builder"], None]


class Builder:
    """What is chosen at random on the way to a topology."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        choose = self.random
        self.count = choose.randint(3, 8)
        self.family: Family = choose.choice((IPV4_UNICAST, IPV4_UNICAST, IPV6_UNICAST))
        self.rules = Rules(
            med_metric=choose.random() < 0.15,
            igp_metric=choose.random() < 0.8,
            unresolvable_last=choose.random() < 0.2,
        )
        self.identities: list[Identity] = []
        self.links: list[Agreement] = []

    def speakers(self, count: int, asn: int | None = None, **more: Any) -> list[int]:
        """Add speakers, of one AS or each of its own; return their numbers."""
        first = len(self.identities)
        for number in range(first, first + count):
            own = _FIRST_AS + number if asn is None else asn
            self.identities.append(Identity(number, own, rules=self.rules, **more))
        return list(range(first, first + count))

    def link(self, one: int, other: int, ours: Terms, theirs: Terms) -> None:
        self.links.append(Agreement((one, other), (ours, theirs)))

    def external(self, one: int, other: int) -> None:
        self.link(one, other, Terms(), Terms())

    def mesh(self, members: Sequence[int]) -> None:
        """RFC 4271 §9.2: everybody in the AS talks to everybody."""
        for one, other in combinations(members, 2):
            self.link(one, other, _INTERNAL, _INTERNAL)

    def client(self, reflector: int, client: int) -> None:
        self.link(reflector, client, _CLIENT, _INTERNAL)

    def outsiders(self, count: int, inside: Sequence[int]) -> None:
        """Add speakers in other ASes with one neighbor inside or two; now and then two are neighbors."""
        choose = self.random
        outside = self.speakers(count)
        for number in outside:
            for neighbor in choose.sample(inside, min(len(inside), choose.choice((1, 1, 2)))):
                self.external(number, neighbor)
        if count > 1 and choose.random() < 0.4:
            self.external(*choose.sample(outside, 2))


def _external_mesh(builder: Builder) -> None:
    choose = builder.random
    numbers = builder.speakers(builder.count)
    for one, other in pairwise(numbers):
        builder.external(one, other)
    for one, other in combinations(numbers, 2):
        if other - one > 1 and choose.random() < 0.25:
            builder.external(one, other)


def _internal_mesh(builder: Builder) -> None:
    inside = builder.speakers(builder.random.randint(2, builder.count - 1), _OWN_AS)
    builder.mesh(inside)
    builder.outsiders(builder.count - len(inside), inside)


def _two_meshes(builder: Builder) -> None:
    choose = builder.random
    half = max(2, builder.count // 2)
    west, east = builder.speakers(half, _OWN_AS), builder.speakers(half, _OWN_AS + 1)
    builder.mesh(west)
    builder.mesh(east)
    for one, other in zip(choose.sample(west, min(2, half)), choose.sample(east, min(2, half)), strict=True):
        builder.external(one, other)


def _reflection(builder: Builder) -> None:
    """One or two reflectors, of one cluster or of two; all clients of both, or each of one; non-clients."""
    choose = builder.random
    shared = 77 if choose.random() < 0.5 else 0
    reflectors = builder.speakers(choose.choice((1, 2, 2)), _OWN_AS, cluster_id=shared)
    clients = builder.speakers(choose.randint(2, 3), _OWN_AS)
    others = builder.speakers(choose.randint(0, 1), _OWN_AS)
    builder.mesh(reflectors + others)
    for client in clients:
        for reflector in choose.sample(reflectors, choose.randint(1, len(reflectors))):
            builder.client(reflector, client)
    builder.outsiders(choose.randint(1, 2), clients + others)


def _hierarchy(builder: Builder) -> None:
    """A reflector whose clients are reflectors (RFC 4456 §7); two clusters of one speaker are two ids."""
    choose = builder.random
    own = choose.choice((frozenset[int](), frozenset({90}), frozenset({90, 91})))
    (top,) = builder.speakers(1, _OWN_AS, more_cluster_ids=own)
    middle = builder.speakers(2, _OWN_AS, cluster_id=choose.choice((0, 88)))
    low = builder.speakers(choose.randint(2, 3), _OWN_AS)
    for number, reflector in enumerate(middle):
        terms = replace(_CLIENT, cluster_id=90 + number if 90 + number in own else 0)
        builder.link(top, reflector, terms, _INTERNAL)
    for client in low:
        for reflector in choose.sample(middle, choose.randint(1, 2)):
            builder.client(reflector, client)
    builder.outsiders(1, low)


def _route_server(builder: Builder) -> None:
    """Clients of one route server (RFC 7947), some of them neighbors of each other."""
    choose = builder.random
    (server,) = builder.speakers(1)
    clients = builder.speakers(builder.count - 1)
    for client in clients:
        builder.link(server, client, Terms(is_route_server_client=True), Terms())
    for one, other in combinations(clients, 2):
        if choose.random() < 0.2:
            builder.external(one, other)


def _confederation(builder: Builder) -> None:
    """Member ASes in a row, each a full mesh (RFC 5065), with outsiders at any of them."""
    choose = builder.random
    members: list[list[int]] = []
    for number in range(choose.randint(2, 3)):
        size = choose.randint(1, 2)
        members.append(builder.speakers(size, 65001 + number, confederation_id=_OWN_AS))
        builder.mesh(members[-1])
    member_terms = Terms(external=False, confederation=True)
    for west, east in pairwise(members):
        builder.link(choose.choice(west), choose.choice(east), member_terms, member_terms)
    builder.outsiders(choose.randint(1, 2), [number for member in members for number in member])


_WITH_MED: Final[dict[str, Build]] = {
    "external mesh": _external_mesh,
    "internal mesh": _internal_mesh,
    "two meshes": _two_meshes,
    "route server": _route_server,
}
_WITHOUT_MED: Final[dict[str, Build]] = {
    "reflection": _reflection,
    "hierarchy": _hierarchy,
    "confederation": _confederation,
}
KINDS: Final = {**_WITH_MED, **_WITHOUT_MED}


def random_topology(seed: str, kind: str | None = None) -> Topology:
    """Return the network that the seed makes, of the given kind or of any."""
    builder = Builder(seed)
    chosen = kind or builder.random.choice(list(KINDS))
    KINDS[chosen](builder)
    restarts = random.Random(f"{seed} restarts")
    return Topology(
        chosen,
        builder.family,
        tuple(builder.identities),
        tuple(_restarting(_varied(link, builder.random), restarts) for link in builder.links),
        uses_med=chosen in _WITH_MED,
        stubs=_stubs(builder),
        losers=_losers(builder),
    )


def _links_of(builder: Builder) -> dict[int, list[Terms]]:
    """Return the terms at the end of each speaker."""
    found: dict[int, list[Terms]] = {}
    for link in builder.links:
        for end, terms in zip(link.ends, link.terms, strict=True):
            found.setdefault(end, []).append(terms)
    return found


def _stubs(builder: Builder) -> frozenset[int]:
    """Return who has one neighbor only, which is external."""
    ends = _links_of(builder).items()
    return frozenset(number for number, terms in ends if len(terms) == 1 and terms[0].external)


def _losers(builder: Builder) -> frozenset[int]:
    """Return who may lose next hops."""
    if not builder.rules.unresolvable_last:
        return frozenset(range(len(builder.identities)))
    ends = _links_of(builder).items()
    return frozenset(number for number, terms in ends if len(terms) == 1 or _passes_nothing_on(terms))


def _passes_nothing_on(links: Sequence[Terms]) -> bool:
    """RFC 4271 §9.2."""
    return not any(terms.external or terms.confederation or terms.is_client for terms in links)


def spoken_otherwise(link: Agreement, choose: random.Random) -> Agreement:
    """Return a link between the same two with other capabilities."""
    several = choose.random() < 0.3
    here, there = (_with_paths(terms, choose, several=several) for terms in link.terms)
    return _with_capabilities(replace(link, terms=(here, there)), choose)


def _varied(link: Agreement, choose: random.Random) -> Agreement:
    """Give a link what does not depend on the topology."""
    several = choose.random() < 0.3
    terms = tuple(_varied_terms(terms, choose, several=several) for terms in link.terms)
    if terms[0].external and choose.random() < 0.2:
        roles = (Role.RS, Role.RS_CLIENT) if terms[0].is_route_server_client else choose.choice(_ROLES)
        terms = tuple(replace(ours, role=role) for ours, role in zip(terms, roles, strict=True))
    return _with_capabilities(replace(link, terms=(terms[0], terms[1])), choose)


def _with_capabilities(link: Agreement, choose: random.Random) -> Agreement:
    return replace(
        link,
        enhanced_refresh=choose.random() < 0.7,
        as_number_octets=choose.choice((4, 4, 2)),
        message_octets=choose.choice((4096, 4096, 65535)),
    )


def _varied_terms(terms: Terms, choose: random.Random, *, several: bool) -> Terms:
    changed = replace(
        terms,
        next_hop_rule=NextHopRule.SELF if choose.random() < 0.15 else terms.next_hop_rule,
        keep_refused=choose.random() < 0.7,
        recursive=choose.random() < 0.3,
    )
    return _with_paths(changed, choose, several=several)


def _with_paths(terms: Terms, choose: random.Random, *, several: bool) -> Terms:
    return replace(
        terms,
        sends_paths=choose.choice((1, 2, 3, ALL_PATHS)) if several else 1,
        receives_paths=several and choose.random() < 0.8,
    )


def _restarting(link: Agreement, choose: random.Random) -> Agreement:
    """Say what the two do for each other when one of them restarts (RFC 4724, RFC 8538)."""
    here, there = (
        replace(
            terms,
            graceful_restart=choose.choice(("full", "full", "full", "helper", "off")),
            restart_time=choose.choice((5, 30, 120)),
            after_notification=choose.random() < 0.7,
            long_lived=choose.choice(("full", "helper", "off")),
            stale_time=choose.choice((10, 1000)),
        )
        for terms in link.terms
    )
    return replace(link, terms=(here, there))
