"""Links and addresses as values, and what is left of the messages they were read from."""

import gc
import socket
import struct
from collections.abc import Iterator

import pytest

from kernel_sync.interfaces import Interface, InterfaceAddress
from kernel_sync.link_messages import read_interface, read_interface_address
from kernel_sync.rtnetlink import RTM_NEWADDR, RTM_NEWLINK, attribute, pack_message, split_messages
from messages.families.prefix import parse_address

MTU, MASTER = 1450, 3
_IFLA_IFNAME, _IFLA_MTU, _IFLA_MASTER = 3, 4, 10
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_AF_BRIDGE = 7


def link(name: str, family: int = socket.AF_UNSPEC) -> bytes:
    """Return what the kernel tells of an interface with index 7."""
    attributes = (
        attribute(_IFLA_IFNAME, name.encode() + bytes(1)),
        attribute(_IFLA_MTU, struct.pack("=I", MTU)),
        attribute(_IFLA_MASTER, struct.pack("=I", MASTER)),
    )
    header = struct.pack("=BxHiII", family, 1, 7, 0x41, 0)
    return pack_message(RTM_NEWLINK, 0, 1, header + b"".join(attributes))


def address(own: str, remote: str) -> bytes:
    """Return what the kernel tells of an address on the interface with index 7."""
    attributes = attribute(_IFA_ADDRESS, parse_address(remote)) + attribute(_IFA_LOCAL, parse_address(own))
    header = struct.pack("=BBBBI", socket.AF_INET, 32, 0x80, 0, 7)
    return pack_message(RTM_NEWADDR, 0, 1, header + attributes)


@pytest.fixture
def eager_collector() -> Iterator[None]:
    """Let the collector look for garbage all the time, and nothing be old before the test."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20, 1, 1_000_000)
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


def test_an_interface() -> None:
    data = link("cali1")
    [message] = split_messages(data)
    assert read_interface(data, message) == Interface(7, "cali1", 0x41, MTU, MASTER)


def test_a_bridge_port_is_no_interface() -> None:
    data = link("cali1", _AF_BRIDGE)
    [message] = split_messages(data)
    assert read_interface(data, message) is None


@pytest.mark.parametrize(("remote", "peer"), [("10.0.0.1", ""), ("10.0.0.2", "10.0.0.2")])
def test_an_address(remote: str, peer: str) -> None:
    data = address("10.0.0.1", remote)
    [message] = split_messages(data)
    octets = parse_address(peer) if peer else b""
    expected = InterfaceAddress(parse_address("10.0.0.1"), 32, octets, 0x80)
    assert read_interface_address(data, message) == (7, expected)


@pytest.mark.usefixtures("eager_collector")
def test_no_message_grows_old() -> None:
    """What is old is seldom looked through: messages in use when the collector comes by would pile up."""
    data = link("cali1") + address("10.0.0.1", "10.0.0.1")
    first, second = split_messages(data)
    for _ in range(100):
        read_interface(data, first)
        read_interface_address(data, second)
    old = [kept for kept in gc.get_objects(generation=2) if type(kept).__module__.startswith("pyroute2")]
    assert old == []


def test_the_collector_stays_as_it_was() -> None:
    data = link("cali1")
    [message] = split_messages(data)
    gc.disable()
    try:
        read_interface(data, message)
        assert not gc.isenabled()
    finally:
        gc.enable()
    read_interface(data, message)
    assert gc.isenabled()
