"""``configure soft``: filters stay what they are, with all they use, as far as that is possible."""

import tomllib
from pathlib import Path

import pytest

from bgpd.bird.loading import load_bird
from bgpd.config import build, validate
from bgpd.reconfiguration.soft_reload import NoSoftReloadError, with_old_filters
from bgpd.settings import DaemonSettings
from rib.filters.syntax import Filter

_FILE = """
[filter_files]
text = '''{definitions}'''
[filters]
{filters}
[[static]]
prefix = "10.0.0.0/8"
blackhole = true
set = "{statements}"
[[neighbors]]
name = "a"
address = "192.0.2.2"
asn = 65001
import = "{name}"
export = "all"
"""


def settings(
    filters: str, definitions: str = "", *, name: str = "f", statements: str = "krt_metric = 1;"
) -> DaemonSettings:
    text = _FILE.format(filters=filters, definitions=definitions, name=name, statements=statements)
    return build(validate(tomllib.loads(text), "test.toml"))


BEFORE = settings("f = 'if g(1) then accept; reject;'", "function g(int a) { return a > 0; }")


def names(found: DaemonSettings) -> list[str | None]:
    return [getattr(each, "name", None) for each in found.filters]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (settings("f = 'accept;'", "function g(int a) { return a > 9; }"), ["g", "f"]),
        (settings("f = 'accept;'"), ["g", "f"]),
        (settings("f = 'accept;'\nh = 'reject;'"), ["g", "f", "h"]),
        (settings("h = 'reject;'", name="h"), ["h"]),
        (
            settings("h = 'if g(2) then reject; accept;'", "function g(int a) { return a > 9; }", name="h"),
            ["g", "h"],
        ),
    ],
    ids=[
        "both changed",
        "a function is gone",
        "one more",
        "another one",
        "another one with the old function",
    ],
)
def test_what_has_the_same_name_stays_and_what_it_uses(after: DaemonSettings, expected: list[str]) -> None:
    soft = with_old_filters(BEFORE, after)
    assert names(soft) == expected
    kept = [each for each in soft.filters if each in BEFORE.filters]
    assert {getattr(each, "name", None) for each in kept} == {*expected} & {"f", "g"}


@pytest.mark.parametrize(
    "after",
    [
        settings(
            "h = 'if g(1, 2) then reject; accept;'", "function g(int a; int b) { return a > b; }", name="h"
        ),
        settings("g = 'reject;'", name="g"),
        settings(
            "f = 'accept;'",
            "function g(int a; int b) { return a > b; }",
            statements="if g(1, 2) then krt_metric = 2;",
        ),
    ],
    ids=["a function has other parameters", "what was a function is a filter", "a static route uses it"],
)
def test_what_does_not_go_together_is_told(after: DaemonSettings) -> None:
    with pytest.raises(NoSoftReloadError):
        with_old_filters(BEFORE, after)


def of_bird(folder: Path, name: str, statement: str) -> DaemonSettings:
    """Return what a file of BIRD says, where a filter can be written into a protocol."""
    file = folder / f"{name}.conf"
    session = f"local as 64512; neighbor 192.0.2.2 as 65001; import filter {{ {statement} }};"
    file.write_text(f"router id 192.0.2.1;\nprotocol bgp {name} {{ {session} }}\n")
    return load_bird([(str(file), 32)]).settings


def test_what_a_neighbor_has_for_itself_stays_its_own_under_another_name(tmp_path: Path) -> None:
    before, coming = of_bird(tmp_path, "a", "accept;"), of_bird(tmp_path, "b", "reject;")
    both = with_old_filters(before, coming, {"b": "a"})
    (former,), (own,) = (
        [each for each in settings.filters if isinstance(each, Filter)] for settings in (before, both)
    )
    assert (former.name, own.name) == ("a.import", "b.import")
    assert own.body == former.body
    assert both.neighbors == coming.neighbors
