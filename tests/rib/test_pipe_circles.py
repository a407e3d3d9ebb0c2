"""Pipes may form circles: no route returns to where it has been, and none keeps itself alive."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.families.prefix import PrefixKey
from rib.policy import Policy
from rib.route import Source
from tests.rib.building import attributes, key, neighbor, route
from tests.rib.judging import by_prefix, of_all_readings, stamped
from tests.rib.plumbing import Plumbing

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
SHORT, LONG = attributes(65001), attributes(65001, 65002)
_NO_LONG_PATHS = of_all_readings(lambda said: None if len(said.wire) > 20 else said)
POLICIES = [Policy.ALL, *_NO_LONG_PATHS, by_prefix("stamped", stamped)]
NAMES = ("master", "blue", "green")
ENDS = [("master", "blue"), ("blue", "master"), ("blue", "green"), ("green", "master"), ("master", "green")]


def a_and_b() -> tuple[Source, Source]:
    return neighbor("a", router_id=1), neighbor("b", router_id=2)


def test_a_route_knows_where_it_has_been_and_does_not_return() -> None:
    pipes = Plumbing("master", "blue", "green")
    for origin, target in (("master", "blue"), ("blue", "green"), ("green", "master")):
        pipes.lay(origin, target)
    a, _ = a_and_b()
    pipes["master"].announce(route(a, SHORT), [P])
    pipes.settle()
    assert pipes.routes("master", P) == pipes.routes("blue", P) == pipes.routes("green", P)
    assert pipes.best("green", P).source.trail == {"master", "blue"}
    assert pipes.best("green", P).source.origin is a
    pipes["master"].withdraw(a, [P])
    pipes.settle()
    assert not any(pipes.routes(name, P) for name in pipes.tables)


@pytest.mark.parametrize("opaque", [False, True])
def test_circles_of_pipes_keep_no_route_alive(opaque: bool) -> None:
    """Both ways around, from two ends."""
    pipes = Plumbing("master", "blue", "green")
    names = [*pipes.tables]
    for origin in names:
        for target in names:
            if origin != target:
                pipes.lay(origin, target, opaque=opaque)
    a, b = a_and_b()
    pipes["master"].announce(route(a, SHORT), [P])
    pipes["blue"].announce(route(b, LONG), [P])
    pipes.settle()
    assert all(pipes.best(name, P) for name in names)
    pipes["master"].withdraw(a, [P])
    pipes.settle()
    assert {pipes.best(name, P).attributes for name in names} == {LONG}
    pipes["blue"].withdraw(b, [P])
    pipes.settle()
    assert not any(pipes.routes(name, P) for name in names)


Laid = Sequence[tuple[tuple[str, str], bool, Policy]]
"""From where to where, whether it is opaque, and what it does to the routes."""

events = st.lists(
    st.one_of(
        st.tuples(st.just("settle")),
        st.tuples(st.just("withdraw"), st.integers(0, 2), st.sampled_from([P, Q])),
        st.tuples(
            st.just("announce"), st.integers(0, 2), st.sampled_from([P, Q]), st.sampled_from([SHORT, LONG])
        ),
    ),
    min_size=8,
    max_size=30,
)


class Joined(Plumbing):
    """Three tables with pipes between them, and a neighbor in each."""

    def __init__(self, laid: Laid) -> None:
        super().__init__(*NAMES)
        for (origin, target), opaque, policy in laid:
            self.lay(origin, target, policy, opaque=opaque)
        self.sources = [neighbor(f"n{number}", router_id=number) for number in range(3)]
        self.said: dict[tuple[int, PrefixKey], Any] = {}

    def happen(self, event: tuple[Any, ...]) -> None:
        match event:
            case "announce", number, prefix, attribute_set:
                self[NAMES[number]].announce(route(self.sources[number], attribute_set), [prefix])
                self.said[number, prefix] = attribute_set
            case "withdraw", number, prefix:
                self[NAMES[number]].withdraw(self.sources[number], [prefix])
                self.said.pop((number, prefix), None)
            case _:
                self.settle()


@given(
    st.lists(
        st.tuples(st.sampled_from(ENDS), st.booleans(), st.sampled_from(POLICIES)), min_size=1, max_size=5
    ),
    events,
)
def test_in_the_end_the_tables_are_as_if_there_had_only_been_the_last_state(
    laid: Laid, happenings: list[tuple[Any, ...]]
) -> None:
    """However pipes are laid, around and side by side."""
    pipes, fresh = Joined(laid), Joined(laid)
    for event in happenings:
        pipes.happen(event)
    for place, attribute_set in pipes.said.items():
        fresh.happen(("announce", *place, attribute_set))
    for each in (pipes, fresh):
        each.settle()
    for name in NAMES:
        for prefix in (P, Q):
            assert sorted(pipes.routes(name, prefix)) == sorted(fresh.routes(name, prefix))
