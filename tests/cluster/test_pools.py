"""Where the routes of pools lead in the kernel, and which of them other nodes are told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.filter_tests import report
from tests.cluster.conftest import On

CLUSTER = """
[cluster]
nodes = [
  { name = "node1", address = "10.0.0.1/24", address6 = "2001:db8::1/64" },
  { name = "node2", address = "10.0.1.2/24" },
]
[[blocks]]
prefix = "10.244.1.0/26"
node = "node1"
[[blocks]]
prefix = "10.246.1.7/32"
node = "node1"
"""
POOLS = """
[[pools]]
prefix = "10.244.0.0/16"
encapsulation = "always"
[[pools]]
prefix = "10.245.0.0/16"
encapsulation = "cross-subnet"
tunnel = "ipip7"
[[pools]]
prefix = "10.246.0.0/16"
[[pools]]
prefix = "10.247.0.0/16"
kernel = false
[[pools]]
prefix = "10.248.0.0/16"
export = false
[[pools]]
prefix = "fd00:244::/48"
kernel = false
"""
LEARNING = "[kernel.ipv4]\nlearn = true\n"
IPV4, IPV6, EXPORT = "cluster_kernel_ipv4", "cluster_kernel_ipv6", "cluster_export"


def route(prefix: str, next_hop: str = "", source: str = "BGP") -> str:
    hop = f', bgp_next_hop = "{next_hop}"' if next_hop else ""
    return f'{{ prefix = "{prefix}", source = "{source}"{hop} }}'


def tunnel(name: str) -> str:
    return f'{{ verdict = "accept", krt_tunnel = "{name}" }}'


PLAIN = '{ verdict = "accept", absent = ["krt_tunnel"] }'
REJECT = '{ verdict = "reject" }'


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        (IPV4, route("10.244.2.0/26", "10.0.0.2"), tunnel("tunl0")),
        (IPV4, route("10.244.2.0/26", "10.0.1.2"), tunnel("tunl0")),
        (IPV4, route("10.245.2.0/26", "10.0.0.2"), tunnel("")),
        (IPV4, route("10.245.2.0/26", "10.0.1.2"), tunnel("ipip7")),
        (IPV4, route("10.245.2.0/26", source="Static"), tunnel("ipip7")),
        (IPV4, route("10.246.2.0/26", "10.0.1.2"), PLAIN),
        (IPV4, route("10.247.2.0/26", "10.0.1.2"), REJECT),
        (IPV4, route("192.0.2.0/24", "10.0.1.2"), PLAIN),
        (IPV6, route("fd00:244::/64", "2001:db8::2"), REJECT),
        (IPV6, route("2001:db8:7::/64", "2001:db8::2"), PLAIN),
        (EXPORT, route("10.244.1.0/26", source="Static"), PLAIN),
        (EXPORT, route("10.248.1.0/26", source="Static"), REJECT),
        (EXPORT, route("10.244.1.9/32", source="Kernel"), REJECT),
        (EXPORT, route("10.246.1.7/32", source="Kernel"), PLAIN),
        (EXPORT, route("0.0.0.0/0", source="Kernel"), REJECT),
        (EXPORT, route("192.0.2.0/24", "10.0.1.2"), PLAIN),
    ],
)
def test_filters_of_pools(
    file: Callable[[str], Path], tmp_path: Path, name: str, given: str, expected: str
) -> None:
    file(LEARNING + "[kernel.ipv6]\n" + CLUSTER + POOLS)
    tests = tmp_path / "tests.toml"
    tests.write_text(
        f'configuration = "cluster.toml"\n[[test]]\nname = "it"\nfilter = "{name}"\n'
        f"route = {given}\nexpect = {expected}\n"
    )
    lines, failed = report(tests, "node1")
    assert not failed, lines


def exports(on: On, text: str) -> tuple[set[str], list[str]]:
    """Return the export filters of sessions, and those of the kernel."""
    settings = on(text, "node1")
    return {each.export_filter for each in settings.neighbors}, [
        each.export_filter for each in settings.kernels
    ]


@pytest.mark.parametrize(
    ("before", "pools", "sessions", "kernels"),
    [
        ("", "", "all", ["all", "all"]),
        ("", '[[pools]]\nprefix = "10.0.0.0/8"', "all", ["all", "all"]),
        ("", '[[pools]]\nprefix = "10.0.0.0/8"\nencapsulation = "always"', "all", [IPV4, "all"]),
        ("", '[[pools]]\nprefix = "10.0.0.0/8"\nexport = false', EXPORT, ["all", "all"]),
        ("[kernel.ipv6]\n", '[[pools]]\nprefix = "10.0.0.0/8"\nkernel = false', "all", ["all"]),
        ("[kernel]\n", '[[pools]]\nprefix = "10.0.0.0/8"\nkernel = false', "all", []),
        (LEARNING, "", EXPORT, ["all"]),
        ('[kernel.ipv4]\nexport = "all"\n', POOLS.replace("244", "243"), EXPORT, [IPV4]),
    ],
)
def test_there_are_filters_only_where_somebody_needs_them(
    on: On, before: str, pools: str, sessions: str, kernels: list[str]
) -> None:
    nodes = CLUSTER.partition("[[blocks]]")[0]
    assert exports(on, before + nodes + pools) == ({sessions}, kernels)


def test_export_all_is_everything_but_the_pools_that_are_not_exported(on: On) -> None:
    nodes = CLUSTER.partition("[[blocks]]")[0] + 'export = "all"\n'
    assert exports(on, LEARNING + nodes)[0] == {"all"}
    assert exports(on, LEARNING + nodes + '[[pools]]\nprefix = "10.0.0.0/8"\nexport = false')[0] == {EXPORT}


def test_an_own_filter_stays(on: On) -> None:
    text = (
        '[filters]\nmine = "accept;"\n' + LEARNING + CLUSTER.partition("[[blocks]]")[0] + 'export = "mine"\n'
    )
    assert exports(on, text)[0] == {"mine"}
