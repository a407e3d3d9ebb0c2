"""Changed filters in a changed configuration: they are applied while sessions last."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import DaemonSettings, build, load
from bgpd.reconfiguration.plan import plan

Settings = Callable[[str], DaemonSettings]

FILTERS = '[filters]\na = "accept;"\nb = "reject;"\n'
NEIGHBOR = '[[neighbors]]\nname = "tor1"\naddress = "192.0.2.2"\nasn = 65001\n'
TABLES = '[router]\ntables = ["blue"]\n'
PIPE = '[[pipes]]\nname = "p"\npeer_table = "blue"\n'
KERNEL = '[kernels.k]\nfamily = "ipv4"\ntable = 100\n'
STATIC = '[[static]]\nprefix = "10.0.0.0/8"\nblackhole = true\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    def read(text: str) -> DaemonSettings:
        path = tmp_path / "bgpd.toml"
        path.write_text(text)
        return build(load(path))

    return read


APPLIED = [
    # before, after
    (FILTERS, FILTERS.replace("reject;", "accept;")),
    (FILTERS, ""),
    (f"{FILTERS}{NEIGHBOR}", f'{FILTERS}{NEIGHBOR}import = "a"'),
    (f'{FILTERS}{NEIGHBOR}import = "a"', f'{FILTERS}{NEIGHBOR}import = "b"\nexport = "all"'),
    (f'{FILTERS}{NEIGHBOR}import = "a"', f'{FILTERS}{NEIGHBOR}import = "b"\npassword = "x"'),
    (f'{FILTERS}{KERNEL}export = "a"', f'{FILTERS}{KERNEL}export = "b"'),
    (f'{FILTERS}{KERNEL}learn = true\nimport = "a"', f'{FILTERS}{KERNEL}learn = true\nimport = "b"'),
    (f'{FILTERS}{TABLES}{PIPE}export = "a"', f'{FILTERS}{TABLES}{PIPE}import = "b"'),
    (f'{FILTERS}{STATIC}set = "krt_metric = 5;"', f"{FILTERS}{STATIC}"),
    (f"{FILTERS}{STATIC}", f'{FILTERS}{STATIC}set = "krt_metric = 5;"'),
]


@pytest.mark.parametrize(("before", "after"), APPLIED)
def test_filters_are_applied_at_once(before: str, after: str, settings: Settings) -> None:
    """External neighbors whose direction had no filter have one then (RFC 8212)."""
    found = plan(settings(before), settings(after))
    assert found.waiting == []
    assert not found.restarted
    assert found.in_force == settings(after)


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        (f"{FILTERS}{NEIGHBOR}", f'{FILTERS}{NEIGHBOR}import = "a"\nrole = "peer"', "tor1"),
        (NEIGHBOR, f"{NEIGHBOR.replace('65001', '65002')}", "tor1"),
        (f'{KERNEL}export = "none"', f"{KERNEL}metric = 7", "k"),
        (f'{TABLES}{PIPE}export = "all"', f'{TABLES}{PIPE}mode = "opaque"', "p"),
        (STATIC, f'{STATIC}preference = 3\nset = "krt_metric = 5;"', "static1"),
    ],
)
def test_more_than_filters_starts_a_protocol_anew(
    before: str, after: str, name: str, settings: Settings
) -> None:
    found = plan(settings(before), settings(after))
    assert [each.name for each in found.restarted] == [name]
    assert found.waiting == []
    assert found.in_force == settings(after)
