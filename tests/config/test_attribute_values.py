"""Values of the filter language in TOML: read, and written again."""

from contextlib import suppress

import pytest

from bgpd.config.attribute_values import NOTATIONS, written
from rib.filters.attributes import ATTRIBUTES
from rib.filters.grammar.parser import expression
from rib.filters.program import Program
from rib.filters.values import CommunityList, ExtendedCommunityList, LargeCommunityList, Type

ALIKE = [
    (Type.INT, 4294967295, "4294967295"),
    (Type.STRING, "eth0", '"eth0"'),
    (Type.IP, "192.0.2.1", "192.0.2.1"),
    (Type.IP, "2001:db8::1", "2001:db8::1"),
    (Type.PREFIX, "10.0.0.0/8", "10.0.0.0/8"),
    (Type.BGPPATH, "65001 65002", "prepend(prepend(+empty+, 65002), 65001)"),
    (Type.BGPPATH, "", "+empty+"),
    (Type.ORIGIN, "incomplete", "ORIGIN_INCOMPLETE"),
    (Type.RTD, "blackhole", "RTD_BLACKHOLE"),
    (Type.SCOPE, "link", "SCOPE_LINK"),
    (Type.CLIST, ["65000:1", "65000:2"], "add(add(-empty-, (65000, 1)), (65000, 2))"),
    (Type.CLIST, [], "-empty-"),
    (Type.LCLIST, ["4200000000:1:2"], "add(---empty---, (4200000000, 1, 2))"),
    (
        Type.ECLIST,
        ["rt:65000:1", "ro:192.0.2.1:5", "generic:0x43000000:0x1"],
        "add(add(add(--empty--, (rt, 65000, 1)), (ro, 192.0.2.1, 5)), (generic, 0x43000000, 1))",
    ),
]


@pytest.mark.parametrize(("kind", "text", "literal"), ALIKE)
def test_a_value_is_what_the_language_has(kind: Type, text: object, literal: str) -> None:
    value = Program().evaluate(expression(literal, "test"))
    assert NOTATIONS[kind].read(text) == value
    assert written(kind, value) == text


def test_an_as_set_is_in_braces() -> None:
    path = NOTATIONS[Type.BGPPATH].read("65001 {65002 65003} 65004")
    assert str(path) == "65001 {65002 65003} 65004"


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Type.INT, -1),
        (Type.INT, 1 << 32),
        (Type.INT, True),
        (Type.BGPPATH, "65001,65002"),
        (Type.BGPPATH, "{}"),
        (Type.BGPPATH, "4294967296"),
        (Type.CLIST, ["65536:1"]),
        (Type.CLIST, ["1:2:3"]),
        (Type.CLIST, "65000:1"),
        (Type.CLIST, [1]),
        (Type.ECLIST, ["xx:1:2"]),
        (Type.ECLIST, ["rt:70000:70000"]),
        (Type.ORIGIN, "IGB"),
        (Type.OPAQUE, False),
        (Type.QUAD, "2001:db8::1"),
    ],
)
def test_what_is_no_value_is_refused(kind: Type, wrong: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is replaced
        NOTATIONS[kind].read(wrong)


@pytest.mark.parametrize("wrong", [5, 1.5, True, False, "x", [], [1], [[]], {}, None])
def test_values_of_any_other_kind_are_refused(wrong: object) -> None:
    """With a ValueError: that becomes a message, others would be the end."""
    for notation in NOTATIONS.values():
        with suppress(ValueError):
            notation.read(wrong)


def test_every_attribute_can_be_written() -> None:
    for row in ATTRIBUTES.values():
        (kind,) = row.types - {Type.VOID}
        assert kind in NOTATIONS, row.name


def test_lists_have_their_types() -> None:
    kinds = {Type.CLIST: CommunityList, Type.LCLIST: LargeCommunityList, Type.ECLIST: ExtendedCommunityList}
    for kind, expected in kinds.items():
        assert type(NOTATIONS[kind].read([])) is expected
