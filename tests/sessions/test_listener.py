"""Who is handed which connection, and what becomes of strangers."""

import asyncio
import errno
import os
import resource
import socket
from dataclasses import replace
from typing import Any

import pytest

from bgpd.sessions.listener import Listener, Remote
from bgpd.sessions.peer import Peer
from bgpd.sessions.socket_options import Endpoint, change_password
from fsm.state import State
from messages.iana import MessageType
from messages.notification import Notification
from tests.requirements import skip_kernel_lacks
from tests.sessions.speakers import (
    OUR_ADDRESS,
    THEIR_ADDRESS,
    Clock,
    Puppet,
    Recorder,
    Speaker,
    free_port,
    lone_speaker,
    set_many_passwords,
    two_speakers,
)


async def test_strangers_are_refused_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        for _ in range(3):
            async with await Puppet.connect(speaker, address="127.0.0.9") as stranger:
                assert await stranger.notification() == Notification(6, 5)
        assert speaker.listener.strangers == 3
        assert [record.message for record in caplog.records] == [
            "Connection from 127.0.0.9 to 127.0.0.1 rejected: no neighbor has this address"
        ]


async def test_a_removed_peer_is_a_stranger() -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        speaker.listener.remove(speaker.peer)
        async with await Puppet.connect(speaker) as stranger:
            assert await stranger.notification() == Notification(6, 5)
        assert speaker.listener.strangers == 1


async def test_a_range_of_addresses_makes_its_peers_on_demand() -> None:
    loop = asyncio.get_running_loop()
    async with lone_speaker() as speaker:
        speaker.peer.start()
        asked: list[Remote] = []

        def make_peer(remote: Remote) -> Peer:
            asked.append(remote)
            return speaker.peer

        port = free_port(OUR_ADDRESS)
        listener = Listener(loop, (OUR_ADDRESS,), port, make_peer)
        listener.start()
        speaker.port = port
        async with await Puppet.establish(speaker):
            assert [str(remote) for remote in asked] == ["127.0.0.2"]
        listener.stop()


async def test_who_connects_before_the_start_waits_for_it() -> None:
    """As while the daemon reads the kernel's tables: nobody must be told that the neighbor is shut down."""
    loop = asyncio.get_running_loop()
    async with lone_speaker() as speaker:
        speaker.listener.stop()
        speaker.peer.start()
        listener = Listener(loop, (OUR_ADDRESS,), speaker.port)
        listener.add(speaker.peer)
        listener.open()
        async with await Puppet.connect(speaker) as early:
            assert listener.accepted == 0
            listener.start()
            assert await early.receive() == MessageType.OPEN
        listener.stop()


async def test_an_address_that_cannot_be_had_is_named() -> None:
    loop = asyncio.get_running_loop()
    listener = Listener(loop, (OUR_ADDRESS, "192.0.2.1"), free_port(OUR_ADDRESS))
    with pytest.raises(OSError, match=r"listen on 192\.0\.2\.1 port \d+: Cannot assign requested address"):
        listener.start()


async def test_a_link_local_neighbor_is_found_by_its_interface() -> None:
    index = socket.if_nametoindex("lo")
    remote = Remote.of_socket_address(("fe80::1%lo", 40000, 0, index))
    assert str(remote) == "fe80::1%lo"
    assert remote == Remote.of_endpoint(Endpoint(address="FE80::1", interface="lo"))
    assert remote != Remote.of_endpoint(Endpoint(address="fe80::1", interface="eth0"))


async def test_several_peers_at_one_address_differ_in_ours() -> None:
    async with lone_speaker() as speaker:
        elsewhere = Endpoint(address="127.0.0.2", source_address="127.0.0.5")
        settings = type(speaker.peer.settings)(
            name="elsewhere", endpoint=elsewhere, session=speaker.peer.settings.session
        )
        other = Peer(settings, Recorder(), asyncio.get_running_loop())
        speaker.listener.remove(speaker.peer)
        speaker.listener.add(other)
        speaker.peer.start()
        async with await Puppet.connect(speaker) as stranger:
            assert await stranger.notification() == Notification(6, 5)
        speaker.listener.add(speaker.peer)
        async with await Puppet.establish(speaker):
            pass


async def test_a_password_the_kernel_refuses_is_tried_again(clock: Clock) -> None:
    """The keys of all neighbors share the option memory of the listening socket."""
    async with lone_speaker() as speaker:
        (listening,) = speaker.listener._sockets
        with pytest.raises(OSError, match="Kernel MD5 auth failed") as refusal:
            set_many_passwords(listening)
        if refusal.value.errno != errno.ENOMEM:
            skip_kernel_lacks("TCP MD5")
        endpoint = replace(speaker.peer.settings.endpoint, address="127.0.0.3", password=b"key")
        settings = replace(speaker.peer.settings, name="late", endpoint=endpoint)
        speaker.listener.add(Peer(settings, Recorder(), asyncio.get_running_loop()))
        assert "net.core.optmem_max" in speaker.listener.password_problems["late"]
        for number in range(10):
            change_password(listening, Endpoint(address=f"10.0.0.{number}"), b"")
        clock.advance(30)
        async with await Puppet.connect(speaker, address="127.0.0.9") as puppet:
            assert await puppet.notification() == Notification(6, 5)
        assert speaker.listener.password_problems == {}


async def test_without_file_descriptors_accepting_pauses(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with lone_speaker() as speaker:
        speaker.peer.start()
        with socket.socket() as sock:
            sock.bind(("127.0.0.2", 0))
            lowest_free = os.dup(0)
            os.close(lowest_free)
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
            try:
                sock.connect((speaker.address, speaker.port))
                while not caplog.records:  # noqa: ASYNC110 - there is nothing else to wait for
                    await asyncio.sleep(0)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert caplog.records[0].message.startswith("Accepting connections pauses for 1 s")
            assert speaker.peer.state is State.ACTIVE
            clock.advance(1)
            await speaker.reaches(State.OPEN_SENT)


# Several peers with one address


def second_peer(speaker: Speaker, **endpoint: Any) -> Peer:
    """Return another peer where the speaker's is, as when two daemons share a host."""
    settings = replace(
        speaker.peer.settings, name="second", endpoint=replace(speaker.peer.settings.endpoint, **endpoint)
    )
    return Peer(settings, Recorder(), asyncio.get_running_loop())


async def test_a_connection_goes_to_the_peer_that_has_no_session() -> None:
    """The port that a neighbor connects from says nothing about who it is."""
    async with lone_speaker() as speaker:
        second = second_peer(speaker, port=1790)
        speaker.listener.add(second)
        speaker.peer.start()
        second.start()
        async with await Puppet.establish(speaker), await Puppet.connect(speaker) as other:
            assert await other.receive() == MessageType.OPEN
            assert second.state is State.OPEN_SENT
            second.stop()


async def test_a_peer_that_is_shut_down_does_not_stand_in_the_way() -> None:
    async with lone_speaker() as speaker:
        second = second_peer(speaker, port=1790)
        speaker.listener.add(second)
        second.start()
        async with await Puppet.connect(speaker) as puppet:
            assert await puppet.receive() == MessageType.OPEN
            assert second.state is State.OPEN_SENT
            second.stop()


async def test_the_first_of_several_busy_peers_says_why_it_refuses() -> None:
    async with lone_speaker() as speaker:
        speaker.listener.add(second_peer(speaker, port=1790))
        async with await Puppet.connect(speaker) as puppet:
            assert await puppet.notification() == Notification(6, 5)
        assert speaker.peer.last_refusal is not None
        assert speaker.peer.last_refusal.reason == "the neighbor is shut down"


async def test_our_address_may_be_written_in_another_way() -> None:
    here, there = two_speakers(addresses=("::1", "::1"))
    async with here, there:
        settings = replace(
            here.peer.settings, endpoint=replace(here.peer.settings.endpoint, source_address="0:0::1")
        )
        here.listener.remove(here.peer)
        peer = Peer(settings, Recorder(), asyncio.get_running_loop())
        here.listener.add(peer)
        peer.start()
        there.peer.start()
        await there.established()
        peer.stop()
    assert here.listener.strangers == 0


# Strangers


async def test_a_range_says_why_it_refuses(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Twenty are remembered; the log has a line in ten seconds, with the number of those left out."""
    full = "the range 127.0.0.0/8 is full (100 neighbors)"
    async with lone_speaker() as speaker:
        speaker.listener.stop()
        listener = Listener(asyncio.get_running_loop(), (OUR_ADDRESS,), speaker.port, lambda _remote: full)
        listener.start()
        for number in range(25):
            clock.advance(10 if number == 24 else 0.01)
            async with await Puppet.connect(speaker) as stranger:
                assert await stranger.notification() == Notification(6, 5)
        listener.stop()
    assert listener.strangers == 25
    assert len(listener.refusals) == 20
    assert listener.refusals[-1][1:] == (THEIR_ADDRESS, OUR_ADDRESS, full)
    line = f"Connection from 127.0.0.2 to 127.0.0.1 rejected: {full}"
    first, second = [record.message for record in caplog.records]
    assert first == line
    assert second.startswith(f"{line} (23 more like it in the last 1")


async def test_a_bug_ends_one_connection_only(caplog: pytest.LogCaptureFixture) -> None:
    loop = asyncio.get_running_loop()
    async with lone_speaker() as speaker:
        speaker.listener.stop()
        listener = Listener(loop, (OUR_ADDRESS,), speaker.port, lambda _remote: "no"[5])
        listener.start()
        for _ in range(2):
            async with await Puppet.connect(speaker) as puppet:
                assert await puppet.receive() is None
        listener.stop()
    assert "incoming connection from 127.0.0.2: the bug is back: IndexError" in caplog.records[-1].message
