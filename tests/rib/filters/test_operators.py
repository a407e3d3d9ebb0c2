"""Every operator with every pair of types gives what BIRD 1.6.8 gives, which was asked for all of them."""

import re
from itertools import product

import pytest

from rib.filters.algebra.operators import (
    OPERATORS,
    assigned,
    condition,
    is_case,
    matches,
    negate,
    truth,
    type_of,
)
from rib.filters.algebra.printing import render
from rib.filters.algebra.sets import ValueSet
from rib.filters.algebra.signatures import result_of
from rib.filters.errors import RunError
from rib.filters.values import Address, Pair, Quad, Type
from tests.rib.filters.samples import BGP, IGP, VALUES, ip, prefix

ARITHMETIC = {"+": "10", "-": "0", "*": "25", "/": "1"}
ORDERED = {"int", "bool", "ip", "ip6", "prefix", "pair", "quad", "ec", "lc", "string", "rts", "origin"}
TWINS = {("ip", "quad"), ("quad", "ip"), ("[ip]", "[quad]"), ("[quad]", "[ip]")}
MATCHES = """
int      ~ [int] path                                        TRUE
pair     ~ [pair] clist                                      TRUE
ip       ~ [ip] [quad] prefix                                TRUE
ip       ~ [ip6] clist                                       FALSE
ip6      ~ [ip6]                                             TRUE
ip6      ~ [ip] prefix                                       FALSE
quad     ~ [ip] [quad]                                       TRUE
quad     ~ clist                                             FALSE
ec       ~ [ec] eclist                                       TRUE
lc       ~ [lc] lclist                                       TRUE
rts      ~ [rts]                                             TRUE
prefix   ~ prefix [prefix]                                   TRUE
string   ~ string                                            TRUE
path     ~ mask [int] [pair] [ip] [ip6] [quad] [ec] [lc] [rts] TRUE
clist    ~ [pair]                                            TRUE
clist    ~ [ip] [quad]                                       FALSE
eclist   ~ [ec]                                              TRUE
lclist   ~ [lc]                                              TRUE
int      ~ []                                                FALSE
pair     ~ []                                                FALSE
ip       ~ []                                                FALSE
ip6      ~ []                                                FALSE
quad     ~ []                                                FALSE
ec       ~ []                                                FALSE
lc       ~ []                                                FALSE
rts      ~ []                                                FALSE
origin   ~ []                                                FALSE
prefix   ~ []                                                FALSE
path     ~ []                                                FALSE
clist    ~ []                                                FALSE
eclist   ~ []                                                FALSE
lclist   ~ []                                                FALSE
"""
MEMBERSHIP = {
    (left, right): result == "TRUE"
    for left, _, *rights, result in map(str.split, MATCHES.strip().splitlines())
    for right in rights
}


def outcome(operator: str, left: object, right: object) -> str:
    try:
        return render(OPERATORS[operator](left, right))
    except RunError as error:
        return str(error)


def is_set(name: str) -> bool:
    return name.startswith("[") and name != "[prefix]"


@pytest.mark.parametrize("operator", ARITHMETIC)
@pytest.mark.parametrize("left", VALUES)
def test_arithmetic_takes_two_ints(operator: str, left: str) -> None:
    for right in VALUES:
        assert outcome(operator, VALUES[left], VALUES[right]) == arithmetic(operator, left, right), right


def arithmetic(operator: str, left: str, right: str) -> str:
    if left == right == "int":
        return ARITHMETIC[operator]
    if left == right == "void":
        return "Can't operate with values of type void"
    if left == right or (is_set(left) and is_set(right)) or {left, right} == {"ip", "ip6"}:
        return "Usage of unknown type"
    return "Can't operate with values of incompatible types"


@pytest.mark.parametrize("left", VALUES)
def test_values_of_different_types_are_not_equal(left: str) -> None:
    for right in VALUES:
        is_equal = left == right or (left, right) in TWINS
        assert outcome("=", VALUES[left], VALUES[right]) == ("TRUE" if is_equal else "FALSE"), right
        assert outcome("!=", VALUES[left], VALUES[right]) == ("FALSE" if is_equal else "TRUE"), right


@pytest.mark.parametrize("left", VALUES)
def test_an_undefined_value_is_less_than_all_others(left: str) -> None:
    for right in VALUES:
        results = [outcome(operator, VALUES[left], VALUES[right]) for operator in ("<", "<=", ">", ">=")]
        if "void" in (left, right) and left != right:
            assert results == (["TRUE", "TRUE", "FALSE", "FALSE"][:: 1 if left == "void" else -1]), right
        elif (left == right and left in ORDERED | {"void"}) or (left, right) in {
            ("ip", "quad"),
            ("quad", "ip"),
        }:
            assert results == ["FALSE", "TRUE", "FALSE", "TRUE"], right
        else:
            assert results == ["Can't compare values of incompatible types"] * 4, right


@pytest.mark.parametrize("left", VALUES)
def test_what_matches(left: str) -> None:
    for right in VALUES:
        results = [outcome(operator, VALUES[left], VALUES[right]) for operator in ("~", "!~")]
        match MEMBERSHIP.get((left, right)):
            case None:
                assert results == [f"{operator} applied on unknown type pair" for operator in ("~", "!~")], (
                    right
                )
            case result:
                assert results == (["TRUE", "FALSE"] if result else ["FALSE", "TRUE"]), right


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_signatures_tell_which_pairs_of_types_are_errors(operator: str) -> None:
    """Of one pair of types some values may be errors and others not: then it has a result."""
    worked: dict[tuple[Type, Type], set[Type]] = {}
    for left, right in product(VALUES.values(), VALUES.values()):
        found = worked.setdefault((type_of(left), type_of(right)), set())
        try:
            found.add(type_of(OPERATORS[operator](left, right)))
        except RunError:
            continue
    for (left, right), results in worked.items():
        expected = result_of(operator, left, right)
        assert results == (set() if expected is None else {expected}), (left, right)


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("+", 4_294_967_295, 2, "1"),
        ("-", 1, 2, "4294967295"),
        ("*", 65_536, 65_537, "65536"),
        ("/", 7, 2, "3"),
        ("/", 7, 0, "Mother told me not to divide by 0"),
        ("<", 4, 5, "TRUE"),
        ("<", 5, 4, "FALSE"),
        ("<=", 5, 4, "FALSE"),
        (">", 5, 4, "TRUE"),
        (">=", 4, 5, "FALSE"),
        ("<", False, True, "TRUE"),
        ("<", "abc", "abd", "TRUE"),
        ("<", Pair(1), Pair(2), "TRUE"),
        ("<", BGP, BGP._replace(number=12), "TRUE"),
        ("<", BGP, IGP, "Can't compare values of incompatible types"),
        ("=", BGP, IGP._replace(number=11), "FALSE"),
        ("<", ip("9.0.0.0"), ip("10.0.0.0"), "TRUE"),
        ("<", ip("1.2.3.3"), Quad(0x01020304), "TRUE"),
        ("<", Quad(0x01020304), ip("1.2.3.4"), "FALSE"),
        ("=", ip("1.2.3.3"), Quad(0x01020304), "FALSE"),
        ("<", prefix("10.0.0.0/8"), prefix("10.0.0.0/9"), "TRUE"),
        ("<", prefix("10.0.0.0/9"), prefix("9.0.0.0/8"), "FALSE"),
        ("<", prefix("11.0.0.0/8"), prefix("10.0.0.0/9"), "FALSE"),
        ("~", ip("1.2.3.4"), prefix("1.2.3.4/32"), "TRUE"),
        ("~", ip("1.2.3.4"), prefix("0.0.0.0/0"), "TRUE"),
        ("~", ip("1.2.3.4"), prefix("1.2.4.0/24"), "FALSE"),
        ("~", ip("1.2.3.4"), prefix("1.2.2.0/23"), "TRUE"),
        ("~", ip("1.2.3.4"), prefix("1.2.4.0/23"), "FALSE"),
        ("~", prefix("1.2.0.0/16"), prefix("1.2.3.0/24"), "FALSE"),
        ("~", prefix("1.2.3.0/25"), prefix("1.2.3.0/24"), "TRUE"),
        ("~", prefix("1.2.4.0/25"), prefix("1.2.3.0/24"), "FALSE"),
    ],
)
def test_results(operator: str, left: object, right: object, expected: str) -> None:
    assert outcome(operator, left, right) == expected


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("abc", "a*", True),
        ("abc", "*b*", True),
        ("abc", "*", True),
        ("", "*", True),
        ("", "", True),
        ("abc", "abc*", True),
        ("abc", "a?c", True),
        ("", "?", False),
        ("abc", "a\\?c", False),
        ("a?c", "a\\?c", True),
        ("a\\c", "a\\\\c", True),
        ("abc\\", "abc\\", True),
        ("abc", "abc\\", False),
        ("abc", "[a]bc", False),
        ("[a]bc", "[a]bc", True),
        ("Abc", "abc", False),
        ("eth0.5", "eth?.*", True),
        ("a\nc", "a?c", True),
        ("abc", "a**c", False),
        ("ab*c", "a**c", True),
        ("abc", "*?c", False),
        ("ab?c", "*?c", True),
        ("abxc", "a*\\xc", True),
    ],
)
def test_patterns_of_strings(text: str, pattern: str, expected: bool) -> None:
    """There are no ``[…]``; behind ``*`` BIRD looks for the next character as it is, even for ``?``."""
    assert matches(text, pattern) is expected


@pytest.mark.parametrize("name", sorted(VALUES.keys() - {"bool"}))
def test_conditions_are_boolean(name: str) -> None:
    for check, error in (
        (truth, "Can't do boolean operation on non-booleans"),
        (condition, "If requires boolean expression"),
        (negate, "Not applied to non-boolean"),
    ):
        with pytest.raises(RunError, match=re.escape(error)):
            check(VALUES[name])


@pytest.mark.parametrize("value", [True, False])
def test_booleans(value: bool) -> None:
    assert (truth(value), condition(value), negate(value)) == (value, value, not value)


@pytest.mark.parametrize("name", VALUES)
def test_variables_take_values_of_their_type(name: str) -> None:
    """Any can become undefined, a quad can become an IPv4 address, the empty set is one of prefixes too."""
    value = VALUES[name]
    for kind in Type:
        if name == "void" or type_of(value) is kind or (name, kind) == ("[]", Type.PREFIX_SET):
            assert assigned(kind, value) is value
        elif (name, kind) == ("ip", Type.QUAD):
            assert assigned(kind, value) == VALUES["quad"]
            assert type_of(assigned(kind, value)) is Type.QUAD
        else:
            with pytest.raises(RunError, match=r"^Assigning to variable of incompatible type$"):
                assigned(kind, value)


@pytest.mark.parametrize(
    ("subject", "values", "expected"),
    [
        (5, VALUES["[int]"], True),
        (8, VALUES["[int]"], True),
        (6, VALUES["[int]"], False),
        (None, VALUES["[int]"], False),
        (Pair(5), VALUES["[int]"], False),
        (5, VALUES["[]"], False),
        (Address(bytes((1, 2, 3, 4))), VALUES["[quad]"], True),
        (VALUES["path"], VALUES["[int]"], False),
        (VALUES["prefix"], VALUES["[]"], False),
        (BGP, VALUES["[rts]"], True),
        (IGP, VALUES["[rts]"], False),
    ],
)
def test_arms_of_a_case_are_for_values_of_their_type(
    subject: object, values: ValueSet, expected: bool
) -> None:
    assert is_case(subject, values) is expected
