"""Every wrong field names itself and says what is allowed."""

from collections.abc import Callable, Iterator

import pytest

from bgpd.config import Configuration, Problem
from bgpd.config.control import TimeFormats
from bgpd.config.descriptions import descriptions_of
from bgpd.config.fields import allowed_values, keys_of, section_of
from bgpd.config.interfaces import NamedDirect
from bgpd.config.kernel import KernelTable, NamedKernelTable
from bgpd.config.logs import Log
from bgpd.config.neighbors import Group, Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.router import Confederation
from bgpd.config.section import Section
from bgpd.config.static import NamedStatic, StaticNextHop, StaticRoute

Problems = Callable[[str], tuple[Problem, ...]]

HEADINGS: dict[type[Section], tuple[str, str]] = {
    Neighbor: ("[[neighbors]]", "neighbors[#1]"),
    StaticRoute: ("[[static]]", "static[#1]"),
    Group: ("[groups.tor]", "groups.tor"),
    Log: ("[[logs]]", "logs[#1]"),
    NamedDirect: ("[directs.blue]", "directs.blue"),
    NamedStatic: ("[statics.blue]", "statics.blue"),
    TimeFormats: ("[control.timeformats]", "control.timeformats"),
    KernelTable: ("[kernel.ipv6]", "kernel.ipv6"),
    NamedKernelTable: ("[kernels.blue]", "kernels.blue"),
    Pipe: ("[[pipes]]", "pipes[#1]"),
    Confederation: ("[router.confederation]", "router.confederation"),
}
NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 65001\n'
INTERNAL = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 64512\n'
RANGE = "[[neighbors]]\nasn = 65001\n"
STATIC = '[[static]]\nprefix = "10.0.0.0/8"\n'


def tables() -> Iterator[tuple[str, str, type[Section]]]:
    yield from ((heading, path, section) for section, (heading, path) in HEADINGS.items())
    for key, field in keys_of(Configuration).items():
        section = section_of(field.annotation)
        if (
            key in {"router", "decision", "control", "metrics", "device", "direct", "filter_files"}
            and section
        ):
            yield f"[{key}]", key, section


FIELDS = [
    pytest.param(heading, path, key, allowed_values(field), id=f"{path}.{key}")
    for heading, path, section in tables()
    for key, field in keys_of(section).items()
]


@pytest.mark.parametrize(("heading", "path", "key", "allowed"), FIELDS)
def test_value_of_a_wrong_type(heading: str, path: str, key: str, allowed: str, problems: Problems) -> None:
    """A date is never right, and every key says so for itself."""
    (problem,) = (problem for problem in problems(f"{heading}\n{key} = 1979-05-27") if problem.line == 2)
    assert problem.key == f"{path}.{key}"
    shown = "this value" if key == "password" else "a date or a time"
    assert problem.message == f"{shown} is not allowed; write {allowed}"


SECTIONS: list[type[Section]] = [Configuration, Neighbor, StaticRoute, StaticNextHop, Group, KernelTable]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_planned_keys_are_not_keys_already(section: type[Section]) -> None:
    assert not section.planned.keys() & keys_of(section).keys()


PLACES: list[tuple[str, str, type[Section]]] = [*tables(), ("", "", Configuration)]
PLANNED = [
    pytest.param(heading, path, key, id=f"{path}.{key}")
    for heading, path, section in PLACES
    for key in section.planned
]


@pytest.mark.parametrize(("heading", "path", "key"), PLANNED)
def test_planned_key_is_refused_clearly(heading: str, path: str, key: str, problems: Problems) -> None:
    (problem,) = (problem for problem in problems(f"{heading}\n{key} = 77") if problem.line == 2)
    assert problem.key == f"{path}.{key}".lstrip(".")
    assert problem.message.startswith("not supported yet; leave it out")


ACCEPTED_TODAY = [
    f"{NEIGHBOR}check_link = false",
    "[groups.tor]\ncheck_link = false",
]


@pytest.mark.parametrize("text", ACCEPTED_TODAY)
def test_planned_key_may_say_what_is_done_anyway(text: str, settings: Callable[[str], object]) -> None:
    assert settings(text)


@pytest.mark.parametrize("value", ["0", "true", '"full"'])
def test_planned_key_accepts_that_value_only(value: str, problems: Problems) -> None:
    (problem,) = problems(f"{NEIGHBOR}check_link = {value}")
    assert problem.message.startswith("not supported yet")


WRONG = [
    # the router
    ('[router]\nid = "0.0.0.0"', "router.id", "not 0.0.0.0"),
    ('[router]\nid = "2001:db8::1"', "router.id", "is not a router ID"),
    ("[router]\nasn = 23456", "router.asn", "AS_TRANS"),
    ("[router]\nasn = 4294967296", "router.asn", "from 1 to 4294967295"),
    ("[router]\nasn = 64512.0", "router.asn", "64512.0 is not allowed"),
    ("[router]\nasn = true", "router.asn", "true is not allowed"),
    ('[router]\nasn = "0.0"', "router.asn", "from 1 to"),
    ('[router]\nasn = "65536.1"', "router.asn", '"65536.1" is not allowed'),
    ('[router]\nlisten = ["239.0.0.1"]', "router.listen[#1]", "is not an address to listen on"),
    ('[router]\nlisten = ["::", "fe80::1%eth0"]', "router.listen[#2]", "names an interface"),
    ('[router]\nlisten = ["::", "0::0"]', "router.listen[#2]", "listed twice"),
    ('[router]\nlisten = "::"', "router.listen", "write a list"),
    ("[router]\nport = 65536", "router.port", "from 1 to 65535"),
    ('[router]\nstop = "now"', "router.stop", 'write "withdraw" or "graceful"'),
    ('[control]\nsocket = ""', "control.socket", "1 to 107 octets"),
    (f'[control]\nsocket = "/{"x" * 107}"', "control.socket", "1 to 107 octets"),
    ('[metrics]\nlisten = "9179"', "metrics.listen", 'like "127.0.0.1:9179"'),
    ('[metrics]\nlisten = "localhost:9179"', "metrics.listen", 'like "127.0.0.1:9179"'),
    ('[metrics]\nlisten = "::1:9179"', "metrics.listen", '"[::1]:9179"'),
    ('[metrics]\nlisten = "127.0.0.1:0"', "metrics.listen", 'like "127.0.0.1:9179"'),
    ("[device]\nscan_time = 2", "device.scan_time", "the keys of this table are debug, "),
    ('[direct]\ninterfaces = ["-"]', "direct.interfaces[#1]", "no pattern"),
    ('[direct]\ninterfaces = ["eth* 10.0.0.1/8"]', "direct.interfaces[#1]", "no pattern"),
    ('[direct]\ninterfaces = ["eth0 eth1"]', "direct.interfaces[#1]", "no pattern"),
    ('[device]\nprimary = ["eth*"]', "device.primary[#1]", "names no addresses"),
    ('[device]\nprimary = ["-10.0.0.0/8"]', "device.primary[#1]", "names no addresses"),
    ('[device]\nprimary = ["10.0.0.1/8"]', "device.primary[#1]", "names no addresses"),
    ("[kernel.ipv4]\ntable = 0", "kernel.ipv4.table", "from 1 to 4294967295"),
    ("[kernel.ipv4]\nmetric = -1", "kernel.ipv4.metric", "from 0 to 4294967295"),
    ('[kernel.ipv4]\nexport = "x"', "kernel.ipv4.export", 'unknown filter "x"; there are "all" and "none"'),
    # neighbors
    ('[[neighbors]]\naddress = "192.0.2.1"', "neighbors[192.0.2.1].asn", "missing; write an AS number"),
    (f"{NEIGHBOR}local_asn = 23456", "neighbors[192.0.2.1].local_asn", "AS_TRANS"),
    (f'{NEIGHBOR}name = "tor 1"', "neighbors[192.0.2.1].name", '"tor 1" is not a name'),
    (f'{NEIGHBOR}name = "all"', "neighbors[all].name", "means all of them"),
    (f"{NEIGHBOR}hold_time = 2", "neighbors[192.0.2.1].hold_time", "write 0, or a number of seconds from 3"),
    (f"{NEIGHBOR}hold_time = 65536", "neighbors[192.0.2.1].hold_time", "to 65535"),
    (f"{NEIGHBOR}keepalive_time = 90", "neighbors[192.0.2.1].keepalive_time", "write less than 90"),
    (f"{NEIGHBOR}hold_time = 0\nkeepalive_time = 1", "neighbors[192.0.2.1].keepalive_time", "leave it out"),
    (f"{NEIGHBOR}send_hold_time = 90", "neighbors[192.0.2.1].send_hold_time", "RFC 9687 §3.1"),
    (f"{NEIGHBOR}delay_open = -1", "neighbors[192.0.2.1].delay_open", "from 0 to 65535"),
    (
        f'{NEIGHBOR}require_capabilities = ["x"]',
        "neighbors[192.0.2.1].require_capabilities[#1]",
        "four-octet",
    ),
    (f'{NEIGHBOR}role = "boss"', "neighbors[192.0.2.1].role", 'write "provider"'),
    (f'{INTERNAL}role = "peer"', "neighbors[192.0.2.1].role", "for external neighbors (RFC 9234 §4)"),
    (f"{NEIGHBOR}strict_role = true", "neighbors[192.0.2.1].strict_role", "needs a role"),
    (
        f'{NEIGHBOR}graceful_restart = "off"\nlong_lived_graceful_restart = "full"',
        "neighbors[192.0.2.1].long_lived_graceful_restart",
        "needs graceful restart (RFC 9494 §4.1)",
    ),
    (f"{NEIGHBOR}long_lived_stale_time = 0", "neighbors[192.0.2.1].long_lived_stale_time", "from 1 to"),
    (
        f"{NEIGHBOR}max_long_lived_stale_time = 16777216",
        "neighbors[192.0.2.1].max_long_lived_stale_time",
        "from 1 to 16777215",
    ),
    (f"{NEIGHBOR}max_prefixes = 10", "neighbors[192.0.2.1].max_prefixes", "a table of keys and values"),
    (
        f"{NEIGHBOR}max_prefixes = {{}}",
        "neighbors[192.0.2.1].max_prefixes",
        "write import, receive or export",
    ),
    (
        f'{NEIGHBOR}max_prefixes = {{ import = 1, action = "cry" }}',
        "neighbors[192.0.2.1].max_prefixes.action",
        'write "warn", "block", "restart" or "disable"',
    ),
    (f'{NEIGHBOR}range = "10.0.0.0/8"', "neighbors[192.0.2.1].range", "there is an address as well"),
    (f'{RANGE}range = "10.0.0.1/8"', "neighbors[#1].range", "has host bits set"),
    (f'{RANGE}range = "10.0.0.0/8"\nlimit = 0', "neighbors[#1].limit", "from 1 to 65535"),
    (
        f'{RANGE}range = "10.0.0.0/8"\n{RANGE}range = "10.0.0.0/8"',
        "neighbors[#2].range",
        "is taken by number 1",
    ),
    (f'{RANGE}range = "10.0.0.0/8"\n[router]\nlisten = []', "neighbors[#1].range", "cannot connect"),
    (f'{RANGE}range = "10.0.0.0/8"\nsource_address = "10.9.9.9"', "neighbors[#1].source_address", "choose"),
    (
        f'{NEIGHBOR}{RANGE}range = "192.0.2.0/24"\npassword = "x"',
        "neighbors[192.0.2.1].address",
        "write a password for this neighbor, too",
    ),
    (
        f'{NEIGHBOR}capabilities = false\nfamilies = ["ipv6"]',
        "neighbors[192.0.2.1].families",
        'only ["ipv4"] can be spoken',
    ),
    (f'{NEIGHBOR}capabilities = false\nrole = "peer"', "neighbors[192.0.2.1].role", "announces none"),
    (f'{NEIGHBOR}device = "a/b"', "neighbors[192.0.2.1].device", "is not the name of an interface"),
    (f"{NEIGHBOR}tcp_ao = {{}}", "neighbors[192.0.2.1].tcp_ao", "it has no password"),
    (
        f'{NEIGHBOR}tcp_ao = {{ password = "x", send_id = 256 }}',
        "neighbors[192.0.2.1].tcp_ao.send_id",
        "to 255",
    ),
    (
        f'{NEIGHBOR}password = "x"\ntcp_ao = {{ password = "x" }}',
        "neighbors[192.0.2.1].tcp_ao",
        "write only one of the two",
    ),
    (
        f'{NEIGHBOR}tcp_ao = {{ password_file = "/nonexistent" }}',
        "neighbors[192.0.2.1].tcp_ao.password_file",
        "No such file",
    ),
    (f"{NEIGHBOR}error_wait = [300, 60]", "neighbors[192.0.2.1].error_wait", "the smaller one first"),
    (f"{NEIGHBOR}error_wait = [60]", "neighbors[192.0.2.1].error_wait", "two numbers of seconds"),
    (f"{NEIGHBOR}error_wait = [60, 300, 900]", "neighbors[192.0.2.1].error_wait", "two numbers of seconds"),
    (f"{NEIGHBOR}families = []", "neighbors[192.0.2.1].families", 'a list like ["ipv4", "ipv6"]'),
    (f'{NEIGHBOR}families = ["ipv4", "vpn"]', "neighbors[192.0.2.1].families[#2]", 'write "ipv4" or "ipv6"'),
    (f'{NEIGHBOR}families = ["ipv4", "ipv4"]', "neighbors[192.0.2.1].families", "listed twice"),
    (f'{NEIGHBOR}description = "a\\u001b[31m"', "neighbors[192.0.2.1].description", r'"a\u001b[31m"'),
    (
        f'{NEIGHBOR}next_hop = "{"x" * 61}"',
        "neighbors[192.0.2.1].next_hop",
        f'"{"x" * 60}..." is not allowed',
    ),
    (f'{NEIGHBOR}source_address = "2001:db8::1"', "neighbors[192.0.2.1].source_address", "the family ipv4"),
    (f'{NEIGHBOR}source_address = "192.0.2.1"', "neighbors[192.0.2.1].source_address", "neighbor's own"),
    (
        f'{NEIGHBOR}source_address = "0.0.0.0"',
        "neighbors[192.0.2.1].source_address",
        "not the address of one",
    ),
    (f'{NEIGHBOR}next_hop = "me"', "neighbors[192.0.2.1].next_hop", '"self", "keep" or "auto"'),
    (f"{NEIGHBOR}multihop = 256", "neighbors[192.0.2.1].multihop", "from 1 to 255"),
    (f'{NEIGHBOR}multihop = 2\ngateway = "direct"', "neighbors[192.0.2.1].gateway", 'write "recursive"'),
    (f'{NEIGHBOR}shutdown = "{"x" * 256}"', "neighbors[192.0.2.1].shutdown", "at most 255"),
    (f'{NEIGHBOR}password = ""', "neighbors[192.0.2.1].password", "0 octets; write 1 to 80"),
    (f'{NEIGHBOR}password_file = "x"', "neighbors[192.0.2.1].password_file", "begins with /"),
    (f'{NEIGHBOR}password_file = "/no/such"', "neighbors[192.0.2.1].password_file", "No such file"),
    (f"{NEIGHBOR}passive = true\n[router]\nlisten = []", "neighbors[192.0.2.1].passive", "listen = []"),
    ("neighbors = 3", "neighbors", "a number is not allowed; write a list of tables"),
    ("neighbors = [3]", "neighbors[#1]", "a number is not allowed; write a table"),
    ("groups = 3", "groups", "write tables with names"),
    ('[groups."a b"]', 'groups."a b"', "is not a name"),
    # addresses
    (
        '[[neighbors]]\naddress = "192.0.2.256"\nasn = 1',
        "neighbors[192.0.2.256].address",
        "not an IP address",
    ),
    ('[[neighbors]]\naddress = "ff02::5"\nasn = 1', "neighbors[ff02::5].address", "of one host"),
    ('[[neighbors]]\naddress = "fe80::1"\nasn = 1', "neighbors[fe80::1].address", 'like "fe80::1%eth0"'),
    ('[[neighbors]]\naddress = "fe80::1%a/b"\nasn = 1', "neighbors[fe80::1%a/b].address", '"fe80::1%eth0"'),
    ('[[neighbors]]\naddress = "::1%eth0"\nasn = 1', "neighbors[::1%eth0].address", "without the interface"),
    ('[[neighbors]]\naddress = "224.0.0.5"\nasn = 1', "neighbors[224.0.0.5].address", "of one host"),
    (
        '[[neighbors]]\naddress = "fe80::1%eth0"\nasn = 1\nmultihop = 3',
        "neighbors[fe80::1%eth0].multihop",
        "write 0 or leave it out",
    ),
    # static routes
    (STATIC, "static[10.0.0.0/8].prefix", "there is none"),
    (f"{STATIC}blackhole = true\nprohibit = true", "static[10.0.0.0/8].prohibit", "blackhole and prohibit"),
    (f'{STATIC}blackhole = true\ndev = "eth0"', "static[10.0.0.0/8].dev", "blackhole and dev"),
    (f'{STATIC}via = "2001:db8::1"', "static[10.0.0.0/8].via", "an address of the family ipv4"),
    (f'{STATIC}via = "192.0.2.1"\nonlink = true', "static[10.0.0.0/8].onlink", "both via and dev"),
    (f'{STATIC}dev = "an/interface"', "static[10.0.0.0/8].dev", "is not the name of an interface"),
    (f"{STATIC}nexthops = [{{ weight = 2 }}]", "static[10.0.0.0/8].nexthops[#1].via", "at least one"),
    (f"{STATIC}nexthops = [{{ wait = 2 }}]", "static[10.0.0.0/8].nexthops[#1].wait", 'you mean "weight"?'),
    (f"{STATIC}nexthops = [2]", "static[10.0.0.0/8].nexthops[#1]", "write a table"),
    (f'{STATIC}blackhole = true\n{STATIC}dev = "lo"', "static[10.0.0.0/8].prefix", "one route with several"),
    (
        '[[static]]\nprefix = "2001:db8::/32"\nvia = "fe80::1"',
        "static[2001:db8::/32].via",
        "interface as dev",
    ),
    ('[[static]]\nprefix = "10.0.0.0/255.0.0.0"', "static[10.0.0.0/255.0.0.0].prefix", "is not a prefix"),
    ('[[static]]\nprefix = "10.0.0.0"', "static[10.0.0.0].prefix", "is not a prefix"),
    # names
    (
        f'{NEIGHBOR}name = "a"\n[[neighbors]]\nname = "a"\naddress = "192.0.2.2"\nasn = 1',
        "neighbors[a].name",
        '"a" is taken by number 1 of this list; write another name',
    ),
]


@pytest.mark.parametrize(("text", "key", "message"), WRONG)
def test_wrong_value_names_itself(text: str, key: str, message: str, problems: Problems) -> None:
    (problem,) = problems(text)
    assert problem.key == key
    assert message in problem.message


def test_same_address_is_another_neighbor_on_another_port_or_source(
    settings: Callable[[str], object],
) -> None:
    assert settings(f'{NEIGHBOR}\n{NEIGHBOR}port = 1179\n{NEIGHBOR}source_address = "192.0.2.9"')


@pytest.mark.parametrize("shutdown", ["true", '""', '"moved"'])
def test_same_address_is_another_neighbor_while_all_others_are_kept_down(
    shutdown: str, settings: Callable[[str], object]
) -> None:
    assert settings(f"{NEIGHBOR}{NEIGHBOR}shutdown = {shutdown}\n{NEIGHBOR}shutdown = {shutdown}")


def test_same_address_is_no_other_neighbor_where_none_is_kept_down(problems: Problems) -> None:
    (problem,) = problems(f"{NEIGHBOR}{NEIGHBOR}shutdown = false")
    assert "is taken by number 1 of this list" in problem.message


ADDRESSES = ["fee::10", "ffee::10", "2001:db8::1"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_of_a_host(address: str, settings: Callable[[str], object]) -> None:
    """RFC 4291 §2.7: the first flag of a multicast address is 0."""
    assert settings(f'[[neighbors]]\naddress = "{address}"\nasn = 1')


def test_two_spellings_of_an_address_are_one_neighbor(problems: Problems) -> None:
    (problem,) = problems(
        '[[neighbors]]\naddress = "2001:DB8::1"\nasn = 1\n[[neighbors]]\naddress = "2001:db8:0::1"\nasn = 1'
    )
    assert (problem.line, problem.key) == (5, "neighbors[2001:db8:0::1].address")


def test_every_key_is_documented() -> None:
    for _, _, section in tables():
        assert all(descriptions_of(section).values()), section
