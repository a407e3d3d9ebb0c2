"""Routing tables and what is attached to them: kernel tables, pipes, static and direct routes."""

from collections.abc import Callable
from typing import Any

import pytest

from bgpd.config import Confederation, DaemonSettings, DecisionSettings, KernelSettings, PipeSettings, Problem
from messages.families import IPV4_UNICAST, IPV6_UNICAST

Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]

TABLES = '[router]\ntables = ["blue", "green"]\n'
PIPE = f'{TABLES}[[pipes]]\npeer_table = "blue"\n'
BLUE4 = '[kernels.blue4]\nfamily = "ipv4"\n'
STATIC = '[[static]]\nprefix = "10.0.0.0/8"\nblackhole = true\n'
NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 65001\n'
SWITCHES = ["path_metric", "med_metric", "igp_metric", "prefer_older", "relaxed_paths"]

ROUTER = [
    # what is written, which setting, what it comes to
    ("", "tables", ("master",)),
    (TABLES, "tables", ("master", "blue", "green")),
    ('[router]\ncluster_id = "244.0.0.1"', "cluster_id", 0xF4000001),
    ("[router]\ncluster_id = 9", "cluster_id", 9),
    ("[router]\nconfederation = { id = 64500 }", "confederation", Confederation(64500, ())),
    (
        '[router.confederation]\nid = "1.0"\nmembers = [65001, "1.1"]',
        "confederation",
        Confederation(65536, (65001, 65537)),
    ),
]


@pytest.mark.parametrize(("text", "setting", "value"), ROUTER)
def test_setting_of_the_daemon(text: str, setting: str, value: Any, settings: Settings) -> None:
    assert getattr(settings(text), setting) == value


@pytest.mark.parametrize("switch", SWITCHES)
def test_switch_of_the_decision_changes_itself_only(switch: str, settings: Settings) -> None:
    default = settings("").decision
    written = settings(f"[decision]\n{switch} = {str(not getattr(default, switch)).lower()}").decision
    assert [name for name in SWITCHES if getattr(written, name) != getattr(default, name)] == [switch]


def test_decision_knows_no_other_switch() -> None:
    assert DecisionSettings.__match_args__ == (*SWITCHES, "unresolvable_last")


def test_static_route_of_a_table(settings: Settings) -> None:
    (static,) = settings(f'{TABLES}{STATIC}table = "green"\npreference = 150').statics
    assert (static.table, static.preference) == ("green", 150)


def test_same_prefix_in_two_tables(settings: Settings) -> None:
    first, second = settings(f'{TABLES}{STATIC}{STATIC}table = "green"').statics
    assert (first.routes, first.table, second.table) == (second.routes, "master", "green")


def test_kernel_table_with_a_name(settings: Settings) -> None:
    text = f"""
        {TABLES}
        [kernel.ipv6]
        merge_paths = 255
        [kernels.blue4]
        family = "ipv4"
        table = 100
        metric = 7
        persist = true
        merge_paths = 16
        rib_table = "blue"
        import = "none"
        export = "none"
    """
    unnamed, blue = settings(text).kernels
    assert (unnamed.name, unnamed.family, unnamed.merge_paths) == ("kernel1", IPV6_UNICAST, 255)
    assert blue == KernelSettings(
        name="blue4",
        family=IPV4_UNICAST,
        table=100,
        metric=7,
        persist=True,
        merge_paths=16,
        rib_table="blue",
        import_filter="none",
        export_filter="none",
    )


def test_same_number_is_another_table_for_another_family(settings: Settings) -> None:
    text = f'[kernel]\n{BLUE4}table = 9\n[kernels.blue6]\nfamily = "ipv6"\ntable = 9'
    assert [kernel.table for kernel in settings(text).kernels] == [9, 9]


def test_pipe_defaults(settings: Settings) -> None:
    (pipe,) = settings(PIPE).pipes
    assert pipe == PipeSettings(
        name="pipe1",
        table="master",
        peer_table="blue",
        mode="transparent",
        import_filter="all",
        export_filter="none",
        preference=70,
        families=(IPV4_UNICAST, IPV6_UNICAST),
    )


def test_pipe(settings: Settings) -> None:
    text = (
        f'{PIPE}name = "p"\ntable = "green"\nmode = "opaque"\nimport = "none"\nexport = "all"\n'
        'preference = 60\nfamilies = ["ipv6"]'
    )
    (pipe,) = settings(text).pipes
    assert pipe == PipeSettings("p", "green", "blue", "opaque", "none", "all", 60, (IPV6_UNICAST,))


def test_default_names_go_around_all_names_that_are_taken(settings: Settings) -> None:
    unnamed = '[[pipes]]\npeer_table = "blue"\n'
    told = settings(
        f'{TABLES}{unnamed}{unnamed}name = "bgp1"\n{unnamed}{NEIGHBOR}'
        '[[neighbors]]\naddress = "192.0.2.2"\nasn = 1\nname = "pipe1"\n'
        '[kernels.pipe2]\nfamily = "ipv4"\ntable = 1'
    )
    assert [pipe.name for pipe in told.pipes] == ["pipe3", "bgp1", "pipe4"]
    assert [neighbor.name for neighbor in told.neighbors] == ["bgp2", "pipe1"]


WRONG = [
    # tables
    ('[router]\ntables = ["master"]', "router.tables[#1]", '"master" is always there; leave it out'),
    ('[router]\ntables = ["a", "b", "a"]', "router.tables[#3]", '"a" is listed twice; remove one'),
    ('[router]\ntables = "blue"', "router.tables", 'write a list of names like ["blue", "green"]'),
    ('[router]\ntables = ["all"]', "router.tables[#1]", "means all of them"),
    ("[router]\ntables = [3]", "router.tables[#1]", 'write the name of a table like "master"'),
    (f'{TABLES}[direct]\ntable = "red"', "direct.table", 'there are "master", "blue", "green", and what'),
    ('[kernel.ipv4]\nrib_table = "red"', "kernel.ipv4.rib_table", 'unknown table "red"; there are "master",'),
    (f'[kernel]\n{BLUE4}rib_table = "red"', "kernels.blue4.rib_table", 'unknown table "red"'),
    (f'{STATIC}table = "red"', "static[10.0.0.0/8].table", 'unknown table "red"'),
    (f'{NEIGHBOR}table = "red"', "neighbors[192.0.2.1].table", 'unknown table "red"'),
    (f'{PIPE}table = "red"', "pipes[#1].table", 'unknown table "red"'),
    ('[[pipes]]\npeer_table = "red"', "pipes[#1].peer_table", 'unknown table "red"'),
    (f"{STATIC}{STATIC}", "static[10.0.0.0/8].prefix", "is taken by number 1"),
    (f"{STATIC}preference = -1", "static[10.0.0.0/8].preference", "from 0 to 65535"),
    ("[direct]\npreference = 65536", "direct.preference", "from 0 to 65535"),
    # the router
    ('[router]\ncluster_id = "0.0.0.0"', "router.cluster_id", "is not a cluster ID"),
    ("[router]\nconfederation = 5", "router.confederation", "a number is not allowed; write a table"),
    ("[router]\nconfederation = {}", "router.confederation.id", "missing; write an AS number"),
    ("[router]\nconfederation = { id = 23456 }", "router.confederation.id", "AS_TRANS"),
    ("[router]\nconfederation = { id = 1, members = 2 }", "router.confederation.members", "[65001, 65002]"),
    ("[router]\nconfederation = { id = 1, members = [0] }", "router.confederation.members[#1]", "AS number"),
    ("[decision]\nmed_metric = 1", "decision.med_metric", "write true or false"),
    ("[decision]\nmed_metrik = true", "decision.med_metrik", 'did you mean "med_metric"?'),
    # the kernel
    ("[kernel.ipv4]\nmerge_paths = 0", "kernel.ipv4.merge_paths", "write a number of paths from 1 to 255"),
    ("[kernel.ipv4]\nmerge_paths = 256", "kernel.ipv4.merge_paths", "from 1 to 255"),
    ("[kernel.ipv4]\nmerge_paths = true", "kernel.ipv4.merge_paths", "true is not allowed"),
    ("[kernels.blue4]", "kernels.blue4.family", 'missing; write "ipv4" or "ipv6"'),
    ('[kernels.all]\nfamily = "ipv4"\ntable = 1', "kernels.all", "means all of them"),
    ("kernels = 3", "kernels", "write tables with names, like [kernels.NAME]"),
    ("kernels = { a = 3 }", "kernels.a", "a number is not allowed; write a table"),
    (
        f"[kernel.ipv4]\n{BLUE4}",
        "kernels.blue4.table",
        "254 is the table of [kernel.ipv4]; write another one",
    ),
    (BLUE4, "kernels.blue4.table", "254 is the table of [kernel.ipv4]"),
    (
        f'[kernel]\n{BLUE4}[kernels."a.b"]\nfamily = "ipv4"',
        'kernels."a.b".table',
        "254 is the table of [kernels.blue4]",
    ),
    # pipes
    ("[[pipes]]", "pipes[#1].peer_table", 'missing; write the name of a table like "master"'),
    ('[[pipes]]\npeer_table = "master"', "pipes[#1].peer_table", '"master" is its table as well'),
    (f'{PIPE}mode = "clear"', "pipes[#1].mode", 'write "transparent" or "opaque"'),
    (f"{PIPE}preference = 71", "pipes[#1].preference", 'only mode = "opaque" gives routes a preference'),
    (f'{PIPE}families = ["ipv4", "ipv4"]', "pipes[#1].families", "listed twice"),
    (f"{PIPE}families = []", "pipes[#1].families", 'a list like ["ipv4", "ipv6"]'),
    (f'{PIPE}export = "some"', "pipes[#1].export", 'unknown filter "some"'),
    # names
    (
        f'{PIPE}name = "p"\n[[pipes]]\npeer_table = "green"\nname = "p"',
        "pipes[p].name",
        '"p" is taken by number 1 of this list; write another name',
    ),
    (
        f'{PIPE}name = "p"\n{NEIGHBOR}name = "p"',
        "neighbors[p].name",
        '"p" is the name of a pipe; write another name',
    ),
    (
        f'{BLUE4}table = 1\n{NEIGHBOR}name = "blue4"',
        "neighbors[blue4].name",
        '"blue4" is the name of a table of the kernel; write another name',
    ),
    (
        f'{PIPE}name = "blue4"\n{BLUE4}table = 1',
        "pipes[blue4].name",
        '"blue4" is the name of a table of the kernel; write another name',
    ),
]


@pytest.mark.parametrize(("text", "key", "message"), WRONG)
def test_wrong_value_names_itself(text: str, key: str, message: str, problems: Problems) -> None:
    (problem,) = problems(text)
    assert problem.key == key
    assert message in problem.message
