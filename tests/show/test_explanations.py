"""Why a route is not the best: the words of ``show route all``."""

from bgpd.show.route_selection import why_not_best
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, MULTI_EXIT_DISC, NEXT_HOP, ORIGIN, AsPath
from messages.families.prefix import parse_address
from messages.iana import Origin
from rib.decision import select
from rib.route import Refusal, Route, Source, SourceKind
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
    best = select(routes)
    ordered = (best, *(candidate for candidate in routes if candidate is not best))
    return {candidate.source.name: why_not_best(candidate, ordered) for candidate in ordered}


def test_the_best_route_needs_no_explanation() -> None:
    assert explanations(route("alone", 1, 65001)) == {"alone": None}


def test_the_first_step_that_differs_is_named() -> None:
    """RFC 4271 §9.1.1: local preference comes before the length of the path."""
    said = explanations(route("near", 1, 65001), route("liked", 2, 65002, 65003, local_pref=200))
    assert said == {"liked": None, "near": 'lost at "higher LOCAL_PREF" against liked'}


def test_a_route_taken_out_on_med_by_a_third_one_says_so() -> None:
    """RFC 4271 §9.1.2.2 c: ``high`` would beat ``stranger`` on router ID, but ``low`` removes it first."""
    said = explanations(
        route("high", 1, 65001, med=50), route("low", 9, 65001, med=10), route("stranger", 5, 65002, med=99)
    )
    assert said == {
        "stranger": None,
        "high": 'lost at "lower MULTI_EXIT_DISC" against low',
        "low": 'lost at "lower router ID" against stranger',
    }


def test_a_refused_route_gives_the_reason() -> None:
    refused = route("looped", 1, 64512)
    refused.refusal = Refusal.AS_LOOP
    assert why_not_best(refused, (refused,)) == "our AS number is in its AS_PATH (RFC 4271 §9.1.2)"
