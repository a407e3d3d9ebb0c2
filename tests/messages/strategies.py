"""Values of path attributes for hypothesis."""

from hypothesis import strategies as st

from messages.attributes import (
    AGGREGATOR,
    AS_PATH,
    ATOMIC_AGGREGATE,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
    Aggregator,
    AsPath,
    LargeCommunity,
    Segment,
)
from messages.iana import Origin

NUMBERS = st.integers(0, 2**32 - 1)
AS_NUMBERS = st.one_of(st.integers(1, 2**16 - 1), st.integers(1, 2**32 - 1))
ADDRESSES = st.integers(0x01000000, 0xDFFFFFFF).map(lambda number: number.to_bytes(4))


def some(elements, most=80):
    """A tuple of at least one element."""
    return st.lists(elements, min_size=1, max_size=most).map(tuple)


def paths(kinds=(1, 2, 3, 4)):
    """Paths of a few segments."""
    segments = st.builds(Segment, st.sampled_from(kinds), some(AS_NUMBERS, 6))
    return st.lists(segments, max_size=4).map(lambda parts: AsPath.from_segments(*parts))


def attribute_values(kinds=(1, 2, 3, 4)):
    """What an announcement from an internal peer may carry, by row."""
    mandatory = {ORIGIN: st.sampled_from(Origin), AS_PATH: paths(kinds), NEXT_HOP: ADDRESSES}
    optional = {
        MULTI_EXIT_DISC: NUMBERS,
        LOCAL_PREF: NUMBERS,
        ATOMIC_AGGREGATE: st.just(True),
        AGGREGATOR: st.builds(Aggregator, AS_NUMBERS, ADDRESSES),
        COMMUNITIES: some(NUMBERS),
        ORIGINATOR_ID: NUMBERS,
        CLUSTER_LIST: some(NUMBERS),
        EXTENDED_COMMUNITIES: some(st.binary(min_size=8, max_size=8)),
        LARGE_COMMUNITIES: some(st.builds(LargeCommunity, NUMBERS, NUMBERS, NUMBERS)).map(
            lambda communities: tuple(dict.fromkeys(communities))
        ),
    }
    return st.fixed_dictionaries(mandatory, optional=optional)
