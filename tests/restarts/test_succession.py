"""Neighbors that a reload takes away stay until those that it brings have spoken."""

import json
import tomllib
from typing import Final

import pytest

from bgpd.config import build, validate
from bgpd.reconfiguration.plan import plan
from bgpd.reconfiguration.succession import succession
from bgpd.settings import DaemonSettings
from tests.interop.lab import Lab
from tests.interop.routers import Bgpd
from tests.interop.waiting import eventually

_FILTERS: Final = """
[filter_files]
text = "function is_ours() { return net ~ [10.0.0.0/8+]; }"
[filters]
from_mesh = "if is_ours() then accept; reject;"
"""


def neighbor(name: str, address: str, more: str = "") -> str:
    return (
        f'[[neighbors]]\nname = "{name}"\naddress = "{address}"\nasn = 64512\nimport = "all"\n'
        f'export = "all"\n{more}\n'
    )


MESH: Final = neighbor("mesh", "192.0.2.2")
REFLECTOR: Final = neighbor("reflector", "192.0.2.9")
OWN_FILTER: Final = _FILTERS + MESH.replace('import = "all"', 'import = "from_mesh"')
IN_TABLE: Final = '[router]\ntables = ["blue"]\n' + neighbor("mesh", "192.0.2.2", 'table = "blue"')


def settings(text: str) -> DaemonSettings:
    return build(validate(tomllib.loads(text), "test.toml"))


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [
        (MESH, REFLECTOR, ["reflector", "mesh"]),
        (OWN_FILTER, REFLECTOR, ["reflector", "mesh"]),
        (MESH + neighbor("far", "192.0.2.7"), REFLECTOR, ["reflector", "mesh", "far"]),
        (MESH, "", None),
        (MESH, MESH + REFLECTOR, None),
        (MESH, neighbor("reflector", "192.0.2.9", "shutdown = true"), None),
        (neighbor("mesh", "192.0.2.2", "shutdown = true"), REFLECTOR, None),
        (MESH, neighbor("mesh", "192.0.2.3"), None),
        (
            MESH + REFLECTOR,
            neighbor("mesh", "192.0.2.9") + neighbor("new", "192.0.2.2", "hold_time = 7"),
            None,
        ),
        (IN_TABLE, REFLECTOR, None),
        (
            OWN_FILTER,
            _FILTERS.replace("is_ours", "is_mine").replace("from_mesh", "is_ours") + REFLECTOR,
            None,
        ),
    ],
    ids=[
        "one for another",
        "with a filter that goes as well",
        "one for two",
        "one goes",
        "one comes",
        "one comes that is shut down",
        "one goes that is shut down",
        "it is elsewhere",
        "two change places",
        "its table goes",
        "its filter does not go together with the new ones",
    ],
)
def test_who_stays_at_first(before: str, after: str, first: list[str] | None) -> None:
    old, new = settings(before), settings(after)
    found = succession(old, new, plan(old, new))
    assert (found and [each.name for each in found.settings.neighbors]) == first


_FILE: Final = """
[router]
id = "192.0.2.1"
asn = 64512
listen = []
[metrics]
listen = ""
[direct]
interfaces = []
[kernel]
"""
NEVER_THERE: Final = 'connect_delay = 1\nsource_address = "127.0.0.1"'


@pytest.mark.interop
def test_what_is_asked_for_meanwhile_comes_next(lab: Lab) -> None:
    """The new neighbor is not there: its predecessor goes after some seconds; what is newer goes before."""
    one, two, three = (
        _FILE + neighbor(name, f"127.0.0.{number}", NEVER_THERE)
        for number, name in enumerate(("one", "two", "three"), 2)
    )
    daemon = Bgpd.with_file(lab.host("alone"), one).start()

    def neighbors() -> set[str]:
        rows = json.loads("".join(daemon.ask("json show protocols")))
        return {row["name"] for row in rows if row["proto"] == "BGP"}

    def become(text: str) -> str:
        daemon.text = text
        daemon.write()
        return "".join(daemon.ask("configure"))

    assert "in progress" in become(two)
    assert neighbors() == {"one", "two"}
    eventually(neighbors, equals={"two"})
    assert "in progress" in "".join(daemon.ask("configure undo"))
    assert neighbors() == {"one", "two"}
    assert "queueing" in become(three)
    eventually(neighbors, equals={"three"})
