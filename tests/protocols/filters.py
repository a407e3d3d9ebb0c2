"""Filters for protocols under test."""

from bgpd.policies import Policies
from rib.filters.errors import FilterError
from rib.filters.grammar.parser import definitions


def policies(**filters: str) -> Policies:
    """Return filters by name; the values are their bodies."""
    text = "".join(f"filter {name} {{ {body} }}\n" for name, body in filters.items())
    found = list(definitions(text, "test"))
    assert not any(isinstance(each, FilterError) for each in found), found
    return Policies(each for each in found if not isinstance(each, FilterError))
