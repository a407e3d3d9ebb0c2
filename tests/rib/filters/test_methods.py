"""Methods with every type: what BIRD 1.6.8 gives, and what it says if it gives nothing."""

from typing import Any

import pytest

from messages.attributes.as_path import AsPath, Segment
from messages.attributes.large_communities import LargeCommunity
from messages.iana import SegmentType
from rib.filters.algebra.methods import FUNCTIONS, METHODS
from rib.filters.algebra.operators import type_of
from rib.filters.algebra.printing import render
from rib.filters.algebra.rows import Rows
from rib.filters.algebra.sets import ValueSet
from rib.filters.algebra.signatures import METHOD_RESULTS, method_result
from rib.filters.errors import RunError
from rib.filters.values import (
    CommunityList,
    ExtendedCommunity,
    ExtendedCommunityList,
    LargeCommunityList,
    Pair,
    Quad,
    Type,
)
from tests.rib.filters.samples import VALUES, ip


def path(*parts: int | set[int]) -> AsPath:
    """Return a path: ints are ASes of sequences, sets are AS_SETs."""
    segments = [
        Segment(SegmentType.AS_SET, tuple(sorted(part)))
        if isinstance(part, set)
        else Segment(SegmentType.AS_SEQUENCE, (part,))
        for part in parts
    ]
    return AsPath.from_segments(*segments)


def outcome(method: str, *values: object) -> str:
    try:
        return render(METHODS[method](*values))
    except RunError as error:
        return str(error)


NO_LIST = "Can't add/delete to non-[e|l]clist"
WITHOUT_ARGUMENTS = {
    "ip": ({"prefix": "1.2.3.0"}, "Prefix expected"),
    "len": (
        {"prefix": "24", "path": "1", "clist": "1", "eclist": "1", "lclist": "1"},
        "Prefix, path, clist or eclist expected",
    ),
    "first": ({"path": "5"}, "AS path expected"),
    "last": ({"path": "5"}, "AS path expected"),
    "last_nonaggregated": ({"path": "5"}, "AS path expected"),
    "empty": (
        {"path": "(path )", "clist": "(clist )", "eclist": "(eclist )", "lclist": "(lclist )"},
        NO_LIST,
    ),
}


@pytest.mark.parametrize("method", WITHOUT_ARGUMENTS)
def test_methods_without_arguments(method: str) -> None:
    results, error = WITHOUT_ARGUMENTS[method]
    for name, value in VALUES.items():
        assert outcome(method, value) == results.get(name, error), name


@pytest.mark.parametrize("name", VALUES)
def test_defined(name: str) -> None:
    assert FUNCTIONS["defined"](VALUES[name]) is (name != "void")


SUBJECTS = {
    "mask": ({"ip": "1.0.0.0", "ip6": "2000::"}, "You can mask only IP addresses", 8),
    "prepend": ({"path": "(path 8 5)"}, "Can't prepend to non-path", 8),
    "add": ({"clist": "(clist (1,2) (0,8))"}, NO_LIST, Pair(8)),
    "delete": ({"clist": "(clist )"}, NO_LIST, Pair(0x0001_0002)),
    "filter": ({"clist": "(clist (1,2))"}, NO_LIST, VALUES["[pair]"]),
}
OTHER_LISTS = {
    "path": "Can't delete non-integer (set)",
    "eclist": "Can't add/delete non-ec",
    "lclist": "Can't add/delete non-lc",
}


@pytest.mark.parametrize("method", SUBJECTS)
def test_subjects_of_methods(method: str) -> None:
    results, error, argument = SUBJECTS[method]
    others = OTHER_LISTS if error == NO_LIST else {}
    for name, value in VALUES.items():
        assert outcome(method, value, argument) == results.get(name, others.get(name, error)), name


ARGUMENTS = {
    ("mask", "ip"): ({"int": "0.0.0.0"}, "Integer expected"),
    ("prepend", "path"): ({"int": "(path 5 5)"}, "Can't prepend non-integer"),
    ("add", "path"): (
        dict.fromkeys(("int", "[int]", "[]"), "Can't add to path"),
        "Can't delete non-integer (set)",
    ),
    ("delete", "path"): (
        {"int": "(path )", "[int]": "(path )", "[]": "(path 5)"},
        "Can't delete non-integer (set)",
    ),
    ("filter", "path"): (
        {"int": "Can't filter integer", "[int]": "(path 5)", "[]": "(path )"},
        "Can't delete non-integer (set)",
    ),
    ("add", "clist"): (
        {
            "pair": "(clist (1,2))",
            "clist": "(clist (1,2))",
            "ip": "(clist (1,2) (258,772))",
            "quad": "(clist (1,2) (258,772))",
            **dict.fromkeys(("[pair]", "[ip]", "[quad]", "[]"), "Can't add set"),
        },
        "Can't add/delete non-pair",
    ),
    ("delete", "clist"): (
        {
            **dict.fromkeys(("pair", "clist", "[pair]"), "(clist )"),
            **dict.fromkeys(("ip", "quad", "[ip]", "[quad]", "[]"), "(clist (1,2))"),
        },
        "Can't add/delete non-pair",
    ),
    ("filter", "clist"): (
        {
            **dict.fromkeys(("pair", "ip", "quad"), "Can't filter pair"),
            **dict.fromkeys(("clist", "[pair]"), "(clist (1,2))"),
            **dict.fromkeys(("[ip]", "[quad]", "[]"), "(clist )"),
        },
        "Can't add/delete non-pair",
    ),
    ("add", "eclist"): (
        {
            **dict.fromkeys(("ec", "eclist"), "(eclist (rt, 1, 2))"),
            **dict.fromkeys(("[ec]", "[]"), "Can't add set"),
        },
        "Can't add/delete non-ec",
    ),
    ("delete", "eclist"): (
        {**dict.fromkeys(("ec", "eclist", "[ec]"), "(eclist )"), "[]": "(eclist (rt, 1, 2))"},
        "Can't add/delete non-ec",
    ),
    ("filter", "eclist"): (
        {
            "ec": "Can't filter ec",
            **dict.fromkeys(("eclist", "[ec]"), "(eclist (rt, 1, 2))"),
            "[]": "(eclist )",
        },
        "Can't add/delete non-ec",
    ),
    ("add", "lclist"): (
        {
            **dict.fromkeys(("lc", "lclist"), "(lclist (1, 2, 3))"),
            **dict.fromkeys(("[lc]", "[]"), "Can't add set"),
        },
        "Can't add/delete non-lc",
    ),
    ("delete", "lclist"): (
        {**dict.fromkeys(("lc", "lclist", "[lc]"), "(lclist )"), "[]": "(lclist (1, 2, 3))"},
        "Can't add/delete non-lc",
    ),
    ("filter", "lclist"): (
        {
            "lc": "Can't filter lc",
            **dict.fromkeys(("lclist", "[lc]"), "(lclist (1, 2, 3))"),
            "[]": "(lclist )",
        },
        "Can't add/delete non-lc",
    ),
}


@pytest.mark.parametrize(("method", "subject"), ARGUMENTS)
def test_arguments_of_methods(method: str, subject: str) -> None:
    results, error = ARGUMENTS[method, subject]
    for name, value in VALUES.items():
        assert outcome(method, VALUES[subject], value) == results.get(name, error), name


@pytest.mark.parametrize("method", METHODS)
def test_the_signatures_tell_what_methods_take(method: str) -> None:
    """Every method with every subject and no or one argument: a result somewhere means a signature."""
    arities = {len(arguments) for name, _, arguments in METHOD_RESULTS if name == method}
    assert len(arities) == 1
    arguments: list[tuple[Any, ...]] = [()] if arities == {0} else [(value,) for value in VALUES.values()]
    for subject in VALUES.values():
        for given in arguments:
            expected = method_result(method, type_of(subject), tuple(map(type_of, given)))
            try:
                result = METHODS[method](subject, *given)
            except RunError:
                continue
            assert type_of(result) is expected, (subject, given)


def test_every_signature_works_with_some_value() -> None:
    for (method, subject, arguments), result in METHOD_RESULTS.items():
        tried = [
            outcome(method, value, *given)
            for value in VALUES.values()
            if type_of(value) is subject
            for given in ([(other,) for other in VALUES.values()] if arguments else [()])
            if tuple(map(type_of, given)) == arguments
        ]
        assert any("Can't" not in text for text in tried), (method, subject, arguments, result)


def test_everything_can_be_asked_whether_it_is_defined() -> None:
    assert {method_result("defined", kind, ()) for kind in Type} == {Type.BOOL}


@pytest.mark.parametrize(
    ("address", "bits", "expected"),
    [
        ("255.255.255.255", 0, "0.0.0.0"),
        ("255.255.255.255", 12, "255.240.0.0"),
        ("255.255.255.255", 32, "255.255.255.255"),
        ("255.255.255.255", 33, "128.0.0.0"),
        ("255.255.255.255", 64, "255.255.255.255"),
        ("255.255.255.255", 4_294_967_295, "255.255.255.254"),
        ("ffff:ffff:ffff::", 33, "ffff:ffff:8000::"),
        ("2001:db8::1", 128, "2001:db8::1"),
        ("2001:db8::1", 300, "2001:db8::1"),
    ],
)
def test_lengths_of_masks(address: str, bits: int, expected: str) -> None:
    assert outcome("mask", ip(address), bits) == expected


@pytest.mark.parametrize(
    ("subject", "length", "first", "last", "last_nonaggregated"),
    [
        (path(), 0, 0, 0, 0),
        (path(65001), 1, 65001, 65001, 65001),
        (path(65001, {2, 3}), 2, 65001, 0, 65001),
        (path(65001, {2, 3}, 9), 3, 65001, 9, 65001),
        (path({65001, 3}), 1, 0, 0, 0),
        (path({65001, 3}, 5), 2, 0, 5, 0),
    ],
)
def test_ends_of_paths(subject: AsPath, length: int, first: int, last: int, last_nonaggregated: int) -> None:
    """Asked over a session: an AS_SET counts as one and has neither a first nor a last AS."""
    names = ("len", "first", "last", "last_nonaggregated")
    assert [METHODS[name](subject) for name in names] == [length, first, last, last_nonaggregated]


@pytest.mark.parametrize(
    ("method", "argument", "expected"),
    [
        ("delete", 3, "(path 65001 { 2 } 9)"),
        ("delete", ValueSet.of(Type.INT, (1, 3)), "(path 65001 9)"),
        ("filter", ValueSet.of(Type.INT, 3), "(path { 3 })"),
        ("filter", ValueSet.of(Type.INT, (1, 9)), "(path { 2 3 } 9)"),
        ("prepend", 7, "(path 7 65001 { 2 3 } 9)"),
    ],
)
def test_paths_are_changed_in_sets_too(method: str, argument: object, expected: str) -> None:
    assert outcome(method, path(65001, {2, 3}, 9), argument) == expected


ONE_TWO, THREE_FOUR, FIVE_SIX = Pair(0x0001_0002), Pair(0x0003_0004), Pair(0x0005_0006)
COMMUNITIES = CommunityList((ONE_TWO, THREE_FOUR))


@pytest.mark.parametrize(
    ("method", "argument", "expected"),
    [
        ("add", FIVE_SIX, "(clist (1,2) (3,4) (5,6))"),
        ("add", ONE_TWO, "(clist (1,2) (3,4))"),
        ("add", CommunityList((FIVE_SIX, ONE_TWO)), "(clist (1,2) (3,4) (5,6))"),
        ("delete", ONE_TWO, "(clist (3,4))"),
        ("delete", FIVE_SIX, "(clist (1,2) (3,4))"),
        ("delete", CommunityList((ONE_TWO, FIVE_SIX)), "(clist (3,4))"),
        ("delete", ValueSet(Type.PAIR, [Rows(range(1, 3), range(1, 9))]), "(clist (3,4))"),
        ("filter", CommunityList((THREE_FOUR, FIVE_SIX)), "(clist (3,4))"),
        ("filter", CommunityList(), "(clist )"),
        ("filter", ValueSet.of(Type.PAIR, (Pair(0), THREE_FOUR)), "(clist (1,2) (3,4))"),
        ("filter", ValueSet.of(Type.QUAD, Quad(ONE_TWO)), "(clist (1,2))"),
        ("filter", ValueSet.of(Type.IP, ip("0.1.0.2")), "(clist (1,2))"),
        ("delete", ValueSet.of(Type.IP, ip("0.1.0.2")), "(clist (3,4))"),
    ],
)
def test_lists_are_changed_in_their_order(method: str, argument: object, expected: str) -> None:
    assert outcome(method, COMMUNITIES, argument) == expected


def test_what_is_in_a_list_twice_stays() -> None:
    assert outcome("add", CommunityList((ONE_TWO, ONE_TWO)), ONE_TWO) == "(clist (1,2) (1,2))"


def test_lists_of_wider_communities() -> None:
    one, other = ExtendedCommunity(0x0002_0001_0000_0002), ExtendedCommunity(0x0003_0001_0000_0002)
    extended = METHODS["add"](ExtendedCommunityList((one,)), other)
    assert render(extended) == "(eclist (rt, 1, 2) (ro, 1, 2))"
    assert render(METHODS["delete"](extended, one)) == "(eclist (ro, 1, 2))"
    large = METHODS["add"](LargeCommunityList((LargeCommunity(1, 2, 3),)), LargeCommunity(1, 2, 4))
    assert render(METHODS["delete"](large, LargeCommunity(1, 2, 3))) == "(lclist (1, 2, 4))"
