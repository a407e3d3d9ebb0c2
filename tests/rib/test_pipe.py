"""What a pipe carries from one table to another: all routes as they are, or the best as its own."""

import pytest

from messages.attribute_set import AttributeSet
from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import address_of
from rib import pipe as pipe_module
from rib.next_hops import RECURSIVE_GATEWAY, NextHops
from rib.route import UNREACHABLE, Refusal, Route, Source, SourceKind
from rib.walk import Walk
from tests.rib.building import SOMEWHERE, attributes, key, neighbor, route
from tests.rib.judging import by_attributes
from tests.rib.plumbing import Plumbing

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
SHORT, LONG = attributes(65001), attributes(65001, 65002)
NO_LONG = by_attributes("no long paths", lambda said: None if len(said.wire) > 20 else said)
MARKED = attributes(65009)
MARKING = by_attributes("marked", lambda _said: MARKED)


def a_and_b() -> tuple[Source, Source]:
    return neighbor("a", router_id=1), neighbor("b", router_id=2)


def test_a_transparent_pipe_carries_every_route_under_its_own_name() -> None:
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue")
    a, b = a_and_b()
    b.preference = 99
    pipes["master"].announce(route(a, SHORT), [P, Q])
    second = Route(b, LONG, SOMEWHERE, 7, igp_metric=5)
    pipes["master"].announce(second, [P])
    pipes.settle()
    assert pipes.routes("blue", P) == [("a", SHORT.wire), ("b", LONG.wire)]
    copy = pipes["blue"].routes(P)[1]
    assert copy.source is not b
    assert (copy.source.kind, copy.source.origin, copy.source.router_id) == (SourceKind.BGP, b, 2)
    assert (copy.preference, copy.since, copy.igp_metric, copy.destination) == (99, 7, 5, SOMEWHERE)
    assert (flow.routes, flow.preferred, flow.filtered, flow.preference) == (3, 2, 0, 70)
    pipes["master"].withdraw(a, [P])
    pipes.settle()
    assert pipes.routes("blue", P) == [("b", LONG.wire)]
    assert (flow.routes, a.routes, a.preferred) == (2, 1, 1)


def test_the_address_that_a_static_route_follows_is_looked_up_where_the_route_is_from() -> None:
    """Another table may have another way to it, or none: the copy has no next hop of its own."""
    pipes = Plumbing("master", "blue")
    pipes.lay("master", "blue")
    a = neighbor("a")
    pipes["blue"].announce(route(a, SHORT), [Q])
    following = SHORT.annotated({RECURSIVE_GATEWAY: address_of(Q, IPV4_UNICAST)})
    pipes["master"].announce(Route(Source("static1", SourceKind.STATIC), following, UNREACHABLE, 7), [P])
    pipes.settle()
    copy = pipes.best("blue", P)
    assert NextHops(pipes["blue"]).successor(copy) is copy


def test_an_opaque_pipe_carries_the_best_route_as_its_own() -> None:
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue", opaque=True)
    a, b = a_and_b()
    pipes["master"].announce(route(a, SHORT), [P])
    pipes["master"].announce(route(b, LONG), [P])
    pipes.settle()
    assert pipes.routes("blue", P) == [("master-blue", SHORT.wire)]
    copy = pipes.best("blue", P)
    assert (copy.source.kind, copy.preference, copy.source.origin) == (SourceKind.PIPE, 70, None)
    pipes["master"].withdraw(a, [P])
    pipes.settle()
    assert pipes.routes("blue", P) == [("master-blue", LONG.wire)]
    assert (flow.routes, flow.preferred, flow.preference) == (1, 1, 70)


def test_refused_routes_stay_where_they_are() -> None:
    pipes = Plumbing("master", "blue")
    pipes.lay("master", "blue")
    a, b = a_and_b()
    good = route(a, SHORT)
    pipes["master"].announce(good, [P])
    pipes["master"].announce(route(b, SHORT, Refusal.AS_LOOP), [P])
    pipes.settle()
    assert pipes.routes("blue", P) == [("a", SHORT.wire)]
    lost = good.leading_to(SOMEWHERE, Refusal.UNRESOLVABLE, 0)
    assert Walk(pipes["master"], lambda known, _key: lost if known is good else known).step(10)
    pipes.settle()
    assert pipes.routes("blue", P) == []


@pytest.mark.parametrize("opaque", [False, True])
def test_the_filter_refuses_or_changes_on_the_way(opaque: bool) -> None:
    pipes = Plumbing("master", "blue", "green")
    pipes.lay("master", "blue", NO_LONG, opaque=opaque)
    pipes.lay("master", "green", MARKING, opaque=opaque)
    a, _ = a_and_b()
    pipes["master"].announce(route(a, SHORT), [P, Q])
    pipes.settle()
    pipes["master"].announce(route(a, LONG), [P])
    pipes.settle()
    assert pipes.routes("blue", P) == []
    assert len(pipes.routes("blue", Q)) == 1
    assert pipes.best("green", P).attributes is MARKED
    assert pipes.best("master", P).attributes is LONG


def test_paths_of_one_neighbor_stay_apart() -> None:
    pipes = Plumbing("master", "blue")
    pipes.lay("master", "blue")
    a, b = a_and_b()
    for identifier, said in ((1, SHORT), (2, LONG)):
        pipes["master"].announce_paths(route(a, said), [make_path(identifier, P)])
    pipes["master"].announce(route(b, LONG), [P])
    pipes.settle()
    assert pipes.routes("blue", P) == [("a", SHORT.wire), ("a", LONG.wire), ("b", LONG.wire)]
    kept = {path.identifier: path.sent for path in pipes["blue"].paths(P)}
    pipes["master"].withdraw_paths(a, [make_path(1, P)])
    pipes["master"].announce_paths(route(a, attributes(65003, 65002)), [make_path(2, P)])
    pipes.settle()
    [path] = [path for path in pipes["blue"].paths(P) if path.route.source.origin is a]
    assert path.route.attributes is not LONG
    assert kept[path.identifier] == path.sent


def test_what_changes_about_a_neighbor_is_followed() -> None:
    pipes = Plumbing("master", "blue")
    pipes.lay("master", "blue")
    a, _ = a_and_b()
    pipes["master"].announce(route(a, SHORT), [P])
    pipes.settle()
    pipes["master"].withdraw(a, [P])
    a.router_id, a.external = 77, False
    pipes["master"].announce(route(a, LONG), [P])
    pipes.settle()
    source = pipes.best("blue", P).source
    assert (source.router_id, source.external) == (77, False)


def test_a_pipe_that_begins_anew_leaves_nothing_under_its_old_names() -> None:
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue")
    a, b = a_and_b()
    for source in (a, b):
        pipes["master"].announce(route(source, SHORT), [P])
    pipes.settle()
    left = flow.forget()
    assert [source.origin for source in left] == [a, b]
    assert (flow.sources, flow.routes) == ([], 0)
    flow.move(None, pipes["master"].settled(P), [P])
    pipes.settle()
    assert {source.name for source in flow.sources} == {"a", "b"}
    assert not {*flow.sources} & {*left}


def test_copies_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefixes with one route have one copy; one that was forgotten and made again is no change."""
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue")
    a, _ = a_and_b()
    first = route(a, SHORT)
    pipes["master"].announce(first, [P, Q])
    pipes.settle()
    copy = pipes.best("blue", P)
    assert copy is pipes.best("blue", Q)
    monkeypatch.setattr(pipe_module, "_MOST_REMEMBERED", 1)
    for number in range(3):
        flow.move(None, route(a, attributes(65001 + number)), [key("192.0.2.0/24")])
    flow.move(first, first, [P])
    assert pipes["blue"].slots[P] is copy


@pytest.mark.parametrize("opaque", [False, True])
def test_what_is_found_through_routes_stays_so_in_the_other_table(opaque: bool) -> None:
    """Next hops are found through no such route: what hung on it might hang on itself."""
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue", opaque=opaque)
    a, b = a_and_b()
    a.recursive = True
    pipes["master"].announce(route(a, SHORT), [P])
    pipes["master"].announce(route(b, LONG), [Q])
    pipes.settle()
    assert pipes.best("blue", P).source.recursive
    assert not pipes.best("blue", Q).source.recursive
    pipes["master"].announce(route(b, attributes(65001, local_pref=200)), [P])
    pipes["master"].withdraw(a, [P])
    pipes.settle()
    [left] = pipes["blue"].routes(P)
    assert not left.source.recursive
    assert flow.routes == 2


@pytest.mark.parametrize("opaque", [False, True])
def test_neighbors_that_are_gone_are_forgotten(opaque: bool) -> None:
    """Those of a range come and go; and who is there stays known."""
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue", opaque=opaque)
    staying = neighbor("staying", router_id=1)
    pipes["master"].announce(route(staying, SHORT), [Q])
    for number in range(400):
        passing = neighbor(f"n{number}", router_id=2)
        passing.trail = frozenset({f"table {number}"})
        pipes["master"].announce(route(passing, LONG), [P])
        pipes.settle()
        pipes["master"].withdraw(passing, [P])
        pipes.settle()
    assert len(flow.sources) < 150
    assert pipes["blue"].routes(P) == ()
    assert [source.routes for source in flow.sources if source.routes] == [1]
    pipes["master"].withdraw(staying, [Q])
    pipes.settle()
    assert len(pipes["blue"]) == 0


def test_only_routes_that_changed_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many to a prefix, that one of them changes must not cost as much as all of them."""
    judged: list[bytes] = []

    def note(said: AttributeSet) -> AttributeSet:
        judged.append(said.wire)
        return said

    monkeypatch.setattr(pipe_module, "_MOST_REMEMBERED", 1)
    pipes = Plumbing("master", "blue")
    flow = pipes.lay("master", "blue", by_attributes("noted", note))
    sources = [neighbor(f"n{number}", router_id=number) for number in range(20)]
    for number, source in enumerate(sources):
        pipes["master"].announce(route(source, attributes(65001, med=number)), [P])
    pipes.settle()
    assert flow.routes == len(judged) == 20
    judged.clear()
    pipes["master"].announce(route(sources[3], attributes(65001, med=99)), [P])
    pipes.settle()
    assert len(judged) == 2  # as it was, and as it is
    pipes["master"].withdraw(sources[5], [P])
    pipes.settle()
    assert len(judged) == 3
    assert flow.routes == 19
