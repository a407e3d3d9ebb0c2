"""``bgpd --test-filters``: what passes, what fails and how that is told, what is wrong with a file."""

from pathlib import Path
from textwrap import dedent, indent

import pytest

from bgpd.__main__ import main
from bgpd.config import ConfigurationError
from bgpd.filter_tests import report

EXAMPLE = Path(__file__).parents[2] / "configs" / "filters" / "tests.toml"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lines_of(statements: str, route: str = "", expect: str = "") -> list[str]:
    """Return the report on one test of a filter that consists of these statements."""
    path = Path("tests.toml")
    path.write_text(
        dedent(f"""\
            [filters]
            example = '''{statements}'''
            [[test]]
            name = "it"
            filter = "example"
            route = {{ prefix = "10.0.0.0/8"{route and f", {route}"} }}
            expect = {{ {expect} }}
            """)
    )
    return report(path).lines


def problems_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "tests.toml"
    path.write_text(dedent(text))
    with pytest.raises(ConfigurationError) as caught:
        report(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("route", "problem"),
    [
        (
            "bgp_path = 65001",
            "6: test[it].route.bgp_path: 65001 is not allowed; "
            'write AS numbers like "65001 65002 {65003 65004}"',
        ),
        (
            'bgp_community = "1:2"',
            '6: test[it].route.bgp_community: "1:2" is not allowed; write a list like ["65000:1", "65000:2"]',
        ),
        (
            'bgp_community = ["65000:1", "65000:70000"]',
            '6: test[it].route.bgp_community: "65000:70000" is not allowed; '
            'write a list like ["65000:1", "65000:2"]',
        ),
        ("ifname = 5", "6: test[it].route.ifname: 5 is not allowed; write a string"),
        ('bgp_path = "0"', " test[it].route: AS 0 can't be in a path (RFC 7607)"),
    ],
)
def test_a_value_that_no_route_has_is_told(route: str, problem: str, tmp_path: Path) -> None:
    text = f"""\
        [filters]
        example = "accept;"
        [[test]]
        name = "it"
        filter = "example"
        route = {{ prefix = "10.0.0.0/8", {route} }}
        """
    assert problems_of(tmp_path, text) == [problem]


@pytest.mark.parametrize(
    ("statements", "route", "expect"),
    [
        ("accept;", "", ""),
        ("reject;", "", 'verdict = "reject"'),
        ('error "no";', "", 'verdict = "error", printed = ["no"]'),
        ("bgp_med = bgp_med + 1; accept;", "", 'verdict = "error"'),
        ('if proto = "tor1" then accept; reject;', 'proto = "tor1"', ""),
        ("if source = RTS_DEVICE then accept; reject;", 'source = "Direct"', ""),
        ("if dest = RTD_BLACKHOLE then accept; reject;", 'dest = "blackhole"', ""),
        ("if from = 192.0.2.1 then accept; reject;", 'from = "192.0.2.1"', ""),
        ("if gw = 192.0.2.1 then accept; reject;", 'bgp_next_hop = "192.0.2.1"', ""),
        ('if ifname = "eth7" then accept; reject;', 'ifname = "eth7"', ""),
        ("if defined(bgp_atomic_aggr) then accept; reject;", "bgp_atomic_aggr = true", ""),
        ("if defined(bgp_aggregator) then accept; reject;", "bgp_aggregator = true", ""),
        ("if preference = 7 then accept; reject;", "preference = 7", ""),
        ("if krt_metric = 7 then accept; reject;", "krt_metric = 7", ""),
        ("if bgp_path ~ [= 1 [2, 3] =] then accept; reject;", 'bgp_path = "1 {2 3}"', ""),
        ("preference = 5; accept;", "", "preference = 5"),
        ("dest = RTD_PROHIBIT; accept;", "", 'dest = "prohibit"'),
        ("unset(bgp_med); accept;", "bgp_med = 1", 'absent = ["bgp_med"]'),
    ],
)
def test_what_is_as_expected_passes(statements: str, route: str, expect: str) -> None:
    lines = lines_of(statements, route, expect)
    assert lines == ["ok      example: it", "1 test, all passed"]


@pytest.mark.parametrize(
    ("statements", "expect", "told"),
    [
        ("reject;", "", "verdict: expected accept, but it is reject (tests.toml:2)"),
        (
            "bgp_local_pref = 1 / bgp_path.len; accept;",
            "",
            "verdict: expected accept, but it is error (tests.toml:2): Mother told me not to divide by 0",
        ),
        ("bgp_med = 5; accept;", "bgp_med = 6", "bgp_med: expected 6, but it is 5"),
        ("accept;", "bgp_med = 0", "bgp_med: expected 0, but it is none"),
        ("bgp_med = 0; accept;", 'absent = ["bgp_med"]', "bgp_med: expected none, but it is 0"),
        ("accept;", 'bgp_community = ["1:2"]', 'bgp_community: expected ["1:2"], but it is []'),
        ("bgp_path.prepend(1); accept;", 'bgp_path = ""', 'bgp_path: expected "", but it is "1"'),
        ("accept;", 'bgp_origin = "egp"', 'bgp_origin: expected "egp", but it is "igp"'),
        ('print "a"; accept;', "printed = []", 'printed: expected [], but it is ["a"]'),
    ],
)
def test_a_difference_is_told(statements: str, expect: str, told: str) -> None:
    (first, difference, *_) = lines_of(statements, expect=expect)
    assert first == "FAILED  example: it"
    assert difference == f"        {told}"


def test_a_failure_shows_the_way_of_the_route() -> None:
    expected = """\
        FAILED  example: it
                verdict: expected accept, but it is reject (tests.toml:2)
                the way of 10.0.0.0/8 through example:
                  tests.toml:2  bgp_med = 5;
                                    bgp_med is 5, was undefined
                  tests.toml:2  print "no";
                  tests.toml:2  reject;
                  printed: no
        1 test, 1 failed
        """
    lines = lines_of('bgp_med = 5; print "no"; reject;')
    assert "\n".join(lines) == dedent(expected).rstrip()


def test_the_host_has_the_interfaces_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tests.toml"
    path.write_text(
        dedent("""\
            interfaces = { eth0 = ["192.0.2.0/24"], eth1 = ["198.51.100.0/24"] }
            [filters]
            example = 'gw = 198.51.100.7; accept;'
            [[test]]
            name = "another gateway"
            filter = "example"
            route = { prefix = "10.0.0.0/8", gw = "192.0.2.1" }
            expect = { ifname = "eth1" }
            """)
    )
    assert report(path).failed == 0


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            """\
            [filters]
            example = "accept;"
            [[test]]
            name = "it"
            filter = "exampel"
            route = { prefix = "10.0.0.0/8", bgp_lcal_pref = 1 }
            """,
            ['6: test[it].route.bgp_lcal_pref: unknown key; did you mean "bgp_local_pref"?'],
        ),
        (
            """\
            [filters]
            example = "accept;"
            [[test]]
            name = "it"
            filter = "exampel"
            route = { prefix = "10.0.0.0/8" }
            expect = { absent = ["bgp_mad"] }
            """,
            [
                '5: test[it].filter: unknown filter "exampel"; did you mean "example"?',
                '7: test[it].expect.absent[#1]: unknown attribute "bgp_mad"; did you mean "bgp_med"?',
            ],
        ),
        (
            """\
            [filters]
            example = "f(); accept;"
            [[test]]
            name = "it"
            filter = "example"
            route = { bgp_path = "x" }
            """,
            [
                "2:12 f is no function",
                '6: test[it].route.bgp_path: "x" is not allowed; '
                'write AS numbers like "65001 65002 {65003 65004}"',
                '6: test[it].route.prefix: missing; write a prefix like "192.0.2.0/24" or "2001:db8::/32"',
            ],
        ),
        (
            """\
            configuration = "other.toml"
            [filters]
            example = "accept;"
            """,
            [
                "cannot be read: No such file or directory; "
                "name a file this user may read, or none for the defaults"
            ],
        ),
        (
            """\
            [filters]
            example = "reject;"
            [[test]]
            name = "it"
            filter = "example"
            route = { prefix = "10.0.0.0/8" }
            expect = { verdict = "reject", bgp_med = 5 }
            """,
            ["7: test[it].expect.verdict: only a route that is accepted has attributes; leave them out"],
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_at_once(tmp_path: Path, text: str, problems: list[str]) -> None:
    found = [problem.rpartition("other.toml: ")[2] for problem in problems_of(tmp_path, text)]
    assert found == problems


def test_filters_are_in_one_place(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('[filters]\nexample = "accept;"\n')
    text = 'configuration = "other.toml"\n[filters]\nexample = "accept;"\n'
    assert problems_of(tmp_path, text) == [
        "1: configuration: filters are either there or in this file; leave one of them out"
    ]


def test_a_test_needs_its_filters_name_and_route(tmp_path: Path) -> None:
    assert [problem.partition(";")[0] for problem in problems_of(tmp_path, "[[test]]\n")] == [
        "1: test[#1].name: missing",
        "1: test[#1].filter: missing",
        "1: test[#1].route: missing",
    ]


def test_the_example_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--test-filters", str(EXAMPLE)]) == 0
    assert capsys.readouterr().out.endswith("9 tests, all passed\n")


@pytest.mark.parametrize(("verdict", "status"), [("accept", 0), ("reject", 1), ("maybe", 2)])
def test_the_exit_status_tells_what_came_of_it(tmp_path: Path, verdict: str, status: int) -> None:
    path = tmp_path / "tests.toml"
    test = f'name = "it"\nfilter = "a"\nroute.prefix = "::/0"\nexpect.verdict = "{verdict}"\n'
    path.write_text(f'[filters]\na = "accept;"\n[[test]]\n{indent(test, "  ")}')
    assert main(["--test-filters", str(path)]) == status
