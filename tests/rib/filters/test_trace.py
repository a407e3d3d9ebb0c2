"""What a filter tells of its way: statements, comparisons, changes, results."""

from textwrap import dedent

import pytest

from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES, LOCAL_PREF
from messages.families.prefix import parse_prefix
from rib.filters.grammar.parser import definitions
from rib.filters.program import Program
from rib.filters.running.judging import UNDECIDED
from rib.filters.running.narration import Narrator, change_text
from rib.filters.running.run import Decision, Subject
from rib.filters.running.trial import Trial, attempt, changes
from rib.filters.syntax import Definition
from rib.route import Destination, DestinationKind, Route, Source, SourceKind


def read(text: str) -> list[Definition]:
    found = []
    for definition in definitions(dedent(text), "f"):
        assert not isinstance(definition, Exception), definition
        found.append(definition)
    return found


def subject() -> Subject:
    attributes = AttributeSet.of({LOCAL_PREF: 100, COMMUNITIES: (65000 << 16 | 1,)})
    route = Route(Source("tor1", SourceKind.BGP), attributes, Destination(DestinationKind.BLACKHOLE), 0)
    family, key = parse_prefix("10.1.2.0/24")
    return Subject(route, attributes, key, family.address_octets)


def trial_of(trees: list[Definition]) -> Trial:
    program = Program()
    for tree in trees:
        program.define(tree)
    return attempt(program, program.symbols.filters["example"], subject())


def told(text: str) -> list[str]:
    """Return the trace of the filter ``example``, indented by depth; remarks begin with dashes."""
    trees = read(text)
    lines = []
    for each in Narrator(trees).tell(trial_of(trees).trace):
        indent = "  " * each.depth
        lines.append(f"{each.place.removeprefix('f:')} {indent}{each.text}")
        lines += [f"  {indent}- {remark}" for remark in each.remarks]
    return lines


def test_conditions_are_told_with_what_they_compared() -> None:
    assert told("""\
        define TORS = [10.0.0.0/8{16,24}];
        filter example {
          if net ~ TORS && bgp_local_pref > 200 then accept;
          else if (65000, 1) ~ bgp_community then {
            bgp_local_pref = 250;
            reject "no";
          }
        }
        """) == [
        "3 if net ~ TORS && bgp_local_pref > 200 then",
        "  - 10.1.2.0/24 ~ [10.0.0.0/8{16,24}] is true",
        "  - 100 > 200 is false",
        "  - the condition is false",
        "4 if (65000, 1) ~ bgp_community then",
        "  - (65000,1) ~ (clist (65000,1)) is true",
        "5 bgp_local_pref = 250;",
        "  - bgp_local_pref is 250, was 100",
        '6 reject "no";',
    ]


def test_functions_are_told_inside_of_what_called_them() -> None:
    """What their caller compares afterwards is the caller's again."""
    assert told("""\
        function twice(int x) {
          return x * 2;
        }
        filter example
        int sum;
        {
          sum = twice(3) + twice(4);
          if twice(sum) = 28 then accept;
        }
        """) == [
        "7 sum = twice(3) + twice(4);",
        "  - twice(3) is 6",
        "  - twice(4) is 8",
        "  - sum is 14, was undefined",
        "2   return x * 2;",
        "    - x * 2 is 6",
        "2   return x * 2;",
        "    - x * 2 is 8",
        "8 if twice(sum) = 28 then",
        "  - twice(14) is 28",
        "  - 28 = 28 is true",
        "  - the condition is true",
        "2   return x * 2;",
        "    - x * 2 is 28",
        "8 accept;",
    ]


def test_a_function_that_decides_says_so() -> None:
    assert told("""\
        function judge(int x) { if x = 1 then accept; reject; }
        filter example { judge(1); }
        """) == [
        "2 judge(1);",
        "  - judge(1) accepts",
        "1   if x = 1 then",
        "    - 1 = 1 is true",
        "1   accept;",
    ]


def test_loops_and_cases_tell_their_subject() -> None:
    assert told("""\
        filter example {
          for pair each in bgp_community do {
            case each { (65000, 1): unset(bgp_med); else: reject; }
          }
          int found = bgp_community.len;
          found = found;
          accept;
        }
        """) == [
        "2 for pair each in bgp_community do",
        "  - bgp_community is (clist (65000,1))",
        "3 case each",
        "  - each is (65000,1)",
        "3 unset(bgp_med);",
        "  - bgp_med is undefined, was undefined",
        "5 int found = bgp_community.len;",
        "6 found = found;",
        "  - found is 1, was 1",
        "7 accept;",
    ]


@pytest.mark.parametrize(
    ("body", "decision", "complaint"),
    [
        ("accept;", Decision.ACCEPT, ""),
        ('error "text";', Decision.ERROR, ""),
        ("if 1 = 2 then accept;", Decision.ERROR, UNDECIDED.format("example")),
        ("bgp_med = 1 / (bgp_local_pref - 100);", Decision.ERROR, "Mother told me not to divide by 0"),
        ("if 1 = 1 && judge(1) then reject;", Decision.ACCEPT, ""),
    ],
)
def test_a_trial_ends_as_the_filter_does(body: str, decision: Decision, complaint: str) -> None:
    trial = trial_of(read(f"function judge(int x) {{ accept; }} filter example {{ {body} }}"))
    assert (trial.decision, trial.complaint) == (decision, complaint)


def test_what_a_filter_changed_is_found_by_comparison() -> None:
    trial = trial_of(
        read("filter example { bgp_med = 5; bgp_local_pref = 100; preference = 5; krt_metric = 7; accept; }")
    )
    assert [change_text(change) for change in changes(trial, subject())] == [
        "preference is 5, was 100",
        "bgp_med is 5, was undefined",
        "krt_metric is 7, was undefined",
    ]


def test_a_trace_ends_where_the_filter_stopped() -> None:
    trial = trial_of(read("filter example {\n print 1;\n if bgp_local_pref then accept; }"))
    assert trial.complaint
    assert [step.at.line for step in trial.trace.steps] == [2, 3]


@pytest.mark.parametrize("condition", ["bgp_med + 1 = 2", "1 = 1 && judge()"])
def test_a_condition_that_ends_everything_is_not_said_to_be_undefined(condition: str) -> None:
    text = f"function judge() {{ reject; }}\nfilter example {{ if {condition} then accept; reject; }}"
    assert "  - the condition is never known" in told(text)


def test_what_stands_twice_in_one_place_is_told_as_it_was_compiled() -> None:
    """As in files of the same name: the text of one is not that of the other."""
    trees = read("define X = 5;\nfilter example { bgp_med = X; accept; }")
    (first, *_) = Narrator([*trees, *trees]).tell(trial_of(trees).trace)
    assert first.text == "bgp_med = 5;"


def test_functions_without_a_value_return_too() -> None:
    assert told("""\
        function nothing() { return; }
        function same(int x) { return x = 1; }
        filter example { nothing(); if same(1) then accept; reject; }
        """) == [
        "3 nothing();",
        "  - nothing() is undefined",
        "1   return;",
        "3 if same(1) then",
        "  - same(1) is true",
        "2   return x = 1;",
        "    - 1 = 1 is true",
        "3 accept;",
    ]


def test_long_values_are_cut() -> None:
    items = ", ".join(f"10.{number}.0.0/16" for number in range(100))
    (first, *_) = told(f"filter example {{ if net ~ [{items}] then accept; reject; }}")
    assert first.endswith(" …")
    assert len(first) < 250
