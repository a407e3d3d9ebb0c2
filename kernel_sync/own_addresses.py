"""The addresses of this host, asked for once and waited for."""

from contextlib import closing
from sys import maxsize

from kernel_sync.netlink import NetlinkSocket
from kernel_sync.rtnetlink import NLMSG_DONE, RTM_NEWADDR, pack_address_dump, read_address, split_messages


def own_addresses() -> frozenset[bytes]:
    """Return the addresses of all interfaces, of both families, in the current network namespace."""
    found: set[bytes] = set()
    with closing(NetlinkSocket()) as netlink:
        netlink.send(pack_address_dump(1))
        for data in netlink.receive(maxsize):
            messages = [*split_messages(data)]
            found.update(read_address(data, each)[1] for each in messages if each.kind == RTM_NEWADDR)
            if any(each.kind == NLMSG_DONE for each in messages):
                break
    return frozenset(found)
