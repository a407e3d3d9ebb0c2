"""What a changed configuration means for each protocol: it goes on, starts anew, comes, or goes."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from bgpd.config import build, validate
from bgpd.reconfiguration.plan import plan, takes_over
from bgpd.settings import DaemonSettings

BASE: Final = """
[router]
id = "192.0.2.1"
tables = ["blue"]
[filters]
f = "accept;"
[[static]]
prefix = "10.0.0.0/8"
blackhole = true
[[pipes]]
peer_table = "blue"
[[neighbors]]
name = "a"
address = "192.0.2.2"
asn = 65001
import = "all"
export = "all"
[[neighbors]]
name = "b"
address = "192.0.2.3"
asn = 64512
export = "f"
"""


def settings(text: str) -> DaemonSettings:
    return build(validate(tomllib.loads(text), "test.toml"))


EVERYBODY: Final = {"device1", "direct1", "kernel1", "kernel2", "pipe1", "static1", "a", "b"}
# What is replaced in BASE by what, and who starts anew, is switched, goes and comes.
CHANGES: Final[Mapping[str, tuple[str, str, set[str], set[str], set[str], set[str]]]] = {
    "nothing": ("", "", set(), set(), set(), set()),
    "a filter's text": ('"accept;"', '"reject;"', set(), set(), set(), set()),
    "a filter": ('export = "f"', 'export = "all"', set(), set(), set(), set()),
    "a password": ("asn = 65001", 'asn = 65001\npassword = "x"', set(), set(), set(), set()),
    "a description": ("asn = 65001", 'asn = 65001\ndescription = "x"', set(), set(), set(), set()),
    "traces": ("asn = 65001", 'asn = 65001\ndebug = ["states"]', set(), set(), set(), set()),
    "a shutdown": ("asn = 65001", "asn = 65001\nshutdown = true", set(), {"a"}, set(), set()),
    "a role": ("asn = 65001", 'asn = 65001\nrole = "peer"', {"a"}, set(), set(), set()),
    "an AS number": ("asn = 65001", "asn = 65002", {"a"}, set(), set(), set()),
    "an address": ("192.0.2.3", "192.0.2.4", {"b"}, set(), set(), set()),
    "our identifier": ("192.0.2.1", "192.0.2.9", {"a", "b"}, set(), set(), set()),
    "a static route": ("10.0.0.0/8", "10.0.0.0/9", set(), set(), set(), set()),
    "preferences": ("[[static]]", "[[static]]\npreference = 9", {"static1"}, set(), set(), set()),
    "the mode of a pipe": ("[[pipes]]", '[[pipes]]\nmode = "opaque"', {"pipe1"}, set(), set(), set()),
    "a table of the kernel": (
        "[filters]", "[kernel.ipv4]\ntable = 100\n[filters]", {"kernel1"}, set(), {"kernel2"}, set()),
    "interfaces": ("[filters]", "[direct]\ninterfaces = []\n[filters]", set(), set(), set(), set()),
}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "anew", "switched", "gone", "come"), CHANGES.values(), ids=CHANGES.keys()
)
def test_what_becomes_of_each_protocol(
    old: str, new: str, anew: set[str], switched: set[str], gone: set[str], come: set[str]
) -> None:
    before, after = settings(BASE), settings(BASE.replace(old, new, 1) if old else BASE)
    found = plan(before, after)
    assert {each.name for each in found.restarted} == anew
    assert {each.name for each in found.switched} == switched
    assert {each.name for each in found.removed} == gone
    assert {each.name for each in found.added} == come
    assert {each.name for each in found.kept} == EVERYBODY - anew - gone
    assert found.in_force == after
    assert not found.waiting
    back = plan(found.in_force, before)
    assert {each.name for each in back.restarted} == anew
    assert {each.name for each in back.added} == gone
    assert {each.name for each in back.removed} == come


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ("[decision]\nigp_metric = false", r"[decision]"),
        ('[control]\nsocket = "/run/other.ctl"', "[control] socket"),
        ('[device]\nprimary = ["10.0.0.0/8"]', "[device] primary"),
    ],
)
def test_what_takes_a_restart_is_named(section: str, what: str) -> None:
    before = settings(BASE)
    found = plan(before, settings(f"{section}\n{BASE}"))
    assert [remark.partition(" differs")[0] for remark in found.waiting] == [what]
    assert found.in_force.decision == before.decision
    assert found.in_force.socket == before.socket


@pytest.mark.parametrize(
    ("section", "what"),
    [
        ('[metrics]\nlisten = ""', "[metrics]"),
        ('[[logs]]\nto = "/var/log/bgpd.log"', "[[logs]]"),
        ('[control]\ntimeformats = { route = "iso long" }', "[control.timeformats]"),
    ],
)
def test_what_is_about_no_protocol_is_named(section: str, what: str) -> None:
    found = plan(settings(BASE), settings(f"{section}\n{BASE}"))
    assert found.of_daemon == [what]
    assert not [*found.waiting, *found.restarted, *found.added, *found.removed]


def test_how_to_stop_and_how_long_to_wait_hold_at_once() -> None:
    lines = '[router]\nstop = "graceful"\ngraceful_restart_wait = 60'
    found = plan(settings(BASE), settings(BASE.replace("[router]", lines, 1)))
    assert found.of_daemon == ["[router] stop", "[router] graceful_restart_wait"]


def test_where_to_listen_and_which_tables_there_are() -> None:
    other = BASE.replace('tables = ["blue"]', 'tables = ["green"]\nport = 1179').replace('"blue"', '"green"')
    found = plan(settings(BASE), settings(other))
    assert found.listens_elsewhere
    assert (found.new_tables, found.old_tables) == (["green"], ["blue"])
    assert [each.name for each in found.restarted] == ["pipe1"]


@pytest.mark.parametrize(
    ("before", "after", "is_succeeded"),
    [
        ("metric = 1", "metric = 2", True),
        ("table = 100", "table = 101", False),
        ("protocol = 12", "protocol = 13", False),
        ("metric = 1", "metric = 2\ndisabled = true", False),
        ("metric = 1\ndisabled = true", "metric = 2", True),
    ],
)
def test_only_who_writes_to_the_same_place_takes_over_what_is_in_the_kernel(
    before: str, after: str, is_succeeded: bool
) -> None:
    (old,), (new,) = (settings(f"[kernel.ipv4]\n{lines}").kernels for lines in (before, after))
    assert takes_over(old, new) is is_succeeded


def test_a_pipe_takes_over_no_routes_of_the_kernel() -> None:
    (pipe,), (kernel,) = settings(BASE).pipes, settings("[kernel.ipv4]").kernels
    assert not takes_over(kernel, pipe)
    assert takes_over(pipe, kernel)


IN_PLACE: Final = (
    "hold_time = 9",
    "keepalive_time = 2",
    "send_hold_time = 600",
    "startup_hold_time = 100",
    "connect_delay = 9",
    "connect_retry = 9",
    "delay_open = 9",
    "error_wait = [1, 2]",
    "error_forget = 9",
    "passive = true",
    "preference = 9",
    "keep_filtered = false",
    "route_reflector_client = true",
    "route_reflector_client = true\ncluster_id = 7",
    "default_local_pref = 9",
    "default_med = 9",
    'next_hop = "self"',
    "multihop = 3",
    "multihop = 3\nttl_security = true",
    'graceful_restart = "off"',
    "graceful_restart_time = 9",
    "stale_time = 9",
    "max_prefixes = { import = 9 }",
    "max_prefixes = { export = 9 }",
)
"""What an internal neighbor can have otherwise without a new session."""
IN_PLACE_OF_EXTERNAL: Final = (
    "allow_local_as = 1",
    "as_override = true",
    "enforce_first_as = true",
    "accept_blackhole = true",
    'remove_private_as = "remove"',
    "prepend = 2",
    "route_server_client = true",
    'gateway = "recursive"',
)


@pytest.mark.parametrize(
    ("neighbor", "lines"),
    [
        *(("asn = 64512", each) for each in IN_PLACE),
        *(("asn = 65001", each) for each in IN_PLACE_OF_EXTERNAL),
    ],
)
def test_what_a_neighbor_takes_on_and_gives_up_without_a_new_session(neighbor: str, lines: str) -> None:
    before, after = settings(BASE), settings(BASE.replace(neighbor, f"{neighbor}\n{lines}\n"))
    assert before.neighbors != after.neighbors
    for found in (plan(before, after), plan(after, before)):
        assert not any((found.restarted, found.removed, found.added, found.renamed))


@pytest.mark.parametrize(
    "lines",
    [
        'families = ["ipv6"]',
        "extended_messages = false",
        "local_asn = 65009",
        'source_address = "192.0.2.1"',
        "port = 1179",
        'table = "blue"',
        'role = "peer"',
        'add_paths = "receive"',
    ],
)
def test_what_is_told_in_open_takes_a_new_session_and_so_does_another_end(lines: str) -> None:
    before, after = settings(BASE), settings(BASE.replace("asn = 65001", f"asn = 65001\n{lines}\n"))
    assert [each.name for each in plan(before, after).restarted] == ["a"]


def test_the_routers_cluster_id_takes_no_new_session() -> None:
    found = plan(settings(BASE), settings(BASE.replace("[router]", '[router]\ncluster_id = "192.0.2.99"')))
    assert not found.restarted


def names(*pairs: tuple[str, str], more: str = "") -> DaemonSettings:
    """Return a configuration with neighbors, each a name and the last part of an address."""
    neighbors = "".join(
        f'[[neighbors]]\nname = "{name}"\naddress = "192.0.2.{number}"\nasn = 64512\n{more}'
        for name, number in pairs
    )
    return settings(f'[router]\nid = "192.0.2.1"\nasn = 64512\n{neighbors}')


RENAMED: Final[Mapping[str, tuple[DaemonSettings, DaemonSettings, Mapping[str, str]]]] = {
    "one": (names(("a", "2"), ("b", "3")), names(("a", "2"), ("c", "3")), {"c": "b"}),
    "and changed": (names(("a", "2")), names(("b", "2"), more="route_reflector_client = true\n"), {"b": "a"}),
    "swapped": (names(("a", "2"), ("b", "3")), names(("b", "2"), ("a", "3")), {"b": "a", "a": "b"}),
    "in a row": (names(("a", "2"), ("b", "3")), names(("b", "2"), ("c", "3")), {"b": "a", "c": "b"}),
    "the former name is for another": (names(("a", "2")), names(("b", "2"), ("a", "3")), {"b": "a"}),
    "another one is at home there": (names(("a", "2"), ("b", "3")), names(("b", "3"), ("c", "4")), {}),
    "and another family": (names(("a", "2")), names(("b", "2"), more='families = ["ipv6"]\n'), {}),
    "somebody who has to go has that name": (
        names(("a", "2"), ("b", "3")), names(("b", "2")), {}),
    "nobody": (names(("a", "2")), names(("a", "3")), {}),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "renamed"), RENAMED.values(), ids=RENAMED.keys())
def test_a_neighbor_goes_on_under_another_name(
    before: DaemonSettings, after: DaemonSettings, renamed: Mapping[str, str]
) -> None:
    """A session is that of two addresses, a port and a device, and not of a name."""
    found = plan(before, after)
    assert found.renamed == renamed
    assert renamed.keys() <= {each.name for each in found.kept}
    everybody = [*found.kept, *found.restarted, *found.added]
    assert sorted(each.name for each in everybody) == sorted(each.name for each in after.protocols)


def test_who_was_disabled_by_hand_is_not_renamed_but_made_anew() -> None:
    """To BIRD the file has the last word."""
    found = plan(names(("a", "2")), names(("b", "2")), changed_by_hand=["a"])
    assert [each.name for each in found.removed] == ["a"]
    assert [each.name for each in found.added] == ["b"]


def test_neighbors_at_one_place_are_told_apart_by_their_names() -> None:
    """Our files can't have two, but BIRD's may."""
    (one,) = names(("a", "2")).neighbors
    several = [replace(one, name=name) for name in "abc"]
    before, after = (replace(settings(BASE), neighbors=tuple(each)) for each in (several[:2], several[1:]))
    assert plan(before, after).renamed == {}
