"""The ways in which a table that stores nothing per neighbor and prefix could go wrong, each by itself."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from messages.attributes import COMMUNITIES
from messages.families import IPV4_UNICAST
from messages.families.path import make_path
from messages.families.prefix import PrefixKey, make_key
from messages.iana import HEADER_OCTETS, RouteRefreshSubtype
from messages.route_refresh import RouteRefresh, encode_route_refresh
from messages.update import encode_attributes, pack_announcements, pack_withdrawals
from tests.rib.building import attributes
from tests.simulator.agenda import Agenda, governing
from tests.simulator.check import check, check_speaker, check_told
from tests.simulator.events import POLICIES
from tests.simulator.ghost import ghost_from
from tests.simulator.network import Network
from tests.simulator.policies import RED
from tests.simulator.terms import ALL_PATHS, Agreement, Identity, Terms, Topology

A_MILLION_STEPS = 1_000_000
P, Q = make_key(bytes((172, 16, 0, 0)), 16), make_key(bytes((172, 17, 0, 0)), 16)
SEVERAL = Terms(sends_paths=ALL_PATHS, receives_paths=True)
RED_ONES = {COMMUNITIES: (RED,)}
HUB = 0


def keys(count: int) -> list[PrefixKey]:
    """Return prefixes of one length."""
    return [make_key(number.to_bytes(4), 32) for number in range(0x14_00_00_00, 0x14_00_00_00 + count)]


def star(agenda: Agenda, *asns: int, terms: Terms | None = None, **more: object) -> Network:
    """Return a hub with an external neighbor for each AS."""
    terms = terms or Terms()
    identities = (Identity(HUB, 64512), *(Identity(number, asn) for number, asn in enumerate(asns, 1)))
    links = tuple(
        replace(Agreement((HUB, number), (terms, terms)), **more)  # type: ignore[arg-type]
        for number in range(1, len(identities))
    )
    network = Network(agenda, Topology("star", IPV4_UNICAST, identities, links))
    network.settle(A_MILLION_STEPS)
    return network


@pytest.fixture
def agenda() -> Iterator[Agenda]:
    made = Agenda("hazards")
    with governing(made, round_keys=4):
        yield made


def rest(network: Network) -> None:
    network.settle(A_MILLION_STEPS)
    check(network)


def sent(network: Network, number: int) -> tuple[int, int]:
    """Return how many prefixes a speaker was told of by the hub."""
    counters = network.links[number - 1].ends[0].member.sent
    return counters.announced, counters.withdrawn


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_med_among_three_routes(agenda: Agenda, order: tuple[int, ...]) -> None:
    """RFC 4271 §9.1.2.2 c: a route that itself can't win takes out the one that would."""
    network = star(agenda, 65001, 65002, 65001, 65004)
    meds = {1: 50, 2: None, 3: 10}
    best_of = {
        frozenset({1}): 1,
        frozenset({2}): 2,
        frozenset({3}): 3,
        frozenset({1, 2}): 1,
        frozenset({1, 3}): 3,
        frozenset({2, 3}): 2,
        frozenset({1, 2, 3}): 2,
    }
    numbers = [position + 1 for position in order]
    said: set[int] = set()
    for number in numbers:
        network.speakers[number].originate([P], attributes(med=meds[number]))
        said.add(number)
        rest(network)
        assert best(network) == best_of[frozenset(said)]
    for number in numbers[:2]:
        network.speakers[number].retract([P])
        said.remove(number)
        rest(network)
        assert best(network) == best_of[frozenset(said)]


def best(network: Network, key: PrefixKey = P) -> int:
    """Return whose route the hub uses."""
    route = network.speakers[HUB].table.best(key)
    return 0 if route is None else int(route.source.name.rpartition("S")[2])


@pytest.mark.parametrize("terms", [Terms(), SEVERAL], ids=["best", "all paths"])
def test_deletions_while_a_member_is_behind(agenda: Agenda, terms: Terms) -> None:
    """What it was told of and is gone is withdrawn, what came and went meanwhile is not even mentioned."""
    network = star(agenda, 65001, 65002, 65003, terms=terms)
    one, _, other = network.speakers[1:]
    one.originate([P, Q], attributes())
    other.originate([P], attributes())
    rest(network)
    network.links[1].stick(0)
    one.retract([P, Q])
    network.agenda.run(A_MILLION_STEPS)
    one.originate(keys(10), attributes())
    network.agenda.run(A_MILLION_STEPS)
    one.retract(keys(10))
    other.originate([Q], attributes(med=7))
    other.retract([P])
    network.agenda.run(A_MILLION_STEPS)
    assert network.links[0].ends[0].member.backlog is None
    assert network.links[1].ends[0].member.backlog is not None
    rest(network)
    assert {key for key, _ in network.links[1].ends[1].heard.routes} == {Q}


@pytest.mark.parametrize("terms", [Terms(), SEVERAL], ids=["best", "all paths"])
@pytest.mark.parametrize("second", ["ACCEPT", "refuses red", "paints blue"])
def test_an_export_filter_changed_while_a_member_is_behind(agenda: Agenda, terms: Terms, second: str) -> None:
    """It was told by one filter, has missed changes under another, and is put right by a third."""
    network = star(agenda, 65001, 65002, 65003, terms=terms)
    one, _, other = network.speakers[1:]
    one.originate([P, Q, *keys(5)], attributes())
    other.originate([Q], attributes(rows=RED_ONES))
    rest(network)
    member = network.links[1].ends[0]
    network.links[1].stick(0)
    member.export_by(POLICIES["refuses all but red"])
    network.agenda.run(5)
    one.retract([P])
    one.originate([Q], attributes(rows=RED_ONES))
    other.retract([Q])
    network.agenda.run(A_MILLION_STEPS)
    member.export_by(POLICIES[second])
    one.originate(keys(2), attributes(rows=RED_ONES))
    rest(network)


def test_a_next_hop_lost_and_back_within_a_burst(agenda: Agenda) -> None:
    """Nobody is told of it; if the batch runs in between, everybody is, and the routes come back."""
    network = star(agenda, 65001, 65002)
    hub, one = network.speakers[:2]
    one.originate([P, Q], attributes())
    rest(network)
    told = sent(network, 2)
    hub.lose_link(one.identity)
    hub.regain_link(one.identity)
    rest(network)
    assert sent(network, 2) == told
    hub.lose_link(one.identity)
    network.agenda.run(1)
    hub.regain_link(one.identity)
    rest(network)
    hub.lose_link(one.identity)
    rest(network)
    assert best(network) == 0
    assert network.links[1].ends[1].heard.routes == {}
    hub.regain_link(one.identity)
    rest(network)
    assert best(network) == 1


@pytest.mark.soak
def test_a_source_lost_with_many_routes_and_back_at_once(soaking: bool) -> None:
    """While the routes of its last session are being removed, it takes no session; then all are back."""
    agenda = Agenda("many")
    with governing(agenda, round_keys=1 << 20):
        network = star(agenda, 65001, 65002)
        many = keys(200_000 if soaking else 20_000)
        network.speakers[1].originate(many, attributes())
        network.speakers[2].originate(many[:10], attributes(65009))
        network.settle(A_MILLION_STEPS)
        network.links[0].restart()
        agenda.run(10)
        network.links[0].restart()
        network.speakers[1].retract(many[-1:])
        rest(network)
        source = network.links[0].ends[0].source
        assert source.routes == source.preferred == len(many) - 1
        assert len(network.links[1].ends[1].heard.routes) == len(many) - 1


def test_what_is_not_said_again_between_the_marks_is_swept(agenda: Agenda) -> None:
    """RFC 7313 §4; those who were told of what is said again are not told once more."""
    network = star(agenda, 65001, 65002)
    network.speakers[1].originate([P, Q, *keys(10)], attributes())
    rest(network)
    there, here = network.links[0].ends[1], network.links[0].ends[0]
    here.take(ghost_from(there, make_key(bytes((172, 31)) + bytes(2), 16)))
    network.settle(A_MILLION_STEPS)
    announced, withdrawn = sent(network, 2)
    here.request_again()
    rest(network)
    assert sent(network, 2) == (announced, withdrawn + 1)


def test_a_new_epoch_that_begins_while_the_last_one_is_swept(agenda: Agenda) -> None:
    """RFC 7313 §4: what the last epoch said is not swept for the sake of the new one, but with it."""
    network = star(agenda, 65001, 65002)
    network.speakers[1].originate(keys(20), attributes())
    rest(network)
    there, here = network.links[0].ends[1], network.links[0].ends[0]
    begin, end = (
        encode_route_refresh(RouteRefresh(IPV4_UNICAST.afi, IPV4_UNICAST.safi, subtype))
        for subtype in (
            RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH,
            RouteRefreshSubtype.END_OF_ROUTE_REFRESH,
        )
    )
    (again,) = pack_announcements(
        IPV4_UNICAST,
        encode_attributes(next(iter(here.heard.routes.values())), IPV4_UNICAST, there.context),
        keys(15),
        there.context,
    )
    here.receive(begin + again + end)
    network.agenda.run(1)
    here.receive(begin)
    network.settle(A_MILLION_STEPS)
    check_speaker(network.speakers[HUB])
    assert here.source.routes == 15
    here.receive(end)
    network.settle(A_MILLION_STEPS)
    check_speaker(network.speakers[HUB])
    assert here.source.routes == 0
    assert network.links[1].ends[1].heard.routes == {}


def test_path_identifiers_of_which_every_prefix_has_its_own(agenda: Agenda) -> None:
    """FRR numbers all paths of all prefixes; routes are shared all the same, and so are the ids we send."""
    network = star(agenda, 65001, 65002, terms=SEVERAL)
    hub, there, here = network.speakers[HUB], network.links[0].ends[1], network.links[0].ends[0]
    many = keys(300)
    paths = {
        65003: [make_path(2 * number + 1, key) for number, key in enumerate(many)],
        65004: [make_path(2 * number + 2, key) for number, key in enumerate(many)],
    }
    for behind, announced in paths.items():
        said = attributes(65001, behind, next_hop="10.0.1.1")
        encoded = encode_attributes(said, IPV4_UNICAST, there.context)
        for message in pack_announcements(IPV4_UNICAST, encoded, announced, there.context):
            here.take(message[HEADER_OCTETS:])
    network.settle(A_MILLION_STEPS)
    check_hub(network)
    assert len({route for key in many for route in hub.table.routes(key)}) == 2
    assert len({path.sent for key in many for path in hub.table.paths(key)}) == 2
    assert len(network.links[1].ends[1].heard.routes) == 600
    for message in pack_withdrawals(IPV4_UNICAST, paths[65003][:100] + paths[65004][50:], there.context):
        here.take(message[HEADER_OCTETS:])
    network.settle(A_MILLION_STEPS)
    check_hub(network)
    assert here.source.routes == 250
    assert len(network.links[1].ends[1].heard.routes) == 250


def check_hub(network: Network) -> None:
    """Look at the hub and at what it told the second neighbor; the first one was never there."""
    check_speaker(network.speakers[HUB])
    here, there = network.links[1].ends
    check_told(network.speakers[HUB], here, there.heard)
