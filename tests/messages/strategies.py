"""Values of path attributes and capabilities for hypothesis."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from messages.attributes import (
    AGGREGATOR,
    AIGP,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    IPV6_EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ONLY_TO_CUSTOMER,
    ORIGIN,
    ORIGINATOR_ID,
    Aggregator,
    Aigp,
    AsPath,
    Attribute,
    LargeCommunity,
    Segment,
)
from messages.capabilities import (
    ADD_PATH,
    CAPABILITIES,
    EXTENDED_NEXT_HOP,
    FOUR_OCTET_AS,
    FQDN,
    GRACEFUL_RESTART,
    LONG_LIVED_GRACEFUL_RESTART,
    MULTIPROTOCOL,
    ROLE,
    SOFTWARE_VERSION,
    AddPath,
    Capability,
    ExtendedNextHop,
    Fqdn,
    GracefulRestart,
    LongLivedFamily,
    RestartingFamily,
)
from messages.families import FAMILIES
from messages.iana import AddPathDirection, Origin

T = TypeVar("T")

NUMBERS = st.integers(0, 2**32 - 1)
AS_NUMBERS = st.one_of(st.integers(1, 2**16 - 1), st.integers(1, 2**32 - 1))
ADDRESSES = st.integers(0x01000000, 0xDFFFFFFF).map(lambda number: number.to_bytes(4))
METRICS = st.tuples(st.just(1), st.integers(0, 2**64 - 2).map(lambda metric: metric.to_bytes(8)))
OTHER_TLVS = st.tuples(st.integers(2, 255), st.binary(max_size=20))
ANY_FAMILY = st.one_of(
    st.sampled_from(list(FAMILIES.values())),
    st.tuples(st.integers(3, 2**16 - 1), st.integers(0, 255)),
)
SHOWN_TEXT = st.text(max_size=20).filter(str.isprintable)


def some(elements: st.SearchStrategy[T], most: int = 80) -> st.SearchStrategy[tuple[T, ...]]:
    """A tuple of at least one element."""
    return st.lists(elements, min_size=1, max_size=most).map(tuple)


def paths(kinds: Sequence[int] = (1, 2, 3, 4)) -> st.SearchStrategy[AsPath]:
    """Paths of a few segments."""
    segments = st.builds(Segment, st.sampled_from(kinds), some(AS_NUMBERS, 6))
    return st.lists(segments, max_size=4).map(lambda parts: AsPath.from_segments(*parts))


def attribute_values(kinds: Sequence[int] = (1, 2, 3, 4)) -> st.SearchStrategy[dict[Attribute[Any], Any]]:
    """What an announcement from an internal peer may carry, by row."""
    mandatory: dict[Attribute[Any], st.SearchStrategy[Any]] = {
        ORIGIN: st.sampled_from(Origin),
        AS_PATH: paths(kinds),
        NEXT_HOP: ADDRESSES,
    }
    optional: dict[Attribute[Any], st.SearchStrategy[Any]] = {
        MULTI_EXIT_DISC: NUMBERS,
        LOCAL_PREF: NUMBERS,
        ATOMIC_AGGREGATE: st.just(True),
        AGGREGATOR: st.builds(Aggregator, AS_NUMBERS, ADDRESSES),
        COMMUNITIES: some(NUMBERS),
        ORIGINATOR_ID: NUMBERS,
        CLUSTER_LIST: some(NUMBERS),
        AIGP: some(st.one_of(METRICS, OTHER_TLVS), 4).map(Aigp),
        ONLY_TO_CUSTOMER: NUMBERS,
        IPV6_EXTENDED_COMMUNITIES: some(st.binary(min_size=20, max_size=20)),
        EXTENDED_COMMUNITIES: some(st.binary(min_size=8, max_size=8)),
        LARGE_COMMUNITIES: some(st.builds(LargeCommunity, NUMBERS, NUMBERS, NUMBERS)).map(
            lambda communities: tuple(dict.fromkeys(communities))
        ),
    }
    return st.fixed_dictionaries(mandatory, optional=optional)


def tuples_of(
    make: Callable[..., T], *fields: st.SearchStrategy[Any], most: int = 6
) -> st.SearchStrategy[tuple[T, ...]]:
    """Tuples of named tuples."""
    return st.lists(st.builds(make, *fields), max_size=most).map(tuple)


CAPABILITY_VALUES: dict[Capability[Any], st.SearchStrategy[Any]] = {
    MULTIPROTOCOL: ANY_FAMILY,
    EXTENDED_NEXT_HOP: tuples_of(ExtendedNextHop, ANY_FAMILY, st.integers(0, 2**16 - 1)),
    ROLE: st.integers(0, 255),
    GRACEFUL_RESTART: st.builds(
        GracefulRestart,
        st.booleans(),
        st.booleans(),
        st.integers(0, 4095),
        tuples_of(RestartingFamily, ANY_FAMILY, st.booleans()),
    ),
    FOUR_OCTET_AS: NUMBERS,
    ADD_PATH: tuples_of(AddPath, ANY_FAMILY, st.sampled_from(AddPathDirection)),
    LONG_LIVED_GRACEFUL_RESTART: tuples_of(
        LongLivedFamily, ANY_FAMILY, st.booleans(), st.integers(0, 2**24 - 1)
    ),
    FQDN: st.builds(Fqdn, SHOWN_TEXT, SHOWN_TEXT),
    SOFTWARE_VERSION: SHOWN_TEXT,
}


def capability_items() -> st.SearchStrategy[tuple[int, Any]]:
    """Code and value of every capability we know, and of some that we do not."""
    known = [
        st.tuples(st.just(int(row.code)), CAPABILITY_VALUES.get(row, st.just(True)))
        for row in CAPABILITIES.values()
    ]
    return st.one_of(*known, st.tuples(st.integers(200, 255), st.binary(max_size=40)))
