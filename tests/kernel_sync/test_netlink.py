"""What a netlink socket hears, in a network namespace of each test's own (needs root)."""

from collections.abc import Callable, Iterator

import pytest

from kernel_sync.netlink import RTNLGRP_IPV4_ROUTE, NetlinkSocket
from kernel_sync.operations import Operation, OperationKind
from kernel_sync.route_messages import RoutePacker
from kernel_sync.rtnetlink import (
    NLMSG_DONE,
    NLMSG_ERROR,
    RTM_NEWROUTE,
    pack_route_dump,
    split_messages,
)
from kernel_sync.types import KernelRoute, RouteKind
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_prefix

ADDITION = Operation(parse_prefix("10.1.0.0/16")[1], OperationKind.ADD, KernelRoute(RouteKind.BLACKHOLE))


@pytest.fixture
def netlink(namespace: None) -> Iterator[NetlinkSocket]:
    netlink = NetlinkSocket(RTNLGRP_IPV4_ROUTE)
    yield netlink
    netlink.close()


def kinds(netlink: NetlinkSocket) -> list[int]:
    return [message.kind for data in netlink.receive(limit=100) for message in split_messages(data)]


def add_a_route(netlink: NetlinkSocket) -> None:
    (message,) = RoutePacker(IPV4_UNICAST, 254).pack([ADDITION], 1)
    netlink.send(message)


def test_own_writing_is_notified_unless_it_is_dropped(netlink: NetlinkSocket) -> None:
    add_a_route(netlink)
    assert kinds(netlink) == [RTM_NEWROUTE, NLMSG_ERROR]


def test_answers_dumps_and_the_writing_of_others_pass_the_filter(
    netlink: NetlinkSocket, shell: Callable[[str], str]
) -> None:
    netlink.drop_own_route_notifications()
    add_a_route(netlink)
    assert kinds(netlink) == [NLMSG_ERROR]
    netlink.send(pack_route_dump(2, 254, 2))
    assert kinds(netlink) == [RTM_NEWROUTE, NLMSG_DONE]
    shell("ip route add blackhole 10.2.0.0/16")
    assert kinds(netlink) == [RTM_NEWROUTE]


def test_no_more_than_the_limit_is_received(netlink: NetlinkSocket, shell: Callable[[str], str]) -> None:
    for number in range(3):
        shell(f"ip route add blackhole 10.{number}.0.0/16")
    assert len(list(netlink.receive(limit=2))) == 2
    assert len(list(netlink.receive(limit=2))) == 1
