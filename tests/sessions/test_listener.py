"""Who is handed which connection, and what becomes of strangers."""

import asyncio
import errno
import os
import resource
import socket
from dataclasses import replace

import pytest

from bgpd.sessions.listener import Listener, Remote
from bgpd.sessions.peer import Peer
from bgpd.sessions.socket_options import Endpoint, set_password
from fsm.state import State
from messages.iana import MessageType
from messages.notification import Notification
from tests.sessions.speakers import (
    OUR_ADDRESS,
    Clock,
    Puppet,
    Recorder,
    free_port,
    lone_speaker,
    set_many_passwords,
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
            pytest.skip("the kernel has no TCP MD5")
        endpoint = replace(speaker.peer.settings.endpoint, address="127.0.0.3", password=b"key")
        settings = replace(speaker.peer.settings, name="late", endpoint=endpoint)
        speaker.listener.add(Peer(settings, Recorder(), asyncio.get_running_loop()))
        assert "net.core.optmem_max" in speaker.listener.password_problems["late"]
        for number in range(10):
            set_password(listening, Endpoint(address=f"10.0.0.{number}"), b"")
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
