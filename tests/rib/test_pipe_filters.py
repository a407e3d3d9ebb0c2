"""Filters of pipes: what they change, which prefixes share a copy, and how often they are asked."""

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from rib import pipe as pipe_module
from rib.policy import Accepted, Policy, Reading
from rib.route import Destination, DestinationKind, Route, Source
from tests.rib.building import SOMEWHERE, attributes, key, neighbor, route
from tests.rib.judging import Watched, by_prefix, is_long, of_all_readings, refused, stamped
from tests.rib.plumbing import Plumbing

P, Q, R = key("10.0.0.0/8"), key("10.1.0.0/16"), key("11.0.0.0/8")
ALL = [P, Q, R]
SAID = attributes(65001)
HOLE = Destination(DestinationKind.BLACKHOLE)
both_modes = pytest.mark.parametrize("opaque", [False, True], ids=["transparent", "opaque"])


def laid(policy: Policy, *, opaque: bool = False) -> tuple[Plumbing, Source]:
    """Return two tables with a pipe between them, and a neighbor with a route to everything."""
    pipes = Plumbing("master", "blue")
    pipes.lay("master", "blue", policy, opaque=opaque)
    source = neighbor("a")
    pipes["master"].announce(route(source, SAID), ALL)
    pipes.settle()
    return pipes, source


def arrived(pipes: Plumbing) -> dict[PrefixKey, Route]:
    return {each: found for each in ALL if (found := pipes["blue"].best(each)) is not None}


@both_modes
@pytest.mark.parametrize("policy", of_all_readings(refused), ids=lambda policy: policy.name)
def test_some_prefixes_get_through_and_others_do_not(policy: Policy, opaque: bool) -> None:
    pipes, source = laid(policy, opaque=opaque)
    wanted = {"all": set(), "long ones": {P, R}, "/16": {P, R}}[policy.name]
    assert arrived(pipes).keys() == wanted
    pipes["master"].announce(route(source, attributes(65001, 65002)), ALL)
    pipes.settle()
    assert arrived(pipes).keys() == wanted
    assert {made.attributes.wire for made in arrived(pipes).values()} <= {attributes(65001, 65002).wire}
    pipes["master"].withdraw(source, ALL)
    pipes.settle()
    assert len(pipes["blue"]) == 0


def test_paths_get_through_by_their_prefix() -> None:
    pipes = Plumbing("master", "blue")
    pipes.lay("master", "blue", by_prefix("no /16", lambda said, each: None if each == Q else said))
    source = neighbor("a")
    pipes["master"].announce_paths(route(source, SAID), [make_path(7, each) for each in ALL])
    pipes.settle()
    assert arrived(pipes).keys() == {P, R}
    pipes["master"].withdraw_paths(source, [make_path(7, each) for each in ALL])
    pipes.settle()
    assert len(pipes["blue"]) == 0


@both_modes
@pytest.mark.parametrize(
    ("reading", "times"), [(Reading.ROUTE, 1), (Reading.KINDS, 2), (Reading.PREFIX, 3)], ids=str
)
def test_a_filter_is_asked_once_for_what_it_treats_alike(reading: Reading, times: int, opaque: bool) -> None:
    watched = Watched(reading)
    pipes, source = laid(watched.policy, opaque=opaque)
    assert len(watched.asked) == len(watched.aloud) == times
    assert len({*arrived(pipes).values()}) == 1
    pipes["master"].withdraw(source, ALL)
    pipes.settle()
    assert len(watched.asked) == times


@both_modes
def test_prefixes_share_the_copies_that_look_alike(opaque: bool) -> None:
    """However it came to that: 10.1.0.0/16 and 11.0.0.0/8 are given the same mark."""
    found = arrived(laid(by_prefix("stamped", stamped), opaque=opaque)[0])
    assert [found[each].attributes.get(COMMUNITIES) for each in ALL] == [(10,), (11,), (11,)]
    assert found[Q] is found[R]


def test_what_was_forgotten_is_asked_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a filter prints of a route is printed when it comes, not when it goes."""
    monkeypatch.setattr(pipe_module, "_MOST_REMEMBERED", 1)
    watched = Watched(Reading.PREFIX)
    pipes, source = laid(watched.policy)
    watched.asked.clear()
    pipes["master"].withdraw(source, ALL[:2])
    pipes.settle()
    assert watched.asked
    assert watched.aloud == []
    assert arrived(pipes).keys() == {R}


def _led_elsewhere(_route: Route, said: AttributeSet, each: PrefixKey) -> Accepted:
    return Accepted(said.annotated({"krt_metric": 7}), 150 if is_long(each) else 100, HOLE)


@pytest.mark.parametrize(("opaque", "usual"), [(False, 100), (True, 70)], ids=["transparent", "opaque"])
def test_preference_way_and_notes_are_the_filters(opaque: bool, usual: int) -> None:
    """An opaque pipe gives its own preference to what the filter leaves alone."""
    found = arrived(laid(Watched(Reading.KINDS, _led_elsewhere).policy, opaque=opaque)[0])
    assert {each: made.preference for each, made in found.items()} == {P: usual, Q: 150, R: usual}
    assert {made.destination for made in found.values()} == {HOLE}
    assert {made.attributes.local["krt_metric"] for made in found.values()} == {7}


def test_another_preference_gets_through_though_nothing_else_changes() -> None:
    """The import filter of the neighbor may set it, and another one may take its place."""
    pipes, source = laid(Policy.ALL)
    preferred = route(source, SAID)
    preferred.preference = 170
    for each in ALL:
        (old,) = pipes["master"].routes(each)
        pipes["master"].substitute(each, old, preferred)
    pipes.settle()
    assert {made.preference for made in arrived(pipes).values()} == {170}
    assert {made.destination for made in arrived(pipes).values()} == {SOMEWHERE}
