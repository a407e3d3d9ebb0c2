"""Octets to compare instead of keys: the order they make is that of the steps, one after the other."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import AS_PATH, COMMUNITIES, LOCAL_PREF, MULTI_EXIT_DISC, NEXT_HOP, ORIGIN
from messages.attributes.as_path import AsPath, Segment
from messages.attributes.attribute import EXTENDED_LENGTH, Attribute, value_of, wrap
from messages.context import Context
from messages.iana import AttributeCode, SegmentType, WellKnownCommunity
from rib.decision_steps import BEFORE_MED, MERITS, TIE_BREAKS, Rules, Step, med_of, path_of
from rib.ranking import MERIT_OCTETS, REFUSED, Ranker
from rib.route import UNREACHABLE, Refusal, Route, Source
from tests.messages.plain_fields import FOUR_OCTETS, plain_fields
from tests.rib.building import SOMEWHERE, attributes, neighbor

WORDS = st.sampled_from([0, 1, 100, 0xFFFF_FFFF])
SECONDS = st.sampled_from([0, 1 << 33])
AS_NUMBERS = st.sampled_from([65001, 65002])
NEXT_HOPS = st.sampled_from([bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))])
SOME_COMMUNITIES = st.one_of(FOUR_OCTETS, st.just(WellKnownCommunity.LLGR_STALE.to_bytes(4)))
ROWS: Sequence[Attribute[Any]] = (ORIGIN, AS_PATH, NEXT_HOP, MULTI_EXIT_DISC, LOCAL_PREF)
CODES = st.sampled_from([row.code for row in ROWS])
SEQUENCE = Segment(SegmentType.AS_SEQUENCE, (65001,))
PATHS = st.sampled_from(
    [
        *[None] * 5,
        AsPath.EMPTY,
        AsPath.from_segments(Segment(SegmentType.AS_SET, (65001, 65002))),
        AsPath.from_segments(SEQUENCE, Segment(SegmentType.AS_SET, (65002,))),
        AsPath.from_segments(Segment(SegmentType.AS_CONFED_SEQUENCE, (64901,)), SEQUENCE),
        AsPath.of(*[65001] * 300),
    ]
)
"""None leaves the path as it is; others are not plain."""
RULES = st.builds(Rules, *[st.booleans()] * 6)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """Neighbors and what their routes count as where they do not say."""
    external, number = draw(st.booleans()), draw(st.integers(1, 2))
    source = neighbor(
        f"n{number}", external=external, router_id=draw(WORDS), address=f"192.0.2.{draw(st.integers(1, 2))}"
    )
    source.default_local_pref, source.default_med = draw(WORDS), draw(WORDS)
    source.preference = draw(st.sampled_from([0, 100, 0xFFFF]))
    return source


def nearly_plain(raw: bytes, long: set[AttributeCode], path: AsPath | None) -> AttributeSet:
    """Return attributes some of which have another form, or are of another kind."""
    pieces = dict(AttributeSet(raw).pieces())
    if path is not None:
        pieces[AS_PATH.code] = wrap(AS_PATH.flags, AS_PATH.code, path.wire)
    for code in long & pieces.keys():
        flags, value = pieces[code][0], value_of(pieces[code])
        pieces[code] = bytes((flags | EXTENDED_LENGTH, code)) + len(value).to_bytes(2) + value
    return AttributeSet(b"".join(pieces.values()))


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Routes of plain attributes, and of sets that are nearly plain."""
    return draw(st.sampled_from(draw(twins())))


@st.composite
def twins(draw: st.DrawFn) -> tuple[Route, Route]:
    """Two routes that differ in little, one of plain attributes and one of a set."""
    source = draw(sources())
    raw = draw(
        plain_fields(AS_NUMBERS, NEXT_HOPS, SOME_COMMUNITIES, FOUR_OCTETS, is_external=source.external)
    )
    plain = AttributeSetTable(Context(external=source.external)).plain(raw) or AttributeSet(raw)
    other = nearly_plain(raw, draw(st.sets(CODES, max_size=1)), draw(PATHS))
    metric, since, destination = draw(WORDS), draw(SECONDS), draw(st.sampled_from([SOMEWHERE, UNREACHABLE]))
    return (
        Route(source, plain, destination, since, igp_metric=metric),
        Route(draw(st.one_of(st.just(source), sources())), other, SOMEWHERE, since, igp_metric=metric),
    )


def keys(route: Route, steps: Iterable[Step], rules: Rules) -> list[Any]:
    return [step.key(route) for step in steps if rules.takes(step)]


def order(one: Any, other: Any) -> int:
    """Return which is lower: less than 0 if it is the first, 0 if they are equal."""
    return int(one > other) - int(one < other)


@given(st.one_of(twins(), st.tuples(routes(), routes())), RULES)
def test_one_comparison_comes_to_the_same_as_the_steps(both: tuple[Route, Route], rules: Rules) -> None:
    one, other = both
    ranker = Ranker(rules)
    assert order(ranker.degree(one), ranker.degree(other)) == order(
        keys(one, BEFORE_MED, rules), keys(other, BEFORE_MED, rules)
    )
    ours, theirs = ranker.ranking(one), ranker.ranking(other)
    after_med = (*MERITS, *TIE_BREAKS)
    assert order(ours[:-2], theirs[:-2]) == order(keys(one, after_med, rules), keys(other, after_med, rules))
    assert order(ours.packed[:MERIT_OCTETS], theirs.packed[:MERIT_OCTETS]) == order(
        keys(one, MERITS, rules), keys(other, MERITS, rules)
    )


@pytest.mark.parametrize("code", [row.code for row in ROWS])
def test_attributes_in_another_form_rank_the_same(code: AttributeCode) -> None:
    """Lengths may take two octets where one would do (RFC 4271 §4.3)."""
    source = neighbor("n", external=False)
    plain = attributes(65001, med=7, local_pref=200, rows={COMMUNITIES: (7,)}).wire
    other = nearly_plain(plain, {code}, None)
    ranker = Ranker(Rules(med_metric=True))
    one, two = Route(source, plain, SOMEWHERE, 0), Route(source, other, SOMEWHERE, 0)
    assert one.attributes.wire != two.attributes.wire
    assert ranker.degree(one) == ranker.degree(two)


@given(routes(), RULES)
def test_what_the_comparison_of_med_needs_is_beside_it(made: Route, rules: Rules) -> None:
    """Where all routes are compared on MED, it is no longer looked at after that."""
    ranking = Ranker(rules).ranking(made)
    assert ranking.neighbor_as == path_of(made).neighbor_as
    assert ranking.med == (0 if rules.med_metric else med_of(made))


@given(routes(), RULES)
def test_what_is_refused_is_behind_all_others(made: Route, rules: Rules) -> None:
    ranker = Ranker(rules)
    refused = Route(made.source, made.said, UNREACHABLE, 0, Refusal.AS_LOOP)
    assert ranker.degree(refused) == REFUSED
    assert ranker.degree(made) < REFUSED
