"""Plain attributes against the long way: what a pattern takes for sound is sound, and reads the same."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.attribute_check import check_attributes
from messages.attribute_set import AttributeSet, AttributeSetTable
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    EXTENDED_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
    Attribute,
)
from messages.attributes.as_path import AsPath
from messages.attributes.attribute import wrap
from messages.context import Context
from messages.plain_attributes import (
    ORIGIN_AT,
    local_pref,
    may_be_reflected,
    med,
    neighbor_as,
    next_hop,
    path_length,
)
from tests.messages.plain_fields import ODD_VALUES, disturbed, joined, plain_fields, with_long_header
from tests.messages.presence import present
from tests.messages.vectors import CONTEXTS

contexts = st.sampled_from(sorted(CONTEXTS))
plain = st.one_of(plain_fields(), plain_fields(is_external=True))
fields = st.one_of(disturbed(plain), disturbed(plain.map(with_long_header)))


def check_soundness(raw: bytes, context: Context) -> None:
    """Fail if attributes are taken for plain and the long way thinks otherwise of them."""
    table = AttributeSetTable(context)
    found = table.plain(raw)
    if found is not None:
        assert check_attributes(raw, context).flaws == []
        made, flaws = table.intern(raw)
        assert not flaws
        assert present(made).wire == found


@settings(max_examples=400)
@given(fields, contexts)
def test_what_is_plain_is_sound_and_canonical(raw: bytes, name: str) -> None:
    """The long way finds nothing wrong with it, and changes nothing about it (RFC 4271 §6.3, RFC 7606)."""
    check_soundness(raw, CONTEXTS[name])


@pytest.mark.parametrize(
    ("row", "value"), [(row, value) for row, values in ODD_VALUES.items() for value in values]
)
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_no_odd_value_is_taken_for_plain(row: Attribute[Any], value: str, context: Context) -> None:
    """Unless the long way has nothing to say about it."""
    others = {
        ORIGIN: b"\0",
        AS_PATH: AsPath.of(65001).wire,
        NEXT_HOP: b"\xc0\0\2\1",
        MULTI_EXIT_DISC: bytes(4),
    }
    check_soundness(joined(others | {row: bytes.fromhex(value)}), context)


@given(plain_fields(is_external=True))
def test_what_nearly_all_neighbors_send_is_plain(raw: bytes) -> None:
    """Else nothing would be won.

    What has octets that look like AS 0 (RFC 7607) or a well-known community (RFC 1997) takes the long way.
    So do extended communities, which may be for one AS only (RFC 4360 §2).
    """
    values = AttributeSet(raw)
    suspects = (
        bytes(4) in present(values.get(AS_PATH)).wire,
        b"\xff\xff" in raw,
        EXTENDED_COMMUNITIES in values,
    )
    if not any(suspects):
        table = AttributeSetTable(CONTEXTS["external"])
        assert table.plain(raw) == table.plain(with_long_header(raw)) == raw


@pytest.mark.parametrize(
    ("path", "is_plain"),
    [
        ((65001,), True),
        ((65001, 4_200_000_000), True),
        ((0,), False),
        ((65001, 0, 65002), False),
        ((1 << 24, 1), False),  # nothing is wrong with it, but octets look like AS 0
        (range(1, 64), True),
        (range(1, 65), False),  # its length takes two octets
    ],
)
def test_paths(path: tuple[int, ...], is_plain: bool) -> None:
    raw = wrap(0x40, 1, b"\0") + wrap(0x40, 2, AsPath.of(*path).wire) + wrap(0x40, 3, b"\xc0\0\2\1")
    assert (AttributeSetTable(CONTEXTS["external"]).plain(raw) is not None) is is_plain


def test_attributes_that_end_anywhere() -> None:
    """The AS_PATH is said to have a length of two octets, and there are none of them, or one."""
    raw = wrap(0x40, 1, b"\0") + wrap(0x40, 2, AsPath.of(65001).wire) + wrap(0x40, 3, b"\xc0\0\2\1")
    long = with_long_header(raw)
    table = AttributeSetTable(CONTEXTS["external"])
    assert table.plain(long) == raw
    assert [end for end in range(len(long)) if table.plain(long[:end]) is not None] == []


@given(plain_fields())
def test_octets_are_read_like_values(raw: bytes) -> None:
    """What is picked out of plain octets is what decoding the attributes gives."""
    values = AttributeSet(raw)
    path = present(values.get(AS_PATH))
    assert next_hop(raw) == values.get(NEXT_HOP)
    assert neighbor_as(raw) == path.neighbor_as
    assert path_length(raw) == path.length
    assert raw[ORIGIN_AT] == values.get(ORIGIN)
    assert med(raw) == values.get(MULTI_EXIT_DISC)
    assert local_pref(raw) == values.get(LOCAL_PREF)


@given(plain_fields())
def test_reflected_routes_are_told(raw: bytes) -> None:
    """RFC 4456 §8; others may look as if they were reflected, and cost a closer look."""
    values = AttributeSet(raw)
    if ORIGINATOR_ID in values or CLUSTER_LIST in values:
        assert may_be_reflected(raw)
