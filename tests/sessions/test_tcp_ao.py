"""The TCP Authentication Option (RFC 5925): what Linux is given, and what it says."""

import ctypes
import errno
import socket
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from bgpd.sessions import tcp_ao
from bgpd.sessions.signers import Signers
from bgpd.sessions.socket_options import Endpoint
from bgpd.sessions.tcp_ao import Algorithm, TcpAo, kernel_has_tcp_ao
from messages.notification import Notification
from tests.requirements import KERNEL_LACKS
from tests.sessions.speakers import Puppet, two_speakers

KEY = TcpAo(send_id=7, receive_id=8, secret=b"secret")
LOCALHOST = Signers(socket.inet_aton("127.0.0.1"), 32)
with_tcp_ao = pytest.mark.skipif(
    not kernel_has_tcp_ao(), reason=f"{KERNEL_LACKS} TCP-AO (Linux 6.7 or later with CONFIG_TCP_AO)"
)


class TcpAoAdd(ctypes.Structure):
    """``struct tcp_ao_add`` of Linux' headers."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("address", ctypes.c_uint8 * 128),
        ("algorithm", ctypes.c_char * 64),
        ("device", ctypes.c_int32),
        ("set_current", ctypes.c_uint32, 1),
        ("set_next", ctypes.c_uint32, 1),
        ("reserved", ctypes.c_uint32, 30),
        ("reserved2", ctypes.c_uint16),
        ("prefix", ctypes.c_uint8),
        ("send_id", ctypes.c_uint8),
        ("receive_id", ctypes.c_uint8),
        ("mac_octets", ctypes.c_uint8),
        ("flags", ctypes.c_uint8),
        ("octets", ctypes.c_uint8),
        ("key", ctypes.c_uint8 * 80),
    )


class TcpAoDelete(ctypes.Structure):
    """``struct tcp_ao_del`` of Linux' headers."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("address", ctypes.c_uint8 * 128),
        ("device", ctypes.c_int32),
        ("set_current", ctypes.c_uint32, 1),
        ("set_next", ctypes.c_uint32, 1),
        ("asynchronous", ctypes.c_uint32, 1),
        ("reserved", ctypes.c_uint32, 29),
        ("reserved2", ctypes.c_uint16),
        ("prefix", ctypes.c_uint8),
        ("send_id", ctypes.c_uint8),
        ("receive_id", ctypes.c_uint8),
        ("current", ctypes.c_uint8),
        ("next", ctypes.c_uint8),
        ("flags", ctypes.c_uint8),
    )


def test_the_structs_are_as_long_as_in_linux() -> None:
    """Linux aligns both to eight octets, and refuses a shorter one."""
    assert len(tcp_ao.packed_add(LOCALHOST, KEY)) == ctypes.sizeof(TcpAoAdd) == 288
    assert len(tcp_ao.packed_delete(LOCALHOST, KEY)) == ctypes.sizeof(TcpAoDelete) == 144


@pytest.mark.parametrize(
    ("algorithm", "name", "mac_octets"),
    [
        (Algorithm.HMAC_SHA_1_96, b"hmac(sha1)", 12),
        (Algorithm.AES_128_CMAC_96, b"cmac(aes128)", 12),
        (Algorithm.HMAC_SHA_256, b"hmac(sha256)", 16),
    ],
)
def test_a_key_to_add(algorithm: Algorithm, name: bytes, mac_octets: int) -> None:
    """RFC 5926 §2.2: the MACs of the first two have 96 bits."""
    key = TcpAo(send_id=7, receive_id=8, algorithm=algorithm, secret=b"secret")
    given = TcpAoAdd.from_buffer_copy(tcp_ao.packed_add(LOCALHOST, key))
    assert bytes(given.address[:8]) == bytes.fromhex("0200 0000 7f000001")
    assert given.algorithm == name
    assert (given.prefix, given.send_id, given.receive_id) == (32, 7, 8)
    assert (given.mac_octets, given.octets, bytes(given.key[:7])) == (mac_octets, 6, b"secret\0")
    assert not any(
        (given.device, given.set_current, given.set_next, given.reserved, given.reserved2, given.flags)
    )


def test_a_key_to_delete() -> None:
    signers = Endpoint(address="2001:db8::", prefix_bits=32).signers
    given = TcpAoDelete.from_buffer_copy(tcp_ao.packed_delete(signers, KEY))
    assert bytes(given.address[:12]) == bytes.fromhex("0a00 0000 00000000 20010db8")
    assert (given.prefix, given.send_id, given.receive_id) == (32, 7, 8)


def test_the_secret_is_not_shown() -> None:
    assert "secret'" not in repr(KEY)


def test_a_secret_has_a_longest_length() -> None:
    key = TcpAo(send_id=1, receive_id=1, secret=bytes(81))
    with socket.socket() as sock, pytest.raises(ValueError, match="at most 80 octets"):
        tcp_ao.add_key(sock, LOCALHOST, key)


def test_a_kernel_without_it_is_told_from_others() -> None:
    """UDP, for one, has no such option."""
    words = r"Kernel TCP-AO auth failed: Protocol not available \(TCP-AO needs Linux 6\.7 .* CONFIG_TCP_AO\)"
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(OSError, match=words) as refusal:
        tcp_ao.add_key(sock, LOCALHOST, KEY)
    assert refusal.value.errno == errno.ENOPROTOOPT


async def test_a_key_is_in_use_or_is_shown_as_a_problem() -> None:
    """Nobody gets in without a signature on a kernel that knows none."""
    here, there = two_speakers(authentication=KEY)
    async with here, there:
        assert (there.listener.password_problems == {}) is kernel_has_tcp_ao()
        if not kernel_has_tcp_ao():
            async with await Puppet.connect(there, address="127.0.0.1") as unsigned:
                assert await unsigned.notification() == Notification(6, 5)
            assert "CONFIG_TCP_AO" in there.listener.refusals[-1].reason
        there.listener.change_password(there.peer.name, there.peer.settings.endpoint, b"")
        assert there.listener.password_problems == {}


@with_tcp_ao
@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("addresses", [("127.0.0.1", "127.0.0.2"), ("::1", "::1")])
async def test_the_same_key_lets_a_neighbor_in(addresses: tuple[str, str], algorithm: Algorithm) -> None:
    """Both ends send with the same KeyID here."""
    key = TcpAo(send_id=1, receive_id=1, algorithm=algorithm, secret=b"secret")
    here, there = two_speakers(addresses=addresses, authentication=key)
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()
        await there.established()


@with_tcp_ao
def test_a_key_can_be_deleted_twice() -> None:
    with socket.socket() as sock:
        tcp_ao.add_key(sock, LOCALHOST, KEY)
        tcp_ao.delete_key(sock, LOCALHOST, KEY)
        tcp_ao.delete_key(sock, LOCALHOST, KEY)
