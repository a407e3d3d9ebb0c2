"""Plain attributes on their way in and out, and in the ranking, against the way that all others take.

The same octets are given once as they are, which is plain, and once as a set of attributes, which is not:
nobody may be able to tell the difference.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.context import Context
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, make_key, parse_address
from messages.iana import Role
from rib.as_paths import PrivateAs
from rib.decision_steps import Rules
from rib.egress import GroupKey, NextHopRule
from rib.loc_rib import LocRib
from rib.outgoing import NlriKey
from rib.policy import Policy
from rib.ranking import Ranker
from rib.route import Route, Source
from rib.table import Table
from rib.views import Views
from tests.messages.plain_fields import FOUR_OCTETS, plain_fields
from tests.rib.building import SOMEWHERE, attributes, group_key, key, neighbor
from tests.rib.entrance import ROUTER_ID, ingress
from tests.rib.world import KEYS, World

Step: TypeAlias = tuple[int, bytes | None, set[PrefixKey]]

OURS: Final = 64512
AS_NUMBERS: Final = st.sampled_from([65001, 65002, OURS, 64901, 23456, 0x00010000, 4_200_000_000])
NEXT_HOPS: Final = st.sampled_from(["192.0.2.254", "192.0.2.9", "192.0.2.1", "198.51.100.1"]).map(
    parse_address
)
"""On the link to the neighbor, our own, and where nothing leads."""
COMMUNITIES: Final = st.one_of(
    FOUR_OCTETS,
    st.sampled_from([0xFFFF0000, 0xFFFF029A, 0xFFFF0006, 0xFFFFFF01, 0xFFFFFF02, 0xFFFFFF03, OURS]).map(
        lambda community: community.to_bytes(4)
    ),
)
"""Among them GRACEFUL_SHUTDOWN, BLACKHOLE, LLGR_STALE, NO_EXPORT, NO_ADVERTISE and NO_EXPORT_SUBCONFED."""
IDENTIFIERS: Final = st.sampled_from([bytes((0, 0, 0, 7)), bytes((0, 0, 0, 8)), ROUTER_ID.to_bytes(4)])
PREFIX: Final = key("203.0.113.0/24")


def fields_from(*, is_external: bool) -> st.SearchStrategy[bytes]:
    """Plain attributes that such a neighbor may send."""
    fields = plain_fields(AS_NUMBERS, NEXT_HOPS, COMMUNITIES, IDENTIFIERS, is_external=is_external)
    plain = AttributeSetTable(Context(external=is_external)).plain
    return fields.filter(lambda raw: plain(raw) is not None)


FIELDS: Final = {is_external: fields_from(is_external=is_external) for is_external in (False, True)}


@st.composite
def said(draw: st.DrawFn) -> tuple[Source, bytes]:
    """Draw a neighbor, and plain attributes that it may send."""
    source = neighbor("n", external=draw(st.booleans()), router_id=draw(st.integers(0, 3)))
    source.recursive = draw(st.booleans())
    source.is_client = not source.external and draw(st.booleans())
    source.default_med = draw(st.sampled_from([0, 5]))
    source.default_local_pref = draw(st.sampled_from([100, 1]))
    return source, draw(FIELDS[source.external])


ADMISSIONS: Final = st.fixed_dictionaries(
    {
        "local_as": st.sampled_from([OURS, OURS, 65001]),
        "peer_as": st.sampled_from([65001, 65002]),
        "allow_local_as": st.sampled_from([0, 0, 1]),
        "enforce_first_as": st.sampled_from([False, False, True]),
        "accepts_blackhole": st.booleans(),
        "other_as": st.sampled_from([0, 65002]),
        "cluster_ids": st.sampled_from([frozenset[int](), frozenset({7, ROUTER_ID})]),
        "keep_refused": st.booleans(),
    }
)
"""What may be agreed with a neighbor (``rib.admission``)."""
SPECIAL_ADMISSIONS: Final[Sequence[dict[str, Any]]] = [
    {},
    {"policy": Policy.MISSING},
    {"role": Role.PEER},
    {"role": Role.CUSTOMER},
    {"is_draining": True},
    {"prepended": 64999},
    {"confederation_id": 64500},
]
"""What keeps routes off the short way; each alone must."""


def name_of(special: dict[str, Any]) -> str:
    """Return what makes neighbors special."""
    return " ".join(f"{name}={value}" for name, value in special.items()) or "nothing special"


def facts(route: Route) -> dict[str, Any]:
    """Return all that anybody can ask of a route."""
    return {
        "source": route.source,
        "attributes": route.attributes.wire,
        "received": route.received.wire,
        "notes": dict(route.notes),
        "destination": route.destination,
        "refusal": route.refusal,
        "is_filtered": route.is_filtered,
        "is_pinned": route.is_pinned,
        "igp_metric": route.igp_metric,
        "preference": route.preference,
        "since": route.since,
        "epoch": route.epoch,
    }


@pytest.mark.parametrize("special", SPECIAL_ADMISSIONS, ids=name_of)
@settings(max_examples=100)
@given(made=said(), admission=ADMISSIONS)
def test_plain_attributes_come_in_like_all_others(
    special: dict[str, Any], made: tuple[Source, bytes], admission: dict[str, Any]
) -> None:
    """RFC 4271 §9.1.1, §9.1.2; RFC 4456 §8; RFC 7999; RFC 8326."""
    source, raw = made
    short, long = (ingress(source, **admission, **special) for _ in range(2))
    expected = facts(long.route(AttributeSet(raw), 1))
    assert facts(short.route(raw, 1)) == expected
    [(again, keys)] = ingress(source, **admission, **special).plain_routes([(raw, [PREFIX])], 1)
    assert (facts(again), keys) == (expected, [PREFIX])


@pytest.mark.parametrize("first_is_plain", [True, False])
def test_the_same_said_in_another_form_is_nothing_new(first_is_plain: bool) -> None:
    """RFC 4271 §9: what is repeated in an UPDATE that also withdraws keeps its age (RFC 5004 §3)."""
    table = Table("master", IPV4_UNICAST)
    source = neighbor("n")
    raw = attributes(65001).wire
    plain, other = Route(source, raw, SOMEWHERE, 1), Route(source, AttributeSet(raw), SOMEWHERE, 1)
    first, again = (plain, other) if first_is_plain else (other, plain)
    again.since = 2
    table.announce(first, KEYS)
    LocRib(table).run(100)
    table.announce(again, KEYS)
    assert not table.unsettled
    assert table.best(KEYS[0]) is first


GROUP_KEYS: Final = st.fixed_dictionaries(
    {
        "next_hop_rule": st.sampled_from(NextHopRule),
        "own_next_hop": st.sampled_from([*[parse_address("192.0.2.1")] * 3, b""]),
        "is_client": st.booleans(),
        "cluster_id": st.just(ROUTER_ID),
        "confederation_id": st.sampled_from([0, 64500]),
        "prepended": st.sampled_from([(), (OURS,) * 3, (65010, OURS), tuple(range(1, 65))]),
        "neighbor_as": st.sampled_from([0, 65002]),
        "shared_networks": st.sampled_from([(), (make_key(parse_address("192.0.2.0"), 24),)]),
    }
)
"""What may be agreed with those who are told (``rib.egress``)."""
SPECIAL_GROUP_KEYS: Final[Sequence[dict[str, Any]]] = [
    {},
    {"context": Context(external=False)},
    {"context": Context(as_number_octets=2)},
    {"policy": Policy.MISSING},
    {"role": Role.PROVIDER},
    {"role": Role.CUSTOMER},
    {"is_draining": True},
    {"is_route_server_client": True},
    {"override_as": 65002},
    {"private_as": PrivateAs.REMOVE},
    {"private_as": PrivateAs.REPLACE},
]


@pytest.mark.parametrize("special", SPECIAL_GROUP_KEYS, ids=name_of)
@settings(max_examples=100)
@given(routes=st.lists(said(), min_size=1, max_size=3), fields=GROUP_KEYS)
def test_plain_attributes_leave_like_all_others(
    special: dict[str, Any], routes: list[tuple[Source, bytes]], fields: dict[str, Any]
) -> None:
    """RFC 4271 §5; what is remembered of one route does not show with the next."""
    terms = group_key(**fields, **special)
    short, long = Views(terms, 0), Views(terms, 0)
    for source, raw in routes:
        plain, other = both(source, raw)
        assert short.view(plain, PREFIX) == long.view(other, PREFIX)


STEPS: Final = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.one_of(st.none(), FIELDS[True], FIELDS[True]),
        st.sets(st.sampled_from(KEYS), min_size=1),
    ),
    max_size=5,
)
"""Who says what of which prefixes, nothing to withdraw them; the first is a member of the group, too."""


def held_after_each(steps: Sequence[Step], terms: GroupKey, *, plain: bool) -> list[dict[NlriKey, bytes]]:
    """Return what the one member of a group holds after each step."""
    world = World(members=1, group=terms)
    found = []
    for number, raw, prefixes in steps:
        source, keys = world.sources[number], sorted(prefixes)
        if raw is None:
            world.table.withdraw(source, keys)
        else:
            world.table.announce(both(source, raw)[not plain], keys)
        world.run()
        found.append(dict(world.receivers[world.sources[0]].holds))
    return found


@pytest.mark.parametrize(
    "special", [each for each in SPECIAL_GROUP_KEYS if "context" not in each], ids=name_of
)
@settings(max_examples=30)
@given(steps=STEPS, fields=GROUP_KEYS)
def test_neighbors_of_a_group_hold_the_same(
    special: dict[str, Any], steps: Sequence[Step], fields: dict[str, Any]
) -> None:
    """Whatever is said at once of routes that came by the short way, and whatever takes their place."""
    terms = group_key(**fields, **special)
    assert held_after_each(steps, terms, plain=True) == held_after_each(steps, terms, plain=False)


def both(source: Source, raw: bytes, igp_metric: int = 0, since: int = 1) -> tuple[Route, Route]:
    """Return the same route as it came by the short way and by the long one; it leads somewhere."""
    short, long = ingress(source).route(raw, since), ingress(source).route(AttributeSet(raw), since)
    return short.leading_to(SOMEWHERE, None, igp_metric), long.leading_to(SOMEWHERE, None, igp_metric)


RULES: Final = st.builds(
    Rules,
    path_metric=st.booleans(),
    med_metric=st.booleans(),
    igp_metric=st.booleans(),
    prefer_older=st.booleans(),
    unresolvable_last=st.booleans(),
)


@settings(max_examples=300)
@given(said(), RULES, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_plain_attributes_rank_like_all_others(
    made: tuple[Source, bytes], rules: Rules, igp_metric: int, since: int
) -> None:
    """RFC 4271 §9.1.2.2: octets that are picked out make the same keys as values."""
    source, raw = made
    plain, other = both(source, raw, igp_metric, since)
    ranker = Ranker(rules)
    assert ranker.degree(plain) == ranker.degree(other)
    assert ranker.ranking(plain) == ranker.ranking(other)
