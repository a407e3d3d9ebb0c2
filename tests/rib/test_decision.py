"""The decision process, step by step and against the oracle (RFC 4271 §9.1.2.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attributes import CLUSTER_LIST, ORIGINATOR_ID
from messages.iana import Origin
from rib.decision import explain, select
from rib.route import Route, Source, SourceKind
from tests.rib.building import attributes, neighbor, route
from tests.rib.oracle import select_as_the_rfc_words_it

A = neighbor("a", router_id=1, address="192.0.2.1")
B = neighbor("b", router_id=2, address="192.0.2.2")
INTERNAL = neighbor("i", external=False, router_id=0)
STATIC = Source("static1", SourceKind.STATIC)

STEPS = [
    ("higher preference", route(STATIC, attributes()), route(A, attributes(65001))),
    ("higher LOCAL_PREF", route(B, attributes(1, 2, local_pref=101)), route(A, attributes(1))),
    ("shorter AS_PATH", route(B, attributes(65002)), route(A, attributes(65001, 65003))),
    ("lower ORIGIN", route(B, attributes(65001)), route(A, attributes(65001, origin=Origin.EGP))),
    ("lower MULTI_EXIT_DISC", route(B, attributes(65001, med=5)), route(A, attributes(65001, med=6))),
    ("external over internal", route(B, attributes(65001)), route(INTERNAL, attributes(65001))),
    (
        "lower IGP metric",
        route(B, attributes(65001), igp_metric=1),
        route(A, attributes(65001), igp_metric=2),
    ),
    ("lower router ID", route(A, attributes(65001)), route(B, attributes(65002))),
    (
        "lower router ID",
        route(B, attributes(65001, rows={ORIGINATOR_ID: 0})),
        route(A, attributes(65001)),
    ),
    (
        "shorter CLUSTER_LIST",
        route(neighbor("x", router_id=1, address="192.0.2.9"), attributes(65001)),
        route(A, attributes(65001, rows={CLUSTER_LIST: (7,)})),
    ),
    (
        "lower peer address",
        route(A, attributes(65001)),
        route(neighbor("y", router_id=1, address="192.0.2.9"), attributes(65001)),
    ),
    ("protocol name", route(neighbor("b1"), attributes(65001)), route(neighbor("b2"), attributes(65001))),
]


@pytest.mark.parametrize(("step", "better", "worse"), STEPS, ids=[row[0] for row in STEPS])
def test_each_step_decides_in_its_place(step: str, better: Route, worse: Route) -> None:
    assert select([better, worse]) is better
    assert select([worse, better]) is better
    assert explain(better, worse).name == step


def test_med_is_compared_within_one_neighboring_as_only() -> None:
    """RFC 4271 §9.1.2.2 c: ``high`` beats a stranger but not its sibling ``low``."""
    high = route(neighbor("high", router_id=1), attributes(65001, med=50))
    low = route(neighbor("low", router_id=9), attributes(65001, med=10))
    stranger = route(neighbor("stranger", router_id=5), attributes(64501, med=99))
    assert select([high, stranger]) is high
    assert select([high, low, stranger]) is stranger


def test_two_routes_that_tie_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="tie"):
        explain(route(A, attributes(65001)), route(A, attributes(65001)))


candidates = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2]),  # router id
        st.booleans(),  # external
        st.sampled_from([(1,), (2,), (1, 3), (2, 3), ()]),
        st.sampled_from([None, 0, 10, 20]),
        st.sampled_from([None, 100, 200]),
        st.sampled_from([0, 5]),
    ),
    min_size=1,
    max_size=6,
)


@given(candidates)
def test_select_is_the_rfc_in_any_order(rows: list[tuple[int, bool, tuple[int, ...], int, int, int]]) -> None:
    routes = [
        route(
            neighbor(f"n{number}", external=external, router_id=router_id, address=f"192.0.2.{number}"),
            attributes(*path, med=med, local_pref=local_pref),
            igp_metric=metric,
        )
        for number, (router_id, external, path, med, local_pref, metric) in enumerate(rows)
    ]
    expected = select_as_the_rfc_words_it(routes)
    assert select(routes) is expected
    assert select(routes[::-1]) is expected
