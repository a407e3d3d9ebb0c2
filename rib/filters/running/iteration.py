"""What filters go over with ``for``."""

from collections.abc import Iterable, Iterator
from typing import Any

from rib.filters.algebra.operators import assigned
from rib.filters.errors import RunError
from rib.filters.running.run import Run
from rib.filters.running.work import look_through
from rib.filters.values import (
    AsPath,
    CommunityList,
    ExtendedCommunity,
    ExtendedCommunityList,
    LargeCommunityList,
    Pair,
    Type,
)


def elements(run: Run, collection: object, kind: Type, cost: int) -> Iterator[Any]:
    """Yield what is in a path or a list, for a variable of a type. Raises RunError if it is neither.

    What has been gone through is counted, and for each element the cost of a round.
    """
    look_through(run, collection)
    for element in _elements(collection):
        run.spend(cost)
        yield assigned(kind, element)


def _elements(collection: object) -> Iterable[Any]:
    if isinstance(collection, AsPath):
        return (asn for segment in collection.segments for asn in segment.asns)
    if isinstance(collection, CommunityList):
        return map(Pair, collection)
    if isinstance(collection, ExtendedCommunityList):
        return map(ExtendedCommunity, collection)
    if isinstance(collection, LargeCommunityList):
        return collection
    raise RunError("for expects a path or a list")
