"""Changed filters in a changed configuration: what is applied while sessions last, and what waits."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import DaemonSettings, build, load
from bgpd.reload import plan

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
    assert found.in_force == settings(after)


def test_the_filters_of_a_neighbor_do_not_wait_with_the_rest(settings: Settings) -> None:
    before, after = (
        settings(f"{FILTERS}{NEIGHBOR}"),
        settings(f'{FILTERS}{NEIGHBOR}import = "a"\nhold_time = 9'),
    )
    found = plan(before, after)
    (neighbor,) = found.in_force.neighbors
    assert (neighbor.import_filter, neighbor.policy_missing, neighbor.hold_time) == ("a", ("export",), 90)
    assert ["tor1 differs in more" in line for line in found.waiting] == [True]


@pytest.mark.parametrize("other", [("192.0.2.2", "192.0.2.3"), ("65001", "65002")])
def test_another_neighbor_with_the_name_does_not_have_its_filters_used(
    other: tuple[str, str], settings: Settings
) -> None:
    """The old one goes on as it was: what is written now is not meant for it."""
    before, after = (
        settings(f"{FILTERS}{NEIGHBOR}"),
        settings(f'{FILTERS}{NEIGHBOR.replace(*other)}export = "a"'),
    )
    found = plan(before, after)
    assert found.in_force.neighbors == before.neighbors
    assert len(found.waiting) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'{KERNEL}export = "none"', f"{KERNEL}metric = 7"),
        (f'{TABLES}{PIPE}export = "all"', f'{TABLES}{PIPE}mode = "opaque"'),
        (STATIC, f'{STATIC}preference = 3\nset = "krt_metric = 5;"'),
    ],
)
def test_what_is_more_than_a_filter_waits(before: str, after: str, settings: Settings) -> None:
    found = plan(settings(before), settings(after))
    assert len(found.waiting) == 1
    assert found.in_force != settings(after)
