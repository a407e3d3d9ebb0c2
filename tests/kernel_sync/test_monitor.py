"""Links and addresses of a real kernel, in a network namespace of each test's own (needs root)."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from kernel_sync.interface_changes import InterfaceChanges
from kernel_sync.interfaces import InterfaceTable
from kernel_sync.monitor import Monitor
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.families.prefix import parse_address, render_prefix

Shell = Callable[[str], str]


class Watched:
    """A running monitor and how often it called."""

    def __init__(self) -> None:
        self.interfaces = InterfaceTable()
        self.calls = 0
        self.monitor = Monitor(self.interfaces, self._changed)

    def _changed(self, changes: InterfaceChanges) -> None:
        assert changes
        self.calls += 1

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - the kernel sets no event
                await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def watched(namespace: None) -> AsyncIterator[Watched]:
    watched = Watched()
    yield watched
    watched.monitor.stop()


async def test_what_is_there_is_known_after_the_start(watched: Watched, shell: Shell, link: str) -> None:
    shell("ip address add 10.0.0.5/24 dev left")
    shell("ip address add 10.9.0.1 peer 10.9.0.2/32 dev right")
    await watched.monitor.start()
    assert watched.calls == 1
    left, right = watched.interfaces.named("left"), watched.interfaces.named("right")
    assert left is not None
    assert right is not None
    assert left.flag_names == ("MultiAccess", "Broadcast", "Multicast", "AdminUp", "LinkUp")
    assert (left.mtu, left.master) == (1500, 0)
    rows = left.addresses_of(IPV4_UNICAST)
    assert [(render_prefix(row.prefix, IPV4_UNICAST), row.secondary) for row in rows] == [
        ("10.0.0.0/24", False),
        ("10.0.0.0/24", True),
    ]
    primary = left.primary(IPV6_UNICAST)
    assert primary is not None
    assert primary.address == parse_address("fd00::1")
    assert right.addresses_of(IPV4_UNICAST)[0].peer == parse_address("10.9.0.2")
    loopback = watched.interfaces.named("lo")
    assert loopback is not None
    assert loopback.loopback


async def test_changes_are_seen_as_they_happen(watched: Watched, shell: Shell, link: str) -> None:
    interfaces = watched.interfaces
    await watched.monitor.start()
    shell("ip address add 10.1.0.1/24 dev left")
    await watched.until(lambda: interfaces.connected(parse_address("10.1.0.7")) is not None)
    shell("ip address del 10.1.0.1/24 dev left")
    await watched.until(lambda: interfaces.connected(parse_address("10.1.0.7")) is None)
    shell("ip link set left down")
    await watched.until(lambda: interfaces.lowest_ipv4() is None)
    shell("ip link set left name other mtu 1400 up")
    await watched.until(lambda: [row.mtu for row in interfaces if row.name == "other" and row.up] == [1400])
    shell("ip link del other")
    await watched.until(lambda: len(interfaces) == 1)


async def test_a_bridge_port_is_known_by_its_master_and_survives_leaving(
    watched: Watched, shell: Shell, link: str
) -> None:
    shell("ip link add bridge type bridge")
    shell("ip link set left master bridge")
    await watched.monitor.start()
    bridge = watched.interfaces.named("bridge")
    assert bridge is not None
    assert [row.name for row in watched.interfaces if row.master == bridge.index] == ["left"]
    shell("ip link set left nomaster")
    await watched.until(lambda: not [row for row in watched.interfaces if row.master])
    assert watched.interfaces.named("left") is not None


async def test_lost_notifications_are_made_up_for_by_a_dump(
    watched: Watched, shell: Shell, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ENOBUFS: the kernel had more to tell than the receive buffer holds."""
    monkeypatch.setattr("kernel_sync.netlink._RECEIVE_BUFFER", 5_000)
    await watched.monitor.start()
    for number in range(2, 40):
        shell(f"ip address add 10.0.0.{number}/24 dev left")
    shell("ip address del 10.0.0.1/24 dev left")
    shell("ip address add 10.7.0.1/24 dev right")
    await watched.until(lambda: watched.interfaces.connected(parse_address("10.7.0.9")) is not None)
    # The new address may be seen while the dump runs; what is gone goes at the dump's end.
    await watched.until(lambda: watched.interfaces.connected(parse_address("10.0.0.9")) is None)
    left = watched.interfaces.named("left")
    assert left is not None
    assert left.addresses_of(IPV4_UNICAST) == ()


async def test_the_file_descriptor_is_closed(watched: Watched) -> None:
    before = len(os.listdir("/proc/self/fd"))
    await watched.monitor.start()
    watched.monitor.stop()
    assert len(os.listdir("/proc/self/fd")) == before
