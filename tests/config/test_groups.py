"""Groups: what neighbors share."""

from collections.abc import Callable

from bgpd.config import DaemonSettings, Problem

Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]


def test_key_of_the_neighbor_goes_before_its_group_and_the_nearer_group_before_the_farther(
    settings: Settings,
) -> None:
    (neighbor,) = settings("""
        [groups.far]
        asn = 65001
        hold_time = 30
        port = 1
        passive = true
        [groups.near]
        group = "far"
        hold_time = 60
        port = 2
        [[neighbors]]
        group = "near"
        address = "192.0.2.1"
        port = 3
    """).neighbors
    assert (neighbor.asn, neighbor.hold_time, neighbor.port, neighbor.passive) == (65001, 60, 3, True)


def test_default_is_not_inherited_as_if_it_were_written(settings: Settings) -> None:
    """RFC 8212: a group without ``import`` writes none for its neighbors."""
    (neighbor,) = settings("""
        [groups.tor]
        asn = 65001
        export = "all"
        [[neighbors]]
        group = "tor"
        address = "192.0.2.1"
    """).neighbors
    assert neighbor.policy_missing == ("import",)


def test_password_of_the_neighbor_replaces_the_file_of_its_group(settings: Settings) -> None:
    (neighbor,) = settings("""
        [groups.tor]
        password_file = "/no/such/file"
        [[neighbors]]
        group = "tor"
        address = "192.0.2.1"
        asn = 65001
        password = "own"
    """).neighbors
    assert neighbor.password == b"own"


def test_wrong_value_of_a_group_is_reported_once_where_it_stands(problems: Problems) -> None:
    (problem,) = problems("""[groups.tor]
        asn = 65001
        error_wait = [0, 60]
        [[neighbors]]
        group = "tor"
        address = "192.0.2.1"
        [[neighbors]]
        group = "tor"
        address = "192.0.2.2"
    """)
    assert (problem.line, problem.key) == (3, "groups.tor.error_wait[#1]")


def test_value_of_a_group_that_does_not_fit_the_neighbor_is_blamed_on_the_group(problems: Problems) -> None:
    (problem,) = problems("""[groups.tor]
        keepalive_time = 30
        [[neighbors]]
        group = "tor"
        address = "192.0.2.1"
        asn = 65001
        hold_time = 9
    """)
    assert (problem.line, problem.key) == (2, "groups.tor.keepalive_time")


def test_unknown_group_names_those_that_exist_and_hides_what_it_would_have_given(problems: Problems) -> None:
    (problem,) = problems("""[groups.tor]
        asn = 65001
        [groups.spine]
        asn = 65002
        [[neighbors]]
        group = "tors"
        address = "192.0.2.1"
    """)
    assert (problem.line, problem.key) == (6, "neighbors[192.0.2.1].group")
    assert problem.message == 'unknown group "tors"; the groups of this file: "spine", "tor"'


def test_unknown_group_without_any_group(problems: Problems) -> None:
    (problem,) = problems('[[neighbors]]\ngroup = "tor"\naddress = "192.0.2.1"\nasn = 65001')
    assert problem.message == 'unknown group "tor"; the groups of this file: none'


def test_groups_in_a_ring_are_reported_once(problems: Problems) -> None:
    (problem,) = problems("""[groups.b]
        group = "c"
        [groups.a]
        group = "b"
        [groups.c]
        group = "b"
        [[neighbors]]
        group = "a"
        address = "192.0.2.1"
    """)
    assert (problem.line, problem.key) == (2, "groups.b.group")
    assert problem.message == '"b" extends "c" extends "b"; a group cannot extend itself'


def test_unknown_group_of_an_unused_group(problems: Problems) -> None:
    (problem,) = problems('[groups.a]\ngroup = "b"')
    assert problem.key == "groups.a.group"
