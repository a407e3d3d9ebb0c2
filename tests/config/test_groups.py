"""Groups: what neighbors share."""

from collections.abc import Callable

from bgpd.config import DaemonSettings, PrefixLimit, Problem

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


def test_what_is_exchanged_is_inherited_like_the_rest(settings: Settings) -> None:
    first, second = settings("""
        [router]
        tables = ["blue"]
        [groups.clients]
        asn = 64512
        table = "blue"
        preference = 90
        route_reflector_client = true
        cluster_id = "244.0.0.1"
        add_paths = "send"
        send_paths = 3
        max_prefixes = { receive = 10 }
        [[neighbors]]
        group = "clients"
        address = "192.0.2.1"
        [[neighbors]]
        group = "clients"
        address = "192.0.2.2"
        table = "master"
        cluster_id = 5
        send_paths = "all"
        max_prefixes = { import = 9 }
    """).neighbors
    assert first.route_reflector_client
    assert second.route_reflector_client
    assert (first.table, first.preference, first.cluster_id) == ("blue", 90, 0xF4000001)
    assert (second.table, second.preference, second.cluster_id) == ("master", 90, 5)
    assert (first.add_path_send, first.send_paths) == (True, 3)
    assert (second.add_path_send, second.send_paths) == (True, 0)
    assert first.max_prefixes == PrefixLimit(None, 10, None, "warn", 75, 60)
    assert second.max_prefixes == PrefixLimit(9, None, None, "warn", 75, 60)


def test_every_option_can_be_inherited(settings: Settings) -> None:
    """What a neighbor may take over is what a group may say."""
    asn = "asn = 65001\n"
    for line in OPTIONS:
        (own,) = settings(f'[[neighbors]]\naddress = "192.0.2.1"\n{asn}{line}').neighbors
        (inherited,) = settings(
            f'[groups.g]\n{asn}{line}\n[[neighbors]]\naddress = "192.0.2.1"\ngroup = "g"'
        ).neighbors
        (without,) = settings(f'[[neighbors]]\naddress = "192.0.2.1"\n{asn}').neighbors
        assert inherited == own != without, line


OPTIONS = [
    "preference = 1",
    "route_server_client = true",
    "allow_local_as = 1",
    "as_override = true",
    'remove_private_as = "remove"',
    'local_asn = 9\nlocal_asn_mode = "prepend"',
    "prepend = 1",
    "enforce_first_as = true",
    "default_med = 1",
    "default_local_pref = 1",
    "accept_blackhole = true",
    'add_paths = "receive"',
    "extended_next_hop = true",
]


def test_group_is_blamed_for_what_its_neighbors_cannot_have(problems: Problems) -> None:
    (problem,) = problems("""[groups.clients]
        route_reflector_client = true
        [[neighbors]]
        group = "clients"
        address = "192.0.2.1"
        asn = 65001
        [[neighbors]]
        group = "clients"
        address = "192.0.2.2"
        asn = 65001
    """)
    assert (problem.line, problem.key) == (2, "groups.clients.route_reflector_client")


def test_missing_key_of_a_pipe_is_reported_beside_a_neighbor_without_its_group(problems: Problems) -> None:
    found = problems('[[pipes]]\n[[neighbors]]\ngroup = "gone"\naddress = "192.0.2.1"')
    assert [problem.key for problem in found] == ["pipes[#1].peer_table", "neighbors[192.0.2.1].group"]


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
