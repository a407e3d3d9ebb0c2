"""The decision process as the RFC words it: slow, literal, and independent of the shortcuts in rib."""

from collections.abc import Iterable

from rib.decision import AFTER_MED, BEFORE_MED, ranking
from rib.route import Route


def select_as_the_rfc_words_it(routes: Iterable[Route]) -> Route | None:
    """Eliminate step by step (RFC 4271 §9.1.2.2), then take the lowest."""
    left = [route for route in routes if route.refusal is None]
    for step in BEFORE_MED:
        left = [route for route in left if step.key(route) == min(map(step.key, left))]
    left = [
        route
        for route in left
        if not any(
            ranking(rival).neighbor_as == ranking(route).neighbor_as
            and ranking(rival).med < ranking(route).med
            for rival in left
        )
    ]
    for step in AFTER_MED:
        left = [route for route in left if step.key(route) == min(map(step.key, left))]
    return left[0] if left else None
