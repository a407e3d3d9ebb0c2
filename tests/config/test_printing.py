"""``--print-config``: effective values, as a file that says the same."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.config import build, load, print_config, validate
from rib.filters.analysis.comparison import same_tree

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.toml"))
MUCH = r"""
[router]
id = "192.0.2.1"
listen = []
tables = ["blue", "green.1"]
cluster_id = 7
confederation = { id = 64500, members = [65002, "1.0"] }
[decision]
med_metric = true
unresolvable = "last"
[control]
dialect = "bird"
order = ["static1", "device1"]
timeformats = { route = "old short", base = ["%T", 60, "%F %T"], log = "%s \\" }
[[logs]]
to = "syslog"
name = "bird6"
[[logs]]
to = "/var/log/bgpd"
classes = ["bug", "fatal"]
[filter_files]
text = '''
define one = 1;
function f() { return one; }   # it's "f"
'''
[filters]
"static1.import" = "if f() = 1 then accept; reject;"
[device]
description = "links"
primary = ["10.0.0.0/8"]
[directs.d]
disabled = true
import = "static1.import"
interfaces = ["-cali*", "*"]
[statics.static1]
table = "blue"
import = "static1.import"
debug = "all"
routes = [
  { prefix = "10.0.0.0/8", nexthops = [{ via = "10.0.0.1" }, { dev = "eth0", weight = 3 }] },
  { prefix = "11.0.0.0/8", blackhole = true, set = '''
    if f() = 1 then krt_metric = 5;
    bgp_community.add((1, 2));  # "''' },
]
[kernel]
[kernels."blue.4"]
debug = ["states"]
family = "ipv4"
table = 100
rib_table = "blue"
merge_paths = 16
[[pipes]]
peer_table = "blue"
mode = "opaque"
preference = 71
families = ["ipv6"]
[groups."tor.1"]
asn = 65001
error_wait = [1, 2]
families = ["ipv6"]
local_asn_mode = "no-prepend"
local_asn = 65010
[groups.tor2]
group = "tor.1"
add_paths = "both"
send_paths = 4
max_prefixes = { export = 5, action = "block" }
[[neighbors]]
group = "tor2"
address = "fe80::1%eth0"
description = 'a "quoted" \\ word'
shutdown = "über"
export = "none"
router_id = "192.0.2.7"
debug = ["routes"]
[[static]]
prefix = "10.0.0.0/8"
table = "green.1"
preference = 0
nexthops = [{ via = "10.0.0.1" }, { dev = "eth0", weight = 3 }]
"""


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_shipped_file_survives_printing(path: Path, write: Callable[[str], Path]) -> None:
    configuration = load(path, "node1")
    again = load(write(print_config(configuration)))
    assert again.model_dump() == configuration.model_dump()
    assert all(map(same_tree, again.definitions, configuration.definitions))


def test_everything_survives_printing(write: Callable[[str], Path]) -> None:
    configuration = load(write(MUCH))
    again = load(write(print_config(configuration)))
    assert again.model_dump() == configuration.model_dump()
    assert all(map(same_tree, again.definitions, configuration.definitions))
    assert again.changes.keys() == configuration.changes.keys() == {("statics", "static1", "routes", 1)}
    assert all(same_tree(again.changes[place], change) for place, change in configuration.changes.items())


LEFT_OUT = ["[directs]", "[directs]\n[direct]\n", "[directs.a]", "[device]\npresent = false", "[kernel]"]


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_is_left_out_stays_out(text: str, write: Callable[[str], Path]) -> None:
    configuration = load(write(text))
    again = load(write(print_config(configuration)))
    assert again == configuration
    assert build(again) == build(configuration)


def test_routes_of_a_protocol_are_printed_a_line_each_without_defaults(write: Callable[[str], Path]) -> None:
    printed = print_config(load(write(MUCH))).splitlines()
    hops = '[{ via = "10.0.0.1" }, { dev = "eth0", weight = 3 }]'
    assert f'  {{ prefix = "10.0.0.0/8", nexthops = {hops} }},' in printed


def test_printed_tables_are_complete(write: Callable[[str], Path]) -> None:
    printed = tomllib.loads(print_config(load(write(MUCH))))
    assert printed["router"]["cluster_id"] == "0.0.0.7"
    assert printed["router"]["confederation"] == {"id": 64500, "members": [65002, 65536]}
    assert printed["decision"]["path_metric"] is True
    assert printed["kernels"]["blue.4"].items() >= {"family": "ipv4", "metric": 0, "export": "all"}.items()
    assert printed["pipes"][0].items() >= {"table": "master", "import": "all", "export": "none"}.items()


def test_printed_neighbor_is_complete_but_writes_no_policy_that_was_not_written(
    write: Callable[[str], Path],
) -> None:
    printed = print_config(load(write(MUCH)))
    assert tomllib.loads(printed)["neighbors"][0].items() >= {"asn": 65001, "hold_time": 90}.items()
    assert '# import: "all"; nothing from an external neighbor' in printed


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.isprintable))
def test_any_text_survives_printing(description: str) -> None:
    neighbor = {"address": "192.0.2.1", "asn": 1, "description": description}
    configuration = validate({"neighbors": [neighbor]})
    assert validate(tomllib.loads(print_config(configuration))) == configuration


def test_passwords_are_never_shown(write: Callable[[str], Path]) -> None:
    text = '[groups.tor]\npassword = "hush"\n[[neighbors]]\ngroup = "tor"\naddress = "192.0.2.1"\nasn = 1'
    configuration = load(write(text))
    assert print_config(configuration).count('password = "********"') == 2
    assert "hush" not in print_config(configuration) + repr(configuration)


PASSWORDS = ["hush", "ü€\U0001f511", "\U0001f511\x01\t\r\x7f", "\\", '"', "'''"]


@pytest.mark.parametrize("password", PASSWORDS)
def test_passwords_are_shown_where_they_are_asked_for(password: str, tmp_path: Path) -> None:
    neighbors = [
        {"group": "tor", "address": "::1", "asn": 1},
        {"address": "192.0.2.2", "asn": 1, "tcp_ao": {"password": password}},
    ]
    path = tmp_path / "bgpd.json"
    path.write_text(json.dumps({"groups": {"tor": {"password": password}}, "neighbors": neighbors}))
    again = tmp_path / "bgpd.toml"
    again.write_bytes(print_config(load(path), secrets=True).encode())
    first, second = build(load(again)).neighbors
    assert first.password == password.encode()
    assert second.tcp_ao is not None
    assert second.tcp_ao.secret == password.encode()
