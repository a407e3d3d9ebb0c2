"""Route reflection: who is sent what, with which marks, and what is refused when it comes back (RFC 4456)."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGINATOR_ID,
)
from rib.egress import GroupKey, Withheld
from rib.route import Refusal, Source, SourceKind
from tests.rib.building import attributes, group_key, neighbor, route, sent_as
from tests.rib.entrance import ROUTER_ID, ingress

CLUSTER, OTHER_CLUSTER, SENDER_ID = 0xF4000001, 0xF4000002, 0xC0000207


def internal(cluster_id: int | None) -> Source:
    """Return an internal neighbor, a client if it is in a cluster."""
    source = neighbor("i", external=False, router_id=SENDER_ID)
    source.is_client = cluster_id is not None
    source.cluster_id = cluster_id or 0
    return source


def towards(cluster_id: int, *, is_client: bool) -> GroupKey:
    return group_key(external=False, is_client=is_client, cluster_id=cluster_id)


CLIENT, NON_CLIENT = internal(CLUSTER), internal(None)
EXTERNAL, OWN = neighbor("e"), Source("static1", SourceKind.STATIC)
TO_CLIENT, TO_NON_CLIENT = towards(CLUSTER, is_client=True), towards(CLUSTER, is_client=False)
TO_EXTERNAL = group_key()
WITHHELD, SENT, REFLECTED = "withheld", "sent", "reflected"


@pytest.mark.parametrize(
    ("source", "receiver", "expected"),
    [
        (EXTERNAL, TO_EXTERNAL, SENT),
        (EXTERNAL, TO_CLIENT, SENT),
        (EXTERNAL, TO_NON_CLIENT, SENT),
        (CLIENT, TO_EXTERNAL, SENT),
        (CLIENT, TO_CLIENT, REFLECTED),
        (CLIENT, TO_NON_CLIENT, REFLECTED),
        (NON_CLIENT, TO_EXTERNAL, SENT),
        (NON_CLIENT, TO_CLIENT, REFLECTED),
        (NON_CLIENT, TO_NON_CLIENT, WITHHELD),
        (OWN, TO_EXTERNAL, SENT),
        (OWN, TO_CLIENT, SENT),
        (OWN, TO_NON_CLIENT, SENT),
    ],
)
def test_who_is_sent_what(source: Source, receiver: GroupKey, expected: str) -> None:
    """RFC 4456 §6, and RFC 4271 §9.2 between those who are not clients."""
    outcome = sent_as(receiver, route(source, attributes(65001)))
    if expected == WITHHELD:
        assert outcome is Withheld.INTERNAL_TO_INTERNAL
    else:
        assert isinstance(outcome, AttributeSet)
        marked = (ORIGINATOR_ID in outcome, CLUSTER_LIST in outcome)
        assert marked == ((True, True) if expected == REFLECTED else (False, False))


@pytest.mark.parametrize(
    ("source", "receiver", "before", "after"),
    [
        (NON_CLIENT, TO_CLIENT, (), (CLUSTER,)),
        (CLIENT, TO_NON_CLIENT, (), (CLUSTER,)),
        (CLIENT, TO_CLIENT, (), (CLUSTER,)),
        (NON_CLIENT, TO_CLIENT, (7, 8), (CLUSTER, 7, 8)),
        # the cluster that a route comes from, then the one that it goes to
        (CLIENT, towards(OTHER_CLUSTER, is_client=False), (7,), (CLUSTER, 7)),
        (CLIENT, towards(OTHER_CLUSTER, is_client=True), (7,), (OTHER_CLUSTER, CLUSTER, 7)),
        (NON_CLIENT, towards(OTHER_CLUSTER, is_client=True), (7,), (OTHER_CLUSTER, 7)),
    ],
)
def test_the_clusters_on_the_way_are_listed(
    source: Source, receiver: GroupKey, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    """RFC 4456 §8."""
    received = attributes(65001, rows={CLUSTER_LIST: before} if before else {})
    outcome = sent_as(receiver, route(source, received))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(CLUSTER_LIST) == after
    assert outcome.get(ORIGINATOR_ID) == SENDER_ID


def test_the_first_reflector_says_who_originated_a_route() -> None:
    """RFC 4456 §8: an ORIGINATOR_ID that is there stays."""
    outcome = sent_as(TO_CLIENT, route(CLIENT, attributes(65001, rows={ORIGINATOR_ID: 99})))
    assert isinstance(outcome, AttributeSet)
    assert outcome.get(ORIGINATOR_ID) == 99


def test_a_reflector_changes_nothing_else() -> None:
    """RFC 4456 §10."""
    received = attributes(65001, med=5, local_pref=200)
    outcome = sent_as(TO_CLIENT, route(CLIENT, received))
    assert isinstance(outcome, AttributeSet)
    kept = (AS_PATH, NEXT_HOP, MULTI_EXIT_DISC, LOCAL_PREF)
    assert [outcome.get(row) for row in kept] == [received.get(row) for row in kept]


@pytest.mark.parametrize(
    ("source", "cluster_ids", "originator", "clusters", "refusal"),
    [
        (CLIENT, {CLUSTER}, SENDER_ID, (OTHER_CLUSTER,), None),
        (CLIENT, {CLUSTER}, ROUTER_ID, (), Refusal.ORIGINATOR_LOOP),
        (NON_CLIENT, {CLUSTER}, SENDER_ID, (7, CLUSTER), Refusal.CLUSTER_LOOP),
        (NON_CLIENT, {CLUSTER, OTHER_CLUSTER}, SENDER_ID, (OTHER_CLUSTER,), Refusal.CLUSTER_LOOP),
        # our router id is a cluster id only if there is no other
        (NON_CLIENT, {CLUSTER}, SENDER_ID, (ROUTER_ID,), None),
        (NON_CLIENT, set(), SENDER_ID, (ROUTER_ID,), Refusal.CLUSTER_LOOP),
        (NON_CLIENT, set(), SENDER_ID, (CLUSTER,), None),
        (EXTERNAL, {CLUSTER}, ROUTER_ID, (CLUSTER,), None),  # such attributes are discarded before
    ],
)
def test_what_we_reflected_is_refused_when_it_comes_back(
    source: Source,
    cluster_ids: set[int],
    originator: int,
    clusters: tuple[int, ...],
    refusal: Refusal | None,
) -> None:
    """RFC 4456 §8; with two reflectors of one cluster each refuses what the other reflected (§7)."""
    rows = {ORIGINATOR_ID: originator, CLUSTER_LIST: clusters or None}
    entry = ingress(source, cluster_ids=frozenset(cluster_ids))
    assert entry.route(attributes(65001, rows=rows), 0).refusal is refusal
