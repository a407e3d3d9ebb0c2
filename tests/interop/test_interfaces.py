"""What we say of a host's interfaces, and which routes they give, beside BIRD 1.6 on the same host.

What differs on purpose: we are one daemon for both families, so ``up`` means that either BIRD says so; we
list interfaces by index, BIRD moves those to the end that changed much (bridge ports do); we know addresses
of 240.0.0.0/4, which BIRD ignores and Calico's BIRD does not; and a pattern with a network decides about each
address, where BIRD takes or leaves all addresses of an interface by its primary one.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from tests.interop import packages
from tests.interop.kernel import batch
from tests.interop.lab import Host, Lab
from tests.interop.routers import Bgpd, Bird1, bird_control
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

_COMMANDS: Final = """
link add eth0 type veth peer name eth0p
link add eth1 type veth peer name eth1p
link add cali1 type veth peer name cali1p
link add br0 type bridge
link add down0 type bridge
link add ptp0 type bridge
link set cali1p master br0
link set eth0 up
link set eth0p up
link set eth1 up
link set cali1 up
link set cali1p up
link set br0 up
link set ptp0 up
address add 10.255.0.1/32 dev lo
address add 10.0.0.9/24 dev eth0
address add 10.0.0.5/24 dev eth0
address add 192.0.2.7/32 dev eth0
address add 192.168.5.1/16 dev eth0
address add 172.16.0.1 peer 172.16.0.2 dev eth0
address add 172.17.0.1 peer 172.17.0.2/24 dev eth0
address add 10.9.9.1/30 dev eth0
address add 10.9.8.1/31 dev eth0
address add 10.9.6.4/29 dev eth0
address add 169.254.3.1/16 dev eth0
address add 10.0.0.6/24 dev cali1
address add 10.3.0.1/24 dev cali1
address add 172.18.0.1 peer 172.18.0.2 dev ptp0
address add 10.6.0.1/24 dev eth1
address add 10.4.0.1/24 dev down0
address add 2001:db8:1::9/64 dev eth0 nodad
address add 2001:db8:1::5/64 dev eth0 nodad
address add fd00::1/128 dev eth0 nodad
address add fd00:7::1/127 dev eth0 nodad
address add fd00:8::1/126 dev eth0 nodad
address add fd00:9::1 peer fd00:9::2 dev eth0 nodad
address add fec0::1/64 dev cali1 nodad
address add fd00:b::1/64 dev down0 nodad
"""
_OURS: Final = """
[router]
id = "192.0.2.1"
[metrics]
listen = ""
"""
_PROGRAMS: Final = {"ipv4": "bird", "ipv6": "bird6"}


@pytest.fixture
def host(lab: Lab) -> Host:
    """Return a host with links of several kinds and addresses of many."""
    Bird1.require()
    host = lab.host("many")
    batch(host, filter(None, _COMMANDS.splitlines()))
    eventually(lambda: _settled(host))
    return host


def _settled(host: Host) -> bool:
    shown = host.ip("-6", "address", "show")
    return "tentative" not in shown and shown.count("fe80::") >= 5


def birds(host: Host, direct: str = "", device: str = "") -> dict[str, Path]:
    """Run BIRD for each family; return the control sockets."""
    place = packages.folder(Bird1.package)
    assert place is not None
    sockets = {}
    for family, program in _PROGRAMS.items():
        patterns = direct if family == "ipv4" else ""
        path = host.directory / f"{program}.conf"
        path.write_text(
            "router id 192.0.2.1;\n"
            f"protocol device {{ {device if family == 'ipv4' else ''} }}\n"
            f"protocol direct {{ {patterns} }}\n"
        )
        sockets[family] = socket = host.directory / f"{program}.ctl"
        environment = {"LD_LIBRARY_PATH": packages.library_path()}
        arguments = ("-f", "-c", path, "-s", socket, "-P", host.directory / f"{program}.pid")
        host.spawn(program, [place / "usr" / "sbin" / program, *arguments], environment)
        eventually(partial(bird_control.ask, socket, "show status"))
    return sockets


def blocks(lines: list[str], family: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what ``show interfaces`` says of each interface, with the addresses of one family."""
    below: list[str] = []
    for line in lines:
        if line and not line.startswith("\t"):
            heading, below = line, []
            yield heading, below
        elif line and (" MTU=" in line or (":" in line.partition("/")[0]) is (family == "ipv6")):
            below.append(line)


def summaries(lines: list[str]) -> dict[str, tuple[str, set[str]]]:
    """Return what ``show interfaces summary`` says of each interface: state and addresses."""
    rows = (line.split() for line in lines[1:] if line)
    return {name: (state, {*addresses}) for name, state, *addresses in rows}


def direct_routes(lines: list[str]) -> set[tuple[str, str]]:
    """Return prefix and interface of the routes that are the best."""
    found, prefix = set(), ""
    for line in lines:
        prefix = prefix if line.startswith(" ") else line.partition(" ")[0]
        if " dev " in line and "] * (" in line:
            found.add((prefix, line.split(" dev ")[1].split()[0]))
    return found


def state_of(heading: str) -> str:
    return heading.split()[1]


def without_state(heading: str) -> str:
    return heading.replace(" up ", " ", 1).replace(" DOWN ", " ", 1)


@pytest.mark.parametrize("device", ["", 'primary "eth*" 192.168.0.0/16; primary 10.3.0.1;'])
def test_interfaces_are_shown_as_bird_shows_them(host: Host, device: str) -> None:
    sockets = birds(host, device=device)
    ours = 'primary = ["eth* 192.168.0.0/16", "10.3.0.1"]' if device else ""
    bgpd = Bgpd.with_file(host, f"{_OURS}[device]\n{ours}\n").start()
    eventually(partial(same_interfaces, sockets, bgpd))


def same_interfaces(sockets: dict[str, Path], bgpd: Bgpd) -> bool:
    """All say the same of each interface; it is up for us if it is up for either BIRD."""
    shown = bgpd.ask("show interfaces")
    states: dict[str, set[str]] = {}
    for family, socket in sockets.items():
        theirs = dict(blocks(bird_control.ask(socket, "show interfaces"), family))
        assert {without_state(heading): lines for heading, lines in blocks(shown, family)} == {
            without_state(heading): lines for heading, lines in theirs.items()
        }
        for heading in theirs:
            states.setdefault(without_state(heading), set()).add(state_of(heading))
    assert {without_state(heading): state_of(heading) for heading, _ in blocks(shown, "ipv4")} == {
        heading: "up" if "up" in found else "DOWN" for heading, found in states.items()
    }
    return True


def test_the_summary_has_the_primary_addresses_of_either_bird(host: Host) -> None:
    sockets = birds(host)
    bgpd = Bgpd.with_file(host, _OURS).start()

    def same() -> bool:
        four, six = (
            summaries(bird_control.ask(socket, "show interfaces summary")) for socket in sockets.values()
        )
        assert summaries(bgpd.ask("show interfaces summary")) == {
            name: ("up" if "up" in {state, six[name][0]} else "DOWN", addresses | six[name][1])
            for name, (state, addresses) in four.items()
        }
        return bool(four)

    eventually(same)


@pytest.mark.parametrize(
    ("bird", "ours"),
    [
        ("", '"*"'),
        ('interface "-cali*", "*";', '"-cali*", "*"'),
        ('interface "-eth0", "et?1" 10.0.0.0/8, "lo";', '"-eth0", "et?1 10.0.0.0/8", "lo"'),
        ('interface "-eth0", "lo" 10.6.0.0/16, 10.6.0.0/16;', '"-eth0", "lo 10.6.0.0/16", "10.6.0.0/16"'),
        ('interface "-eth0", -10.6.0.0/16, 10.0.0.0/8;', '"-eth0", "-10.6.0.0/16", "10.0.0.0/8"'),
        ('interface - "eth*" 10.0.0.0/8, "eth*", "cal*";', '"-eth0", "-eth* 10.0.0.0/8", "cal*"'),
        ("interface 172.18.0.2;", '"172.18.0.2"'),
        ("interface 172.18.0.1;", '"172.18.0.1"'),
        ("interface 172.18.0.0/30, 10.6.0.1;", '"172.18.0.0/30", "10.6.0.1"'),
    ],
)
def test_direct_routes_are_birds(host: Host, bird: str, ours: str) -> None:
    sockets = birds(host, direct=bird)
    four = ours if bird else '"*"'
    bgpd = Bgpd.with_file(host, f"{_OURS}[direct]\ninterfaces = [{four}]\n").start()
    compared = sockets if not bird else {"ipv4": sockets["ipv4"]}
    for family, socket in compared.items():
        eventually(partial(same_direct_routes, socket, bgpd, family))


def same_direct_routes(socket: Path, bgpd: Bgpd, family: str) -> bool:
    """There are some, and both have the same ones."""
    theirs = direct_routes(bird_control.ask(socket, "show route protocol direct1"))
    shown = direct_routes(bgpd.ask("show route protocol direct1"))
    assert {row for row in shown if (":" in row[0]) is (family == "ipv6")} == theirs
    return bool(theirs)


def test_each_address_is_chosen_by_itself_where_bird_asks_for_the_primary_one(host: Host) -> None:
    """BIRD gives routes for all of eth0."""
    socket = birds(host, 'interface "eth0" 10.0.0.0/16;')["ipv4"]
    bgpd = Bgpd.with_file(host, f'{_OURS}[direct]\ninterfaces = ["eth0 10.0.0.0/16"]\n').start()
    ask = partial(bgpd.ask, "show route protocol direct1")
    shown = eventually(lambda: direct_routes(ask()), equals={("10.0.0.0/24", "eth0")})
    eventually(lambda: direct_routes(bird_control.ask(socket, "show route protocol direct1")) > shown)
