"""Strangers and broken neighbors beside a session that must not notice.

One daemon stands through all of it. After each test it must answer, hold its session and its routes, and
have given back what it took.
"""

import os
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from messages.iana import MessageType
from messages.notification import Notification
from tests.bench.speaker import KEEPALIVE, MARKER, open_message
from tests.daemon.command import kernel_routes
from tests.daemon.conversation import Conversation, message, update
from tests.interop.lab import Host, Lab
from tests.interop.routers.bgpd import Bgpd
from tests.interop.routers.bird_control import ask
from tests.interop.waiting import eventually
from tests.requirements import need_network_namespaces

pytestmark = pytest.mark.interop

ROUTER, GOOD, STRANGER, CROWD = "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"
ASN, GOOD_ASN = 64512, 65002
BROKEN_ASN: Final = 65010
"""Of the neighbors with the addresses from 192.0.2.10 on, one for each wrong thing to say."""
ROUTES = {"198.51.100.0/24", "203.0.113.0/24", "10.1.0.0/16"}
MANY = 1000
ANSWER_SECONDS = 2.0
MEMORY_SLACK = 4 << 20
"""Octets that the allocator may keep; a session that is leaked a thousand times takes more."""

CONFIGURATION = """
[router]
id = "192.0.2.1"
asn = 64512
[kernel.ipv4]
"""
NEIGHBOR = """
[[neighbors]]
name = "{name}"
address = "{address}"
asn = {asn}
passive = true
hold_time = 240
import = "all"
export = "all"
"""


def opening(asn: int = BROKEN_ASN, *, version: int = 4, hold_time: int = 240, router_id: str = "192.0.2.99") -> bytes:
    """Return an OPEN that is right but for what is asked."""
    octets = bytearray(open_message(asn, router_id, hold_time))
    octets[len(MARKER) + 3] = version
    return bytes(octets)


def header(length: int, kind: int = MessageType.KEEPALIVE) -> bytes:
    """Return a header that claims a length."""
    return MARKER + struct.pack("!HB", length, kind)


ESTABLISHED = (opening(), KEEPALIVE)
WRONG: Final[dict[str, tuple[tuple[bytes, ...], Notification | None]]] = {
    # RFC 4271 §6.1: the message header
    "no marker": ((b"GET / HTTP/1.1\r\nHost: bgp\r\n\r\n",), Notification(1, 1)),
    "marker with a hole": ((MARKER[:9] + b"\0" + MARKER[10:] + b"\0\x13\x04",), Notification(1, 1)),
    "length 0": ((header(0),), Notification(1, 2, b"\0\0")),
    "length 18": ((header(18),), Notification(1, 2, b"\0\x12")),
    "length 4097": ((header(4097, MessageType.UPDATE),), Notification(1, 2, b"\x10\x01")),
    "length 65535": ((header(65535, MessageType.UPDATE),), Notification(1, 2, b"\xff\xff")),
    "a long KEEPALIVE": ((header(20), b"\0"), Notification(1, 2, b"\0\x14")),
    "a short OPEN": ((header(28, MessageType.OPEN), bytes(9)), Notification(1, 2, b"\0\x1c")),
    "type 0": ((header(19, 0),), Notification(1, 3, b"\0")),
    "type 200": ((header(19, 200),), Notification(1, 3, b"\xc8")),
    # RFC 4271 §6.2: the OPEN
    "version 3": ((opening(version=3),), Notification(2, 1, b"\0\x04")),
    "wrong AS": ((opening(65099),), Notification(2, 2)),
    "AS 0": ((opening(0),), Notification(2, 2)),
    "router id 0": ((opening(router_id="0.0.0.0"),), Notification(2, 3)),
    "hold time 1": ((opening(hold_time=1),), Notification(2, 6)),
    "hold time 2": ((opening(hold_time=2),), Notification(2, 6)),
    "an optional parameter nobody knows": (
        (message(MessageType.OPEN, struct.pack("!BHH4sB", 4, BROKEN_ASN, 240, b"abcd", 4) + b"\x09\x02ab"),),
        Notification(2, 4),
    ),
    "optional parameters that go too far": (
        (message(MessageType.OPEN, struct.pack("!BHH4sB", 4, BROKEN_ASN, 240, b"abcd", 4) + b"\x02\x20ab"),),
        Notification(2, 0),
    ),
    # RFC 6608 §3: messages in the wrong state
    "KEEPALIVE before OPEN": ((KEEPALIVE,), Notification(5, 1, b"\x04")),
    "UPDATE before OPEN": ((update(BROKEN_ASN, STRANGER, "10.9.0.0/16"),), Notification(5, 1, b"\x02")),
    "UPDATE before KEEPALIVE": (
        (opening(), update(BROKEN_ASN, STRANGER, "10.9.0.0/16")),
        Notification(5, 2, b"\x02"),
    ),
    "OPEN in Established": ((*ESTABLISHED, opening()), Notification(5, 3, b"\x01")),
    # RFC 4271 §6.3, as far as RFC 7606 §3 leaves it: the UPDATE
    "attributes longer than the UPDATE": (
        (*ESTABLISHED, message(MessageType.UPDATE, b"\0\0\0\xff" + bytes(4))),
        Notification(3, 1),
    ),
    "a prefix of 33 bits": (
        (*ESTABLISHED, update(BROKEN_ASN, STRANGER) + b""),
        None,
    ),
    # RFC 7313 §5
    "a short ROUTE-REFRESH": (
        (*ESTABLISHED, message(MessageType.ROUTE_REFRESH, b"\0\x01\0")),
        Notification(7, 1, message(MessageType.ROUTE_REFRESH, b"\0\x01\0")),
    ),
    # RFC 4271 §6.4: no answer to a NOTIFICATION, not even to a bad one
    "NOTIFICATION": ((message(MessageType.NOTIFICATION, b"\x06\x02"),), None),
    "NOTIFICATION nobody knows": ((message(MessageType.NOTIFICATION, b"\xc8\xc8" + bytes(500)),), None),
}
