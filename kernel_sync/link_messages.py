"""What the kernel says about links and their addresses, as values; pyroute2 reads it."""

import gc
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final, TypeVar

from kernel_sync.interfaces import Interface, InterfaceAddress
from kernel_sync.pyroute2_messages import ifaddrmsg, ifinfmsg
from kernel_sync.rtnetlink import Message

T = TypeVar("T")

_HEADER_OCTETS: Final = 16
_AF_BRIDGE: Final = 7


def read_interface(data: bytes, message: Message) -> Interface | None:
    """Return the interface that a message is about, without addresses; None for news of a bridge port."""
    if data[message.start] == _AF_BRIDGE:
        return None
    return _read(ifinfmsg, data, message, _interface)


def _interface(link: Any) -> Interface:  # noqa: ANN401 - pyroute2 has no types
    return Interface(
        index=link["index"],
        name=link.get_attr("IFLA_IFNAME"),
        flags=link["flags"],
        mtu=link.get_attr("IFLA_MTU") or 0,
        master=link.get_attr("IFLA_MASTER") or 0,
    )


def read_interface_address(data: bytes, message: Message) -> tuple[int, InterfaceAddress]:
    """Return the index of an interface and its address that a message is about."""
    return _read(ifaddrmsg, data, message, _interface_address)


def _interface_address(row: Any) -> tuple[int, InterfaceAddress]:  # noqa: ANN401 - pyroute2 has no types
    remote, local = row.get_attr("IFA_ADDRESS"), row.get_attr("IFA_LOCAL")
    own, peer = local or remote, remote if local and local != remote else None
    address = InterfaceAddress(
        ip_address(own).packed,
        row["prefixlen"],
        ip_address(peer).packed if peer else b"",
        row.get_attr("IFA_FLAGS") or row["flags"],
    )
    return row["index"], address


def _read(kind: Callable[[bytes], Any], data: bytes, message: Message, values: Callable[[Any], T]) -> T:
    """Decode a message and return what is of interest in it.

    Each attribute of pyroute2 refers to itself, so only the collector can take it away; and what that meets
    while it is in use counts as old and may stay for long. It is not to meet any of this.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return values(_decode(kind, data, message))
    finally:
        if was_enabled:
            gc.enable()


def _decode(kind: Callable[[bytes], Any], data: bytes, message: Message) -> Any:  # noqa: ANN401 - pyroute2 has no types
    decoded = kind(data[message.start - _HEADER_OCTETS : message.end])
    decoded.decode()
    return decoded
