"""TCP MD5 signatures between real sockets (RFC 2385)."""

import asyncio
import ctypes
import errno
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bgpd.sessions.dropped_segments import dropped_segments
from bgpd.sessions.listener import Listener, Remote
from bgpd.sessions.peer import Peer
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.signers import Signers
from bgpd.sessions.socket_options import Endpoint, change_password
from bgpd.sessions.tcp_md5 import LONGEST_PASSWORD, packed, set_key
from fsm.state import State
from tests.interop.lab import Lab
from tests.requirements import KERNEL_LACKS, skip_kernel_lacks
from tests.sessions.kernel_sockets import (
    SYN_SENT,
    connected,
    connecting,
    is_readable,
    listening,
    tcp_state,
)
from tests.sessions.speakers import OURS, Clock, Recorder, free_port, set_many_passwords, two_speakers

MISSING = "no MD5 signature, but a password is configured"
UNEXPECTED = "an MD5 signature, but no password is configured"
WRONG = "a wrong MD5 signature"
LOCALHOST = Signers(socket.inet_aton("127.0.0.1"), 32)


def kernel_signs() -> bool:
    """Whether this kernel has TCP MD5."""
    with socket.socket() as sock:
        try:
            set_key(sock, LOCALHOST, b"key")
        except OSError:
            return False
    return True


signing = pytest.mark.skipif(not kernel_signs(), reason=f"{KERNEL_LACKS} TCP MD5")
families = pytest.mark.parametrize("addresses", [("127.0.0.1", "127.0.0.2"), ("::1", "::1")])


# The socket option


class Md5Sig(ctypes.Structure):
    """``struct tcp_md5sig`` of Linux' headers."""

    _fields_: ClassVar[Sequence[Any]] = (
        ("address", ctypes.c_uint8 * 128),
        ("flags", ctypes.c_uint8),
        ("prefix", ctypes.c_uint8),
        ("octets", ctypes.c_uint16),
        ("device", ctypes.c_int),
        ("key", ctypes.c_uint8 * 80),
    )


@pytest.mark.parametrize(
    ("address", "bits", "sockaddr", "flags", "prefix"),
    [
        ("192.0.2.1", 32, "0200 0000 c0000201", 0, 0),
        ("192.0.2.0", 24, "0200 0000 c0000200", 1, 24),
        ("2001:db8::1", 128, "0a00 0000 00000000 20010db8000000000000000000000001 00000000", 0, 0),
        ("2001:db8::", 32, "0a00 0000 00000000 20010db8000000000000000000000000 00000000", 1, 32),
    ],
)
def test_what_the_kernel_is_given(address: str, bits: int, sockaddr: str, flags: int, prefix: int) -> None:
    """Ports and devices are left out; a prefix is one only under its flag."""
    signers = Endpoint(address=address, prefix_bits=bits).signers
    given = Md5Sig.from_buffer_copy(packed(signers, b"secret"))
    assert ctypes.sizeof(Md5Sig) == len(packed(signers, b"secret"))
    assert bytes(given.address).rstrip(b"\0") == bytes.fromhex(sockaddr).rstrip(b"\0")
    assert (given.flags, given.prefix, given.octets, given.device) == (flags, prefix, 6, 0)
    assert bytes(given.key[:7]) == b"secret\0"


@pytest.mark.parametrize(
    ("signers", "address", "is_one"),
    [
        (Signers(bytes([10, 0, 0, 0]), 8), bytes([10, 255, 0, 1]), True),
        (Signers(bytes([10, 0, 0, 0]), 8), bytes([11, 0, 0, 1]), False),
        (Signers(bytes([10, 0, 0, 1]), 32), bytes([10, 0, 0, 1]), True),
        (Signers(bytes([10, 0, 0, 1]), 32), bytes([10, 0, 0, 0]), False),
        (Signers(bytes(4), 0), bytes([192, 0, 2, 1]), True),
        (Signers(bytes(4), 0), bytes(16), False),
    ],
)
def test_who_is_in_a_range(signers: Signers, address: bytes, is_one: bool) -> None:
    assert (address in signers) is is_one


@signing
def test_a_password_can_be_removed_twice() -> None:
    with socket.socket() as sock:
        set_key(sock, LOCALHOST, b"key")
        set_key(sock, LOCALHOST, b"")
        set_key(sock, LOCALHOST, b"")


def test_a_password_has_a_longest_length() -> None:
    with socket.socket() as sock, pytest.raises(ValueError, match="at most 80 octets"):
        set_key(sock, LOCALHOST, bytes(LONGEST_PASSWORD + 1))


@signing
def test_too_many_passwords_name_the_sysctl_and_its_value() -> None:
    """The keys of a listening socket are charged to its option memory."""
    limit = Path("/proc/sys/net/core/optmem_max").read_text().strip()
    with (
        socket.socket() as sock,
        pytest.raises(OSError, match=rf"net\.core\.optmem_max, now {limit}\)") as no,
    ):
        set_many_passwords(sock)
    assert no.value.errno == errno.ENOMEM


def test_a_kernel_without_tcp_md5_is_told_from_others() -> None:
    """UDP, for one, has no such option."""
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sock,
        pytest.raises(OSError, match=r"Kernel MD5 auth failed: Protocol not available .*CONFIG_TCP_MD5SIG"),
    ):
        set_key(sock, LOCALHOST, b"key")


# Connections


@signing
@families
async def test_the_same_password_lets_a_neighbor_in(addresses: tuple[str, str]) -> None:
    here, there = two_speakers(addresses=addresses, password=b"secret")
    async with here, there:
        here.peer.start()
        there.peer.start()
        await here.established()
        await there.established()


@signing
async def test_another_password_does_not(clock: Clock) -> None:
    """RFC 2385 §2: the segments are dropped silently, so all one sees is a timeout."""
    here, there = two_speakers(password=b"secret")
    async with here, there:
        there.listener.change_password(there.peer.name, there.peer.settings.endpoint, b"another")
        here.peer.start()
        await here.reaches(State.CONNECT)
        clock.advance(120)
        await here.handler.until(lambda: here.peer.last_error)
        assert here.peer.last_error == "Socket: Connection timed out"
        assert here.handler.sessions == []


@signing
@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [(b"secret", b"another", WRONG), (b"", b"secret", MISSING), (b"secret", b"", UNEXPECTED)],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_kernel_counts_why_it_dropped(address: str, ours: bytes, theirs: bytes, reason: str) -> None:
    """The SYN is lost without an answer, and this is the only place to learn why."""
    before = dropped_segments().get(reason, 0)
    with listening(Endpoint(address=address)) as (sock, endpoint):
        if theirs:
            change_password(sock, endpoint, theirs)
        with connecting(replace(endpoint, password=ours)) as near:
            assert tcp_state(near) == SYN_SENT
    assert dropped_segments()[reason] > before


@signing
@pytest.mark.parametrize(("first", "second"), [(b"first", b"second"), (b"", b"first"), (b"first", b"")])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_password_changes_under_a_connection(address: str, first: bytes, second: bytes) -> None:
    """What is sent while the ends disagree is dropped, sent again, and so arrives once they agree."""
    endpoint = Endpoint(address=address, password=first)
    near, far = connected(endpoint)
    with near, far:
        for sender, receiver in ((near, far), (far, near)):
            sender.sendall(b"before")
            assert receiver.recv(100) == b"before"
        change_password(near, endpoint, second)
        dropped = sum(dropped_segments().values())
        for sender, receiver in ((near, far), (far, near)):
            sender.sendall(b"meanwhile")
            assert not is_readable(receiver)
        assert sum(dropped_segments().values()) >= dropped + 2
        change_password(far, endpoint, second)
        for receiver in (near, far):
            assert receiver.recv(100) == b"meanwhile"


# The listener


def quiet_peer(name: str, **endpoint: Any) -> Peer:
    settings = PeerSettings(name=name, endpoint=Endpoint(**endpoint), session=replace(OURS, passive=True))
    return Peer(settings, Recorder(), asyncio.get_running_loop())


@signing
@pytest.mark.parametrize(("address", "bits"), [("127.0.0.0", 8), ("::", 1)])
async def test_a_range_shares_a_password(address: str, bits: int) -> None:
    """TCP_MD5SIG_EXT with a prefix: whoever signs may knock, and nobody else."""
    here = "127.0.0.1" if ":" not in address else "::1"
    asked: list[Remote] = []

    def make_peer(remote: Remote) -> str:
        asked.append(remote)
        return "the range is full"

    port = free_port(here)
    listener = Listener(asyncio.get_running_loop(), (here,), port, make_peer)
    neighbors = Endpoint(address=address, prefix_bits=bits, password=b"key")
    listener.add_range(neighbors)
    listener.start()
    try:
        with connecting(Endpoint(address=here, port=port)) as unsigned:
            assert tcp_state(unsigned) == SYN_SENT
        assert await knock(Endpoint(address=here, port=port, password=b"key"))
        assert [str(remote) for remote in asked] == [here]
        assert listener.refusals[-1][1:] == (here, here, "the range is full")
        listener.change_password("neighbors", neighbors, b"second")
        with connecting(Endpoint(address=here, port=port, password=b"key")) as late:
            assert tcp_state(late) == SYN_SENT
        assert await knock(Endpoint(address=here, port=port, password=b"second"))
        listener.remove_range(neighbors)
        assert await knock(Endpoint(address=here, port=port))
    finally:
        listener.stop()


async def knock(endpoint: Endpoint) -> bytes:
    """Connect, and return what is said before the other side closes."""
    with connecting(endpoint) as sock:
        sock.setblocking(False)
        async with asyncio.timeout(20):
            return await asyncio.get_running_loop().sock_recv(sock, 100)


@signing
async def test_a_neighbor_of_a_range_has_no_key_of_its_own() -> None:
    """Otherwise it would keep the old one when the range gets another, and need memory of its own."""
    port = free_port("127.0.0.1")
    listener = Listener(asyncio.get_running_loop(), ("127.0.0.1",), port)
    neighbors = Endpoint(address="127.0.0.0", prefix_bits=8, password=b"first")
    listener.add_range(neighbors)
    listener.start()
    try:
        member = quiet_peer("member", address="127.0.0.1", password=b"first")
        listener.add(member, of_range=True)
        listener.change_password("neighbors", neighbors, b"second")
        assert await knock(Endpoint(address="127.0.0.1", port=port, password=b"second"))
        listener.remove(member)
        assert await knock(Endpoint(address="127.0.0.1", port=port, password=b"second"))
        assert (listener.accepted, listener.strangers) == (1, 1)
    finally:
        listener.stop()


@signing
async def test_neighbors_with_one_address_share_a_key() -> None:
    """The kernel has no more than one for an address; the second neighbor with another is told."""
    port = free_port("127.0.0.1")
    listener = Listener(asyncio.get_running_loop(), ("127.0.0.1",), port)
    listener.start()
    first, same, other = (
        quiet_peer(name, address="127.0.0.1", password=password)
        for name, password in (("first", b"key"), ("same", b"key"), ("other", b"more"))
    )
    try:
        for peer in (first, same, other):
            listener.add(peer)
        assert list(listener.password_problems) == ["other"]
        assert "another neighbor with this address has another key" in listener.password_problems["other"]
        listener.remove(first)
        assert await knock(Endpoint(address="127.0.0.1", port=port, password=b"key"))
        listener.remove(same)
        assert listener.password_problems == {}
        assert await knock(Endpoint(address="127.0.0.1", port=port, password=b"more"))
        listener.remove(other)
        assert await knock(Endpoint(address="127.0.0.1", port=port))
    finally:
        listener.stop()


@signing
async def test_a_raised_limit_lets_the_rest_in(
    lab: Lab, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to start the daemon again, and until then nobody gets in unsigned."""
    with ExitStack() as stack:
        stack.enter_context(lab.host("limited").entered())
        limit_option_memory(1024)
        port = free_port("127.0.0.1")
        listener = Listener(asyncio.get_running_loop(), ("127.0.0.1",), port)
        stack.callback(listener.stop)
        for number in range(1, 17):
            listener.add(quiet_peer(f"n{number}", address=f"127.0.0.{number}", password=b"key"))
        listener.start()
        assert 5 < len(listener.password_problems) < 12
        assert listener.password_problems["n16"] == (
            "Kernel MD5 auth failed: Cannot allocate memory (raise the sysctl net.core.optmem_max, now 1024)"
            "; the keys of all neighbors need up to 8192"
        )
        unsigned = Endpoint(address="127.0.0.1", port=port, source_address="127.0.0.16")
        assert await knock(unsigned)
        assert listener.refusals[-1].reason == listener.password_problems["n16"]
        clock.advance(30)
        assert await knock(unsigned)
        assert "n16" in listener.password_problems
        limit_option_memory(8192)
        clock.advance(30)
        assert await knock(replace(unsigned, source_address="127.0.0.99"))
        assert listener.password_problems == {}
        assert await knock(replace(unsigned, password=b"key"))
        assert [record.name for record in caplog.records if record.message.startswith("n16: ")] == [
            "bgpd.listener"
        ]


def limit_option_memory(octets: int) -> None:
    """Set the sysctl in the network namespace we are in."""
    sysctl = Path("/proc/sys/net/core/optmem_max")
    if not sysctl.exists():
        skip_kernel_lacks("an own net.core.optmem_max in each network namespace")
    sysctl.write_text(str(octets))
