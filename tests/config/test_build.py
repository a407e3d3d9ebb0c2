"""What the daemon is told."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from bgpd.config import (
    ConfigurationError,
    DaemonSettings,
    DecisionSettings,
    DeviceSettings,
    DirectSettings,
    KernelSettings,
    PrefixLimit,
    StaticNextHop,
    StaticRoute,
    StaticSettings,
    build,
    load,
)
from kernel_sync.types import RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import parse_prefix
from messages.iana import Role

Settings = Callable[[str], DaemonSettings]

NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\n'
INTERNAL = f"{NEIGHBOR}asn = 64512\n"
IMPORT_LIMIT = PrefixLimit(
    imported=9, received=None, exported=None, action="warn", warn_at=75, restart_after=60
)
RANGE = '[[neighbors]]\nrange = "10.0.0.0/16"\nasn = 65001\n'
EXTERNAL = f"{NEIGHBOR}asn = 65001\n"


def test_defaults() -> None:
    kernel = KernelSettings(
        name="kernel1",
        family=IPV4_UNICAST,
        table=254,
        metric=0,
        persist=False,
        merge_paths=1,
        rib_table="master",
        import_filter="all",
        export_filter="all",
    )
    assert build(load(None)) == DaemonSettings(
        router_id=None,
        asn=64512,
        cluster_id=None,
        confederation=None,
        tables=("master",),
        decision=DecisionSettings(
            path_metric=True, med_metric=False, igp_metric=True, prefer_older=False, relaxed_paths=True
        ),
        listen=("0.0.0.0", "::"),
        port=179,
        stop="withdraw",
        socket="/run/bgpd/bgpd.ctl",
        metrics=("127.0.0.1", 9179),
        device=DeviceSettings("device1"),
        directs=(DirectSettings("direct1", ("*",)),),
        kernels=(kernel, replace(kernel, name="kernel2", family=IPV6_UNICAST)),
        statics=(),
        pipes=(),
        neighbors=(),
    )


def test_router(settings: Settings) -> None:
    told = settings('[router]\nid = "192.0.2.1"\nasn = "65000.1"\n[metrics]\nlisten = "[::1]:80"')
    assert (told.router_id, told.asn) == (0xC0000201, 65000 << 16 | 1)
    assert told.metrics == ("::1", 80)


def test_metrics_can_be_off(settings: Settings) -> None:
    assert settings('[metrics]\nlisten = ""').metrics is None


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("", [("kernel1", IPV4_UNICAST), ("kernel2", IPV6_UNICAST)]),
        ("[kernel]", []),
        ("[kernel.ipv4]", [("kernel1", IPV4_UNICAST)]),
        ("[kernel.ipv6]", [("kernel1", IPV6_UNICAST)]),
        (
            '[kernel.ipv6]\n[kernels.blue]\nfamily = "ipv4"',
            [("kernel1", IPV6_UNICAST), ("blue", IPV4_UNICAST)],
        ),
    ],
)
def test_family_that_is_not_written_stays_out_of_the_kernel(
    text: str, tables: list[tuple[str, Family]], settings: Settings
) -> None:
    assert [(kernel.name, kernel.family) for kernel in settings(text).kernels] == tables


NEIGHBOR_DEFAULTS = [
    # what is written, which setting, what it comes to
    (INTERNAL, "external", False),
    (EXTERNAL, "external", True),
    (f"{EXTERNAL}local_asn = 65001", "external", False),
    (INTERNAL, "multihop", 64),
    (EXTERNAL, "multihop", 0),
    (f"{INTERNAL}ttl_security = true", "multihop", 0),
    (f"{INTERNAL}multihop = 0", "multihop", 0),
    (f"{EXTERNAL}multihop = 2", "multihop", 2),
    (INTERNAL, "gateway", "recursive"),
    (EXTERNAL, "gateway", "direct"),
    (f"{INTERNAL}multihop = 0", "gateway", "direct"),
    (f'{EXTERNAL}gateway = "recursive"', "gateway", "recursive"),
    (INTERNAL, "families", (IPV4_UNICAST,)),
    (f'{INTERNAL}families = ["ipv6", "ipv4"]', "families", (IPV6_UNICAST, IPV4_UNICAST)),
    ('[[neighbors]]\naddress = "::9"\nasn = 1', "families", (IPV6_UNICAST,)),
    (INTERNAL, "interface", None),
    (INTERNAL, "range_bits", None),
    (RANGE, "range_bits", 16),
    (RANGE, "address", "10.0.0.0"),
    (RANGE, "passive", True),
    ('[[neighbors]]\nrange = "fe80::/10"\nasn = 64512', "multihop", 0),
    (RANGE, "families", (IPV4_UNICAST,)),
    (INTERNAL, "max_prefixes", None),
    (f"{INTERNAL}max_prefixes = {{ import = 9 }}", "max_prefixes", IMPORT_LIMIT),
    (f'{EXTERNAL}role = "rs-server"', "role", Role.RS),
    ('[[neighbors]]\naddress = "FE80::9%eth0"\nasn = 64512', "interface", "eth0"),
    ('[[neighbors]]\naddress = "FE80::9%eth0"\nasn = 64512', "address", "fe80::9"),
    ('[[neighbors]]\naddress = "fe80::9%eth0"\nasn = 64512', "multihop", 0),
    (INTERNAL, "keepalive_time", None),
    (INTERNAL, "shutdown", None),
    (f"{INTERNAL}shutdown = false", "shutdown", None),
    (f"{INTERNAL}shutdown = true", "shutdown", ""),
    (f'{INTERNAL}shutdown = "moved"', "shutdown", "moved"),
    (INTERNAL, "password", None),
    (f'{INTERNAL}password = "päss"', "password", "päss".encode()),
    (INTERNAL, "error_wait", (60, 300)),
    (f'{NEIGHBOR}asn = "1.0"', "asn", 65536),
]


@pytest.mark.parametrize(("text", "setting", "value"), NEIGHBOR_DEFAULTS)
def test_neighbor(text: str, setting: str, value: Any, settings: Settings) -> None:
    (neighbor,) = settings(text).neighbors
    assert getattr(neighbor, setting) == value


POLICIES = [
    # RFC 8212: what is written, what is missing, what import and export do
    (INTERNAL, (), "all", "none"),
    (EXTERNAL, ("import", "export"), "none", "none"),
    (f'{EXTERNAL}import = "all"', ("export",), "all", "none"),
    (f'{EXTERNAL}export = "all"', ("import",), "none", "all"),
    (f'{EXTERNAL}import = "all"\nexport = "none"', (), "all", "none"),
    (f"{EXTERNAL}ebgp_requires_policy = false", (), "all", "none"),
]


@pytest.mark.parametrize(("text", "missing", "accepted", "sent"), POLICIES)
def test_external_neighbor_without_policy_exchanges_nothing(
    text: str, missing: tuple[str, ...], accepted: str, sent: str, settings: Settings
) -> None:
    told = settings(text)
    (neighbor,) = told.neighbors
    assert neighbor.policy_missing == missing
    assert neighbor.exchanged == {"import": accepted, "export": sent}
    assert len(told.notices()) == len(missing)


def test_notice_says_what_to_write(settings: Settings) -> None:
    assert settings(f'{EXTERNAL}import = "all"').notices() == (
        "neighbor bgp1: export is not written, so nothing is sent to this external neighbor (RFC 8212); "
        'write export = "all" or "none"',
    )


def test_neighbors_without_a_name_are_numbered_around_the_names_that_are_taken(settings: Settings) -> None:
    written = [None, "bgp2", None, "tor1", "bgp1", None]
    text = "".join(
        f'[[neighbors]]\naddress = "192.0.2.{number}"\nasn = 1\n' + (f'name = "{name}"\n' if name else "")
        for number, name in enumerate(written, 1)
    )
    names = [neighbor.name for neighbor in settings(text).neighbors]
    assert names == ["bgp3", "bgp2", "bgp4", "tor1", "bgp1", "bgp5"]


def octets(text: str) -> bytes:
    return ip_address(text).packed


STATICS = [
    ("blackhole = true", RouteKind.BLACKHOLE, ()),
    ("unreachable = true", RouteKind.UNREACHABLE, ()),
    ("prohibit = true\nblackhole = false", RouteKind.PROHIBIT, ()),
    ('via = "10.0.0.1"', RouteKind.UNICAST, (StaticNextHop(octets("10.0.0.1"), None, False, 1),)),
    ('dev = "eth0"', RouteKind.UNICAST, (StaticNextHop(b"", "eth0", False, 1),)),
    (
        'via = "10.0.0.1"\ndev = "eth0"\nonlink = true',
        RouteKind.UNICAST,
        (StaticNextHop(octets("10.0.0.1"), "eth0", True, 1),),
    ),
    (
        'nexthops = [{ via = "10.0.0.1", weight = 2 }, { dev = "eth1" }]',
        RouteKind.UNICAST,
        (StaticNextHop(octets("10.0.0.1"), None, False, 2), StaticNextHop(b"", "eth1", False, 1)),
    ),
]


@pytest.mark.parametrize(("text", "kind", "next_hops"), STATICS)
def test_static(text: str, kind: RouteKind, next_hops: tuple[StaticNextHop, ...], settings: Settings) -> None:
    family, key = parse_prefix("203.0.113.0/24")
    (static,) = settings(f'[[static]]\nprefix = "203.0.113.0/24"\n{text}').statics
    assert static == StaticSettings("static1", (StaticRoute(family, key, kind, next_hops),))


def test_password_file(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "tor1"
    path.write_bytes(b"se cret\n")
    (neighbor,) = settings(f'{INTERNAL}password_file = "{path}"').neighbors
    assert neighbor.password == b"se cret"


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 81])
def test_password_file_with_a_wrong_length(content: bytes, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "tor1"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="a password has 1 to 80"):
        settings(f'{INTERNAL}password_file = "{path}"')


def test_password_file_that_vanished_after_the_check(tmp_path: Path, write: Callable[[str], Path]) -> None:
    path = tmp_path / "tor1"
    path.write_text("secret")
    configuration = load(write(f'{INTERNAL}password_file = "{path}"'))
    path.unlink()
    with pytest.raises(ConfigurationError, match=r"neighbors\[bgp1\].password_file: No such file"):
        build(configuration)


def test_password_and_password_file(problems: Callable[[str], tuple[Any, ...]]) -> None:
    (problem,) = problems(f'{INTERNAL}password = "a"\npassword_file = "/b"')
    assert problem.message == "there is a password as well; write only one of the two"
