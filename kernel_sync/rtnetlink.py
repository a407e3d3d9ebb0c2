"""Netlink messages as bytes: framing, answers and dump requests (netlink(7), rtnetlink(7)).

Numbers are those of ``linux/netlink.h`` and ``linux/rtnetlink.h``; integers have the machine's byte order.
"""

from collections.abc import Iterator
from os import strerror
from struct import Struct
from typing import Final, NamedTuple

from kernel_sync.types import Failure

NLMSG_ERROR: Final = 2
NLMSG_DONE: Final = 3

NLM_F_REQUEST: Final = 0x1
NLM_F_MULTI: Final = 0x2
NLM_F_ACK: Final = 0x4
NLM_F_DUMP_INTR: Final = 0x10
NLM_F_DUMP: Final = 0x300
NLM_F_CAPPED: Final = 0x100
NLM_F_ACK_TLVS: Final = 0x200
NLM_F_REPLACE: Final = 0x100
NLM_F_EXCL: Final = 0x200
NLM_F_CREATE: Final = 0x400

RTM_NEWLINK: Final = 16
RTM_DELLINK: Final = 17
RTM_GETLINK: Final = 18
RTM_NEWADDR: Final = 20
RTM_DELADDR: Final = 21
RTM_GETADDR: Final = 22
RTM_NEWROUTE: Final = 24
RTM_DELROUTE: Final = 25
RTM_GETROUTE: Final = 26
RTM_DELNEXTHOP: Final = 105

IFF_UP: Final = 0x1

_HEADER: Final = Struct("=IHHII")
_ERROR: Final = Struct("=iI")
_ATTRIBUTE: Final = Struct("=HH")
_LINK: Final = Struct("=BxHiII")
_ADDRESS: Final = Struct("=BBBBI")
_ROUTE: Final = Struct("=BBBBBBBBI")
_RTA_TABLE: Final = 15
_IFA_ADDRESS: Final = 1
_IFA_LOCAL: Final = 2
_NLMSGERR_ATTR_MSG: Final = 1
_NESTED: Final = 0x8000
_UINT32: Final = Struct("=I")


class Message(NamedTuple):
    """One message inside the bytes that were received; the body is ``data[start:end]``."""

    kind: int
    flags: int
    sequence: int
    port: int
    start: int
    end: int


def split_messages(data: bytes) -> Iterator[Message]:
    """Yield every message of a received datagram."""
    position, last = 0, len(data) - _HEADER.size
    while position <= last:
        length, kind, flags, sequence, port = _HEADER.unpack_from(data, position)
        if length < _HEADER.size:
            return
        yield Message(kind, flags, sequence, port, position + _HEADER.size, position + length)
        position += length + 3 & ~3


def split_attributes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (type, start, end) of every attribute between two positions."""
    while start + _ATTRIBUTE.size <= end:
        length, kind = _ATTRIBUTE.unpack_from(data, start)
        if length < _ATTRIBUTE.size:
            return
        yield kind & ~_NESTED, start + _ATTRIBUTE.size, start + length
        start += length + 3 & ~3


def attribute(kind: int, value: bytes) -> bytes:
    """Return one attribute, padded to four octets."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


def pack_message(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    """Return one message."""
    return _HEADER.pack(_HEADER.size + len(body), kind, flags, sequence, 0) + body


def pack_route_dump(address_family: int, table_id: int, sequence: int) -> bytes:
    """Ask for all routes of one table; a kernel that checks strictly sends no others."""
    body = _ROUTE.pack(address_family, 0, 0, 0, 0, 0, 0, 0, 0)
    table = attribute(_RTA_TABLE, _UINT32.pack(table_id))
    return pack_message(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, sequence, body + table)


def pack_link_dump(sequence: int) -> bytes:
    """Ask for all links."""
    return pack_message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, sequence, _LINK.pack(0, 0, 0, 0, 0))


def pack_address_dump(sequence: int) -> bytes:
    """Ask for the addresses of all links and families."""
    return pack_message(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, sequence, _ADDRESS.pack(0, 0, 0, 0, 0))


def pack_permission_probe(sequence: int) -> bytes:
    """Return a request that can do nothing but tell whether we may write.

    The kernel looks at CAP_NET_ADMIN before it looks for the handler, and address family 0 has none.
    """
    return pack_message(RTM_DELROUTE, NLM_F_REQUEST | NLM_F_ACK, sequence, _ROUTE.pack(*bytes(9)))


def read_failure(data: bytes, message: Message) -> Failure | None:
    """Return why a request was refused, or None for an acknowledgment."""
    negative_errno, echoed_octets = _ERROR.unpack_from(data, message.start)
    if not negative_errno:
        return None
    text = strerror(-negative_errno)
    if message.flags & NLM_F_ACK_TLVS:
        echo = _HEADER.size if message.flags & NLM_F_CAPPED else echoed_octets + 3 & ~3
        for kind, start, end in split_attributes(data, message.start + 4 + echo, message.end):
            if kind == _NLMSGERR_ATTR_MSG:
                text = f"{text}: {data[start:end].rstrip(bytes(1)).decode(errors='replace')}"
    return Failure(-negative_errno, text)


def read_route_table(data: bytes, message: Message) -> int:
    """Return the table of a route; one octet of the header has no room for most numbers."""
    for kind, start, _ in split_attributes(data, message.start + _ROUTE.size, message.end):
        if kind == _RTA_TABLE:  # the kernel puts it first
            table: int = _UINT32.unpack_from(data, start)[0]
            return table
    return data[message.start + 4]


def read_link(data: bytes, message: Message) -> tuple[int, bool] | None:
    """Return (interface index, whether it is administratively up); None for news of a bridge port."""
    family, _, index, flags, _ = _LINK.unpack_from(data, message.start)
    return None if family else (index, bool(flags & IFF_UP))


def read_address(data: bytes, message: Message) -> tuple[int, bytes]:
    """Return (interface index, address) of an RTM_NEWADDR or RTM_DELADDR message."""
    index = _ADDRESS.unpack_from(data, message.start)[4]
    found = {
        kind: data[start:end]
        for kind, start, end in split_attributes(data, message.start + _ADDRESS.size, message.end)
    }
    return index, found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS, b"")
