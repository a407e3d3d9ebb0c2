"""What all protocols have in common: names, order, and being described, disabled and logged."""

from collections.abc import Callable
from typing import get_args

import pytest

from bgpd.config import DaemonSettings, DeviceSettings, DirectSettings, Problem
from bgpd.settings import Trace
from messages.families import IPV6_UNICAST

Problems = Callable[[str], tuple[Problem, ...]]
Settings = Callable[[str], DaemonSettings]

TABLES = '[router]\ntables = ["blue"]\n'
PIPE = f'{TABLES}[[pipes]]\npeer_table = "blue"\n'
NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 65001\n'
KERNEL = 'family = "ipv4"\ntable = 9\n'
STATIC = '[[static]]\nprefix = "10.0.0.0/8"\nblackhole = true\n'


def names(settings: DaemonSettings) -> list[str]:
    """Return the names of all protocols as they are listed."""
    return [protocol.name for protocol in settings.protocols]


NAMES = [
    # what is written, the names of all protocols
    ("", ["device1", "direct1", "kernel1", "kernel2"]),
    ("[kernel]", ["device1", "direct1"]),
    ("[kernel]\n[device]\npresent = false", ["direct1"]),
    ('[kernel]\n[device]\nname = "links"', ["links", "direct1"]),
    # as soon as [directs] is written, [direct] must be as well
    ("[kernel]\n[directs]", ["device1"]),
    ("[kernel]\n[directs]\n[direct]", ["device1", "direct1"]),
    ("[kernel]\n[directs.a]", ["device1", "a"]),
    ("[kernel]\n[directs.a]\n[direct]", ["device1", "direct1", "a"]),
    # names that protocols have by default can be written; default names go around them
    (f"[kernels.kernel1]\n{KERNEL}", ["device1", "direct1", "kernel2", "kernel3", "kernel1"]),
    ("[kernel]\n[directs.direct1]\n[direct]", ["device1", "direct2", "direct1"]),
    (f'[kernel]\n{NEIGHBOR}name = "device1"', ["device2", "direct1", "device1"]),
    (f"[kernel]\n[statics.static1]\n{STATIC}", ["device1", "direct1", "static2", "static1"]),
    # a name need not begin with a letter
    ("[kernel]\n[directs.1-a]", ["device1", "1-a"]),
    # nobody is called like a table by default
    ('[kernel]\n[router]\ntables = ["direct1"]', ["device1", "direct2"]),
    # a section of static routes for each table and preference
    (
        f'[kernel]\n{TABLES}{STATIC}{STATIC}table = "blue"\n{STATIC.replace("10", "11")}preference = 7',
        ["device1", "direct1", "static1", "static2", "static3"],
    ),
    # the order
    (
        f'[control]\norder = ["bgp1", "kernel2"]\n{NEIGHBOR}',
        ["bgp1", "kernel2", "device1", "direct1", "kernel1"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_of_protocols(text: str, expected: list[str], settings: Settings) -> None:
    assert names(settings(text)) == expected


EVERY = {
    # the heading of each kind of protocol, with what it must have
    "device1": "[device]\n",
    "direct1": "[direct]\n",
    "d": "[directs.d]\n",
    "kernel1": "[kernel.ipv6]\n",
    "k": f"[kernels.k]\n{KERNEL}",
    "s": "[statics.s]\n",
    "pipe1": PIPE,
}


def only(name: str, settings: DaemonSettings) -> dict[str, object]:
    """Return what the protocol with a name has of that which all have."""
    (found,) = (each for each in settings.protocols if each.name == name)
    keys = ("description", "disabled", "traces")
    return {key: getattr(found, key, None) for key in keys}


@pytest.mark.parametrize("name", EVERY)
def test_every_protocol_can_be_described_disabled_and_logged(name: str, settings: Settings) -> None:
    assert only(name, settings(EVERY[name])) == {"description": "", "disabled": False, "traces": frozenset()}
    text = f'{EVERY[name]}description = "of that"\ndisabled = true\ndebug = ["states", "packets"]'
    assert only(name, settings(text)) == {
        "description": "of that",
        "disabled": True,
        "traces": {"states", "packets"},
    }


@pytest.mark.parametrize("name", EVERY)
def test_all_of_a_protocol_is_logged(name: str, settings: Settings) -> None:
    assert only(name, settings(f'{EVERY[name]}debug = "all"'))["traces"] == set(get_args(Trace))


def test_neighbor_is_logged_and_has_a_router_id(settings: Settings) -> None:
    (plain,) = settings(NEIGHBOR).neighbors
    assert (plain.traces, plain.router_id) == (frozenset(), None)
    group = '[groups.g]\ndebug = ["events"]\nrouter_id = "192.0.2.9"\n'
    (neighbor,) = settings(f'{group}{NEIGHBOR}group = "g"').neighbors
    assert neighbor.router_id == 0xC0000209
    assert neighbor.traces == {"events"}


DEVICES = [
    ("", DeviceSettings("device1")),
    ("[device]\npresent = false", None),
    (
        '[device]\nprimary = ["192.168.0.0/16", "eth* ::1"]',
        DeviceSettings("device1", primary=("192.168.0.0/16", "eth* ::1")),
    ),
]


@pytest.mark.parametrize(("text", "device"), DEVICES)
def test_device(text: str, device: DeviceSettings | None, settings: Settings) -> None:
    assert settings(text).device == device


DIRECTS = [
    ("", DirectSettings("direct1", ("*",))),
    (f'{TABLES}[direct]\ntable = "blue"', DirectSettings("direct1", ("*",), table="blue")),
    ("[direct]\npreference = 5", DirectSettings("direct1", ("*",), preference=5)),
    ("[direct]\ncheck_link = true", DirectSettings("direct1", ("*",), check_link=True)),
    (
        '[direct]\ninterfaces = ["-eth* 10.0.0.0/8", "*"]',
        DirectSettings("direct1", ("-eth* 10.0.0.0/8", "*")),
    ),
    (
        f'{TABLES}[directs.six]\nfamilies = ["ipv6"]\nimport = "none"\ntable = "blue"\ninterfaces = []',
        DirectSettings("six", (), families=(IPV6_UNICAST,), import_filter="none", table="blue"),
    ),
]


@pytest.mark.parametrize(("text", "direct"), DIRECTS)
def test_direct(text: str, direct: DirectSettings, settings: Settings) -> None:
    assert settings(text).directs == (direct,)


WRONG = [
    # names that two protocols have
    ('[device]\nname = "a"\n[directs.a]', "directs.a", "is the name of the protocol of [device]"),
    (f"[directs.a]\n[kernels.a]\n{KERNEL}", "kernels.a", "is the name of a protocol of [directs]"),
    (f"[kernels.a]\n{KERNEL}[statics.a]", "statics.a", "is the name of a table of the kernel"),
    (f'[statics.a]\n{PIPE}name = "a"', "pipes[a].name", "is the name of a protocol of [statics]"),
    (f'[statics.a]\n{NEIGHBOR}name = "a"', "neighbors[a].name", "is the name of a protocol of [statics]"),
    ('[device]\nname = "all"', "device.name", "means all of them"),
    ("[statics.all]", "statics.all", "means all of them"),
    # the order
    (
        '[control]\norder = ["kernel3"]',
        "control.order[#1]",
        'unknown protocol "kernel3"; did you mean "kernel2"?',
    ),
    (
        '[control]\norder = ["direct1", "x"]',
        "control.order[#2]",
        'unknown protocol "x"; there are "device1", "direct1", "kernel1", "kernel2"',
    ),
    (
        '[control]\norder = ["direct1", "direct1"]',
        "control.order[#2]",
        '"direct1" is listed twice; remove one',
    ),
    ('[control]\norder = "direct1"', "control.order", 'a list of names like ["static1", "tor1"]'),
    (
        "[kernel]\n[directs]\n[device]\npresent = false\n[control]\norder = ['x']",
        "control.order[#1]",
        "there are none",
    ),
    # what all have
    ('[device]\ndebug = ["state"]', "device.debug[#1]", 'write "states", "routes"'),
    ('[direct]\ndebug = "states"', "direct.debug", 'write "all", or a list like ["states", "events"]'),
    ("[direct]\ndisabled = 1", "direct.disabled", "write true or false"),
    ('[kernel.ipv4]\ndescription = "a\\tb"', "kernel.ipv4.description", "characters that cannot be printed"),
    # tables and filters
    ('[directs.a]\ntable = "x"', "directs.a.table", 'unknown table "x"'),
    ('[directs.a]\nimport = "x"', "directs.a.import", 'unknown filter "x"'),
    ('[direct]\nimport = "x"', "direct.import", 'unknown filter "x"'),
    ('[direct]\nfamilies = ["ipv5"]', "direct.families[#1]", 'write "ipv4" or "ipv6"'),
    ("directs = 3", "directs", "write tables with names, like [directs.NAME]"),
]


@pytest.mark.parametrize(("text", "key", "message"), WRONG)
def test_wrong_value_names_itself(text: str, key: str, message: str, problems: Problems) -> None:
    (problem,) = problems(text)
    assert problem.key == key
    assert message in problem.message
