"""A bug of ours that one route brings to light costs that route."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest

from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.egress import Withheld
from rib.filters.program import Program
from rib.filters.running.judging import make_policy
from rib.filters.running.run import Run
from rib.policy import Policy
from rib.route import Route
from rib.views import Views
from tests.rib.building import attributes, group_key, key, neighbor, route
from tests.rib.filters.houses import PREFIX, Listener, program
from tests.rib.filters.houses import route as judged

P = key("10.0.0.0/8")


def _boom(_route: Route, _attributes: AttributeSet, _key: PrefixKey, *, silent: bool = False) -> None:
    raise ValueError("boom")


BROKEN = group_key(policy=Policy("broken", _boom))


def test_it_is_withheld() -> None:
    met: list[tuple[Route, str]] = []
    views = Views(BROKEN, 0, lambda route, error: met.append((route, str(error))))
    poison = route(neighbor("e"), attributes(65001))
    assert views.shows(poison, P, silent=True) is False
    assert met == []
    assert views.shows(poison, P) is False
    assert views.view(poison, P) is Withheld.BUG
    assert met == [(poison, "boom")] * 2


@pytest.mark.parametrize("ask", [Views.view, Views.shows])
def test_where_nobody_cares_it_is_seen(ask: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match="boom"):
        ask(Views(BROKEN, 0), route(neighbor("e"), attributes(65001)), P)


class Careful(Listener):
    """A listener that takes bugs as well."""

    def broke(self, filter_name: str, error: Exception) -> None:
        self.complaints.append(f"{filter_name}: {error!r}")


def _policy(made: Program, listener: Listener) -> Policy:
    return make_policy(made, made.symbols.filters["taken"], 4, listener)


def test_a_filter_that_meets_one_refuses_the_route() -> None:
    made = program("filter taken { if bgp_med = 1 then reject; accept; }")
    careful, careless = Careful(), Listener()
    seen = judged()
    with patch.object(Run, "get", side_effect=ValueError("boom")):
        assert _policy(made, careful).judge(seen, seen.attributes, PREFIX) is None
        with pytest.raises(ValueError, match="boom"):
            _policy(made, careless).judge(seen, seen.attributes, PREFIX)
    assert careful.complaints == ["taken: ValueError('boom')"]
