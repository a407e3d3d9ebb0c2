"""What this host is called and which addresses it has, for finding it among the nodes of a cluster."""

import socket
from ipaddress import ip_address

from bgpd.cluster.identity import Host
from bgpd.cluster.model import Address
from kernel_sync.own_addresses import own_addresses


def this_host(wished: str | None = None) -> Host:
    """Return what the host is known by now; ``wished`` is the name that whoever started the daemon gave."""
    addresses: tuple[Address, ...] = tuple(sorted(map(ip_address, own_addresses()), key=int))
    return Host(wished, socket.gethostname(), addresses)
