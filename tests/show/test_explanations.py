"""Why a route is not the best: the words of ``show route all``."""

from bgpd.show.verdicts import why_not_best
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, MULTI_EXIT_DISC, NEXT_HOP, ORIGIN, AsPath
from messages.families.prefix import parse_address
from messages.iana import Origin
from rib.decision import Decision
from rib.route import Refusal, Route, Source, SourceKind
from rib.slot import Path
from tests.show.world import via


def route(name: str, router_id: int, *path: int, med: int = 0, local_pref: int = 100) -> Route:
    """Return an external route of the neighbor ``name``."""
    source = Source(name, SourceKind.BGP)
    source.external, source.router_id, source.address = True, router_id, router_id.to_bytes(4)
    attributes = AttributeSet.of(
        {
            ORIGIN: Origin.IGP,
            AS_PATH: AsPath.of(*path),
            NEXT_HOP: parse_address("192.0.2.1"),
            MULTI_EXIT_DISC: med,
            LOCAL_PREF: local_pref,
        }
    )
    return Route(source, attributes, via("192.0.2.1"), 0)


def explanations(*routes: Route) -> dict[str, str | None]:
    """Select, and return what is said of each source's route."""
    decision = Decision()
    best = decision.select(routes)
    paths = [Path(0, 1, route) for route in (best, *(each for each in routes if each is not best))]
    return {path.route.source.name: why_not_best(decision, path, paths) for path in paths}


def test_the_best_route_needs_no_explanation() -> None:
    assert explanations(route("alone", 1, 65001)) == {"alone": None}


def test_the_first_step_that_differs_is_named() -> None:
    """RFC 4271 §9.1.1: local preference comes before the length of the path."""
    said = explanations(route("near", 1, 65001), route("liked", 2, 65002, 65003, local_pref=200))
    assert said == {
        "liked": None,
        "near": 'lost at "higher LOCAL_PREF" against liked: 100 against 200 (RFC 4271 §9.1.1)',
    }


def test_a_route_taken_out_on_med_by_a_third_one_says_so() -> None:
    """RFC 4271 §9.1.2.2 c: ``high`` would beat ``stranger`` on router ID, but ``low`` removes it first."""
    said = explanations(
        route("high", 1, 65001, med=50), route("low", 9, 65001, med=10), route("stranger", 5, 65002, med=99)
    )
    assert said == {
        "stranger": None,
        "high": 'lost at "lower MULTI_EXIT_DISC" against low: 50 against 10 (RFC 4271 §9.1.2.2 c)',
        "low": 'lost at "lower router ID" against stranger: 0.0.0.9 against 0.0.0.5 (RFC 4456 §9)',
    }


def test_a_refused_route_gives_the_reason() -> None:
    refused = route("looped", 1, 64512)
    refused.refusal = Refusal.AS_LOOP
    path = Path(0, 1, refused)
    assert why_not_best(Decision(), path, [path]) == "our AS number is in its AS_PATH (RFC 4271 §9.1.2)"
