"""What a run may take is bounded, however long the paths and lists are that a neighbor sends."""

from typing import Any

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    NEXT_HOP,
    ORIGIN,
    AsPath,
)
from messages.attributes.as_path import Segment
from messages.attributes.attribute import Attribute
from messages.attributes.large_communities import LargeCommunity
from messages.iana import Origin, SegmentType
from rib.filters.attributes import ATTRIBUTES
from rib.filters.compiler.unit import Style
from rib.filters.errors import RunError
from rib.filters.program import Program
from rib.filters.running.run import MOST_STEPS, Run, Subject
from rib.filters.running.trace import Trace
from rib.filters.running.trial import attempt, changes
from rib.route import Route
from tests.filters_oracle.interpreter import Interpreter
from tests.rib.filters.houses import GATEWAY, PREFIX, Host, program, route

TOO_MUCH = f"The filter takes more than {MOST_STEPS} steps"
BEFORE = """
    roa table origins { roa 10.0.0.0/8 max 24 as 65002; }
    function foremost() { for int b in bgp_path do return b; }
    function taken(eclist e) { return e; }
"""


def received(path: AsPath, communities: int = 0) -> Route:
    """Return a route with so many communities of each kind."""
    values: dict[Attribute[Any], Any] = {
        ORIGIN: Origin.IGP,
        AS_PATH: path,
        NEXT_HOP: GATEWAY,
        COMMUNITIES: tuple(range(10 << 16, (10 << 16) + communities)),
        EXTENDED_COMMUNITIES: tuple(number.to_bytes(8) for number in range(communities)),
        LARGE_COMMUNITIES: tuple(LargeCommunity(1, 2, number) for number in range(communities)),
    }
    return route(attributes=AttributeSet.of({row: value for row, value in values.items() if value}))


ORDINARY = received(AsPath.of(*range(65001, 65007)), 6)
LONG = received(AsPath.of(*range(1, 1_001)), 900)
"""What one message of 4,096 octets may have of one of them."""
LONGEST = received(AsPath.of(*range(1, 15_001)), 3_000)
"""What a long one may have (RFC 8654)."""
OF_SETS = received(AsPath.from_segments(*(Segment(SegmentType.AS_SET, (n,)) for n in range(1, 10_001))), 20)
BOTH, ONLY_THE_LONGEST, NONE = (LONG, LONGEST), (LONGEST,), ()


def spent(text: str, made: Route) -> tuple[int, str]:
    """Return the steps that a filter takes, in whatever way it is run, and how it failed."""
    defined = program(f"{BEFORE} filter f {{ {text} accept; }}")
    endings = {way: _run(defined, made, way) for way in (*Style, None)}
    assert len(set(endings.values())) == 1, endings
    return endings[None]


def _run(defined: Program, made: Route, style: Style | None) -> tuple[int, str]:
    tree = defined.symbols.filters["f"]
    run = Run(Subject(made, made.attributes, PREFIX, 4), Host(), Trace())
    complaint = ""
    try:
        if style is None:
            Interpreter(defined.symbols, run).verdict(tree)
        else:
            defined.compile(tree, style)(run)
    except RunError as error:
        complaint = str(error)
    return MOST_STEPS - max(run.steps, 0), complaint


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("for int a in bgp_path do { if bgp_path ~ [= * (a) * (a) * 1 =] then reject; }", BOTH),
        ("for int a in bgp_path do bgp_path.delete(a + 1000);", BOTH),
        ("for int a in bgp_path do bgp_community.delete([(1,*)]);", BOTH),
        ("for int a in bgp_path do { if bgp_path ~ [20000, 20001, 20002] then reject; }", BOTH),
        ("for int a in bgp_path do print bgp_path;", BOTH),
        ("if bgp_path ~ [= ? + ? + ? + ? + ? + 1 =] then reject;", ONLY_THE_LONGEST),
        ("if bgp_path ~ [= * ? * ? * ? * ? * ? * ? * ? * ? * ? * ? * 1 =] then reject;", ONLY_THE_LONGEST),
        ("if bgp_path ~ [= * [1..2] [3..4] =] then reject;", ONLY_THE_LONGEST),
        ("for int a in bgp_path do { if (1,2) ~ bgp_community then reject; }", BOTH),
        ("for int a in bgp_path do { if (9,9,9) !~ bgp_large_community then bgp_med = a; }", BOTH),
        ("for int a in bgp_path do { if defined(bgp_ext_community) then bgp_med = a; }", BOTH),
        ("for int a in bgp_path do bgp_ext_community = bgp_ext_community;", BOTH),
        ("for int a in bgp_path do bgp_path = bgp_path;", BOTH),
        ("for int a in bgp_path do { if taken(bgp_ext_community) = --empty-- then bgp_med = a; }", BOTH),
        ("for int a in bgp_path do { if bgp_path.len = a then bgp_med = bgp_path.last; }", BOTH),
        ("for int a in bgp_path do bgp_med = foremost();", BOTH),
        ("for int a in bgp_path do { if roa_check(origins) = ROA_VALID then reject; }", BOTH),
        ("for int a in bgp_path do bgp_path.prepend(a);", BOTH),
        ("for pair a in bgp_community do for pair b in bgp_community do { }", BOTH),
        ("for ec a in bgp_ext_community do for lc b in bgp_large_community do { }", BOTH),
        ("bgp_path.delete([1..9]); bgp_path.filter([1..2]); bgp_path.prepend(1);", ONLY_THE_LONGEST),
        ("if bgp_path ~ [= * 65000 * =] then reject;", NONE),
        ("if bgp_community ~ [(1,*), (2,3..4)] then bgp_community.add((1,2));", NONE),
        ("if bgp_path.len > 50000 || bgp_path ~ [7..8] && bgp_path.last = 1 then reject;", NONE),
        ("for int a in bgp_path do if a = 65000 then reject;", ONLY_THE_LONGEST),
        ("print bgp_path, bgp_community, bgp_ext_community, bgp_large_community;", NONE),
        ("bgp_community.delete([(1,*)]); bgp_community.add((1,2)); bgp_large_community.empty;", NONE),
    ],
)
def test_what_takes_too_much_is_stopped(text: str, stopped: tuple[Route, ...]) -> None:
    for made in (ORDINARY, LONG, LONGEST):
        steps, complaint = spent(text, made)
        assert complaint == (TOO_MUCH if made in stopped else "")
        assert complaint or steps <= MOST_STEPS


@pytest.mark.parametrize(
    "text",
    [
        "for int a in bgp_path do { if bgp_path.len = a then bgp_med = 1; }",
        "if bgp_path ~ [= * ? =] then reject;",
        "if bgp_path ~ [= (1 + bgp_path.len) =] && bgp_path ~ [= * 1 + * 2 =] then reject;",
        "bgp_path.delete(1); bgp_path.filter([1..99]);",
    ],
)
def test_sets_on_a_path_count_as_more(text: str) -> None:
    """To read a segment takes as much as to read many ASes of one."""
    assert spent(text, OF_SETS)[1] == TOO_MUCH


@pytest.mark.parametrize(
    "text",
    [
        "if (65000, 7) ~ bgp_community then reject;",
        "if bgp_path.len > 3 || 65000 ~ bgp_path || bgp_path.first = 1 then bgp_local_pref = 50;",
        "if bgp_path ~ [7, 8] || (rt, 1, 2) ~ bgp_ext_community then reject;",
        "bgp_path.prepend(65000); bgp_large_community = ---empty---;",
        "if net ~ [10.0.0.0/8+] && defined(bgp_community) && !defined(bgp_med) then bgp_med = 7;",
    ],
)
def test_ordinary_filters_take_no_steps(text: str) -> None:
    assert spent(text, ORDINARY) == (0, "")


def test_every_round_of_a_loop_takes_as_many_steps_as_there_is_to_do() -> None:
    """Functions that it calls are part of it."""
    short, _ = spent("for int a in bgp_path do { bgp_med = a; }", ORDINARY)
    long, _ = spent(f"for int a in bgp_path do {{ {'bgp_med = a;' * 20} }}", ORDINARY)
    calling, _ = spent("for int a in bgp_path do { bgp_med = foremost(); }", ORDINARY)
    assert 6 <= short < calling < long <= 6 * 20
    assert spent(f"for int a in bgp_path do {{ {'bgp_med = a;' * 900} }}", ORDINARY)[0] == 6 * 65


def test_what_is_printed_takes_as_many_steps_as_it_is_long() -> None:
    """Of a path no more is worked out than is shown of it."""
    assert spent('print "a", "b";', ORDINARY) == (2, "")
    assert spent("print bgp_path;", LONG) == spent("print bgp_path;", LONG)
    steps = [spent("print bgp_path;", made)[0] for made in (ORDINARY, LONG, LONGEST)]
    assert steps == [3, 63, 63]
    assert spent('print bgp_path, bgp_path; print "a";', LONG)[0] == 63 * 2 + 1


def test_what_a_line_can_no_longer_take_is_not_worked_out() -> None:
    steps, _ = spent("print bgp_path, bgp_path, bgp_path, bgp_path;", LONG)
    assert steps == 63 * 2 + 2


def test_those_who_look_on_take_no_steps() -> None:
    """Also if none are left: what became of the route can be told."""
    text = "bgp_community.add((1,1)); for int a in bgp_path do bgp_path.delete(a);"
    defined = program(f"filter f {{ {text} accept; }}")
    subject = Subject(LONG, LONG.attributes, PREFIX, 4)
    trial = attempt(defined, defined.symbols.filters["f"], subject, Host())
    assert trial.complaint == TOO_MUCH
    assert {change.name for change in changes(trial, subject)} == {"bgp_community", "bgp_path"}
    assert trial.run.steps < 0
    with pytest.raises(RunError, match=TOO_MUCH):
        ATTRIBUTES["bgp_community"].read(trial.run)
