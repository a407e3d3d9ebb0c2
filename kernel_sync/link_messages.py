"""What the kernel says about links and their addresses, as values; pyroute2 reads it."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final

from kernel_sync.interfaces import Interface, InterfaceAddress
from kernel_sync.pyroute2_messages import ifaddrmsg, ifinfmsg
from kernel_sync.rtnetlink import Message

_HEADER_OCTETS: Final = 16
_AF_BRIDGE: Final = 7


def read_interface(data: bytes, message: Message) -> Interface | None:
    """Return the interface that a message is about, without addresses; None for news of a bridge port."""
    if data[message.start] == _AF_BRIDGE:
        return None
    link = _decode(ifinfmsg, data, message)
    return Interface(
        index=link["index"],
        name=link.get_attr("IFLA_IFNAME"),
        flags=link["flags"],
        mtu=link.get_attr("IFLA_MTU") or 0,
        master=link.get_attr("IFLA_MASTER") or 0,
    )


def read_interface_address(data: bytes, message: Message) -> tuple[int, InterfaceAddress]:
    """Return the index of an interface and its address that a message is about."""
    row = _decode(ifaddrmsg, data, message)
    remote, local = row.get_attr("IFA_ADDRESS"), row.get_attr("IFA_LOCAL")
    own, peer = local or remote, remote if local and local != remote else None
    address = InterfaceAddress(
        ip_address(own).packed,
        row["prefixlen"],
        ip_address(peer).packed if peer else b"",
        row.get_attr("IFA_FLAGS") or row["flags"],
    )
    return row["index"], address


def _decode(kind: Callable[[bytes], Any], data: bytes, message: Message) -> Any:  # noqa: ANN401 - pyroute2 has no types
    decoded = kind(data[message.start - _HEADER_OCTETS : message.end])
    decoded.decode()
    return decoded
