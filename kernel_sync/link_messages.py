"""What the kernel says about links and their addresses, as values (rtnetlink(7)).

A host with containers makes thousands of these messages, and two attributes of some fifty matter.
"""

from struct import Struct
from typing import Final

from kernel_sync.interfaces import Interface, InterfaceAddress
from kernel_sync.rtnetlink import Message, split_attributes

_LINK: Final = Struct("=BxHiII")
_ADDRESS: Final = Struct("=BBBBI")
_UINT32: Final = Struct("=I")
_IFLA_IFNAME: Final = 3
_IFLA_MTU: Final = 4
_IFLA_MASTER: Final = 10
_IFA_ADDRESS: Final = 1
_IFA_LOCAL: Final = 2
_IFA_FLAGS: Final = 8
_AF_BRIDGE: Final = 7


def read_interface(data: bytes, message: Message) -> Interface | None:
    """Return the interface that a message is about, without addresses; None for news of a bridge port."""
    family, _, index, flags, _ = _LINK.unpack_from(data, message.start)
    if family == _AF_BRIDGE:
        return None
    found = _attributes(data, message.start + _LINK.size, message.end)
    name = found.get(_IFLA_IFNAME, b"").rstrip(b"\0").decode(errors="replace")
    return Interface(
        index=index,
        name=name,
        flags=flags,
        mtu=_number(found.get(_IFLA_MTU)),
        master=_number(found.get(_IFLA_MASTER)),
    )


def read_interface_address(data: bytes, message: Message) -> tuple[int, InterfaceAddress]:
    """Return the index of an interface and its address that a message is about."""
    _, bits, flags, _, index = _ADDRESS.unpack_from(data, message.start)
    found = _attributes(data, message.start + _ADDRESS.size, message.end)
    remote = found.get(_IFA_ADDRESS, b"")
    own = found.get(_IFA_LOCAL) or remote
    peer = remote if remote != own else b""
    return index, InterfaceAddress(own, bits, peer, _number(found.get(_IFA_FLAGS)) or flags)


def _attributes(data: bytes, start: int, end: int) -> dict[int, bytes]:
    return {kind: data[first:last] for kind, first, last in split_attributes(data, start, end)}


def _number(value: bytes | None) -> int:
    number: int = _UINT32.unpack(value)[0] if value else 0
    return number
