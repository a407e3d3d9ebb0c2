"""Which interface a session is on, which addresses are ours, and what that makes of a neighbor's terms."""

from pathlib import Path
from typing import Any, cast

import pytest

from bgpd.config import build, load
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.terms import Terms
from bgpd.sessions.session import Session
from bgpd.sessions.socket_facts import scope_of
from kernel_sync.interfaces import IFF_LOWER_UP, IFF_UP, Interface, InterfaceAddress, InterfaceTable
from messages.capabilities import GRACEFUL_RESTART, LONG_LIVED_GRACEFUL_RESTART, Capabilities, GracefulRestart
from messages.context import Context
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address
from tests.rib.building import attributes, neighbor
from tests.rib.entrance import ingress

LINK_LOCAL = parse_address("fe80::5054:ff:fe12:3456")
VLANS = {10: "2001:db8:10::1", 20: "2001:db8:20::1"}


def vlans() -> Surroundings:
    """Return two interfaces with one MAC address, and so with one link-local address."""
    interfaces = InterfaceTable()
    for index, address in VLANS.items():
        interfaces.set_link(Interface(index, f"eth0.{index}", IFF_UP | IFF_LOWER_UP, 1500))
        interfaces.set_address(index, InterfaceAddress(LINK_LOCAL, 64))
        interfaces.set_address(index, InterfaceAddress(parse_address(address), 64))
    return Surroundings(1, interfaces, lambda: 0.0)


NO_CAPABILITIES = Capabilities()
_AWARE = (GRACEFUL_RESTART, GracefulRestart(False, True, 0, ()))


class Ends:
    """What terms ask of a session."""

    def __init__(self, local: bytes, link: int, capabilities: Capabilities) -> None:
        self.local_address, self.link = local, link
        self.remote_address = parse_address("fe80::2")
        self.peer_router_id = 9
        self.context = Context()
        self.negotiated = self
        self.peer_asn = 65001
        self.peer_capabilities = capabilities


def session(
    local: bytes = LINK_LOCAL, link: int = 0, capabilities: Capabilities = NO_CAPABILITIES
) -> Session:
    return cast("Session", Ends(local, link, capabilities))


def terms(folder: Path, surroundings: Surroundings, **more: Any) -> Terms:
    """Return the terms of a neighbor in AS 65001; we are AS 65000."""
    path = folder / "bgpd.toml"
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in more.items()
    ]
    head = ["[router]", 'id = "10.0.0.1"', "asn = 65000", "[[neighbors]]", 'import = "all"', 'export = "all"']
    path.write_text("\n".join([*head, "asn = 65001", *lines]))
    (settings,) = build(load(path)).neighbors
    return Terms(settings, surroundings)


@pytest.mark.parametrize(
    ("sockname", "scope"),
    [
        (("fe80::1%eth0", 179, 0, 7), 7),
        (("2001:db8::1", 179, 0, 0), 0),
        (("192.0.2.1", 179), 0),
        (None, 0),
    ],
)
def test_a_socket_knows_the_link_of_its_link_local_address(sockname: Any, scope: int) -> None:
    """RFC 4007 §6."""
    assert scope_of(sockname) == scope


@pytest.mark.parametrize(
    ("address", "link", "index"),
    [
        (LINK_LOCAL, 10, 10),
        (LINK_LOCAL, 20, 20),
        (parse_address(VLANS[20]), 0, 20),
        (parse_address("192.0.2.1"), 0, 0),
    ],
)
def test_the_interface_is_that_of_the_link_where_several_have_the_address(
    address: bytes, link: int, index: int
) -> None:
    assert vlans().interface_of(address, link) == index


@pytest.mark.parametrize("index", VLANS)
def test_a_session_between_link_local_addresses_has_the_next_hop_of_its_link(
    index: int, tmp_path: Path
) -> None:
    """RFC 2545 §3: our global address on that link, and the link-local one."""
    surroundings = vlans()
    agreed = terms(tmp_path, surroundings, address=f"fe80::2%eth0.{index}", families=["ipv6"])
    source = neighbor("spine2")
    agreed.describe(source, session(link=index))
    assert source.interface == index
    key = agreed.group_key(session(link=index), IPV6_UNICAST, source, is_draining=False)
    assert key.own_next_hop == parse_address(VLANS[index]) + LINK_LOCAL


def test_a_link_local_address_of_ours_may_be_somebody_elses_on_another_link() -> None:
    """So it refuses no next hop (RFC 4007 §5)."""
    assert vlans().own_addresses() == {parse_address(address) for address in VLANS.values()}


@pytest.mark.parametrize("mode", ["replace", "no-prepend", "prepend"])
def test_loops_are_found_through_either_as_of_ours(mode: str, tmp_path: Path) -> None:
    """RFC 7705 §3: the neighbor sees AS 64999 in us, all others AS 65000."""
    agreed = terms(tmp_path, vlans(), address="192.0.2.254", local_asn=64999, local_asn_mode=mode)
    admission = agreed.admission(session(), IPV4_UNICAST, is_draining=False)
    assert (admission.local_as, admission.other_as) == (64999, 65000)
    here = ingress(neighbor("e"), local_as=admission.local_as, other_as=admission.other_as)
    assert here.route(attributes(65001, 65002, 65000, 65003), 0).refusal is not None


def test_who_sees_our_as_is_asked_about_no_other(tmp_path: Path) -> None:
    admission = terms(tmp_path, vlans(), address="192.0.2.254").admission(
        session(), IPV4_UNICAST, is_draining=False
    )
    assert (admission.local_as, admission.other_as) == (65000, 0)


@pytest.mark.parametrize(
    ("capabilities", "takes_stale"),
    [
        (NO_CAPABILITIES, False),
        (Capabilities.of(_AWARE), False),
        (Capabilities.of((LONG_LIVED_GRACEFUL_RESTART, ())), False),
        (Capabilities.of(_AWARE, (LONG_LIVED_GRACEFUL_RESTART, ())), True),
    ],
)
def test_who_is_told_of_long_lived_stale_routes(
    capabilities: Capabilities, takes_stale: bool, tmp_path: Path
) -> None:
    """RFC 9494 §4.1, §4.3: who has announced both capabilities."""
    agreed = terms(tmp_path, vlans(), address="192.0.2.254")
    there = session(capabilities=capabilities)
    key = agreed.group_key(there, IPV4_UNICAST, neighbor("e"), is_draining=False)
    assert key.takes_stale is takes_stale
