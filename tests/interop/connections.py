"""TCP as the kernel of a host sees it (proc(5)), whatever the routers say."""

from collections import Counter
from ipaddress import IPv4Address
from typing import Final, NamedTuple

from messages.iana import BGP_PORT
from tests.interop.lab import Host

_STATES: Final = {"01": "ESTABLISHED", "02": "SYN_SENT"}


class Connection(NamedTuple):
    """One TCP connection over IPv4 to the port of BGP; each has a client port of its own."""

    remote: str
    state: str
    is_incoming: bool
    client_port: int


def connections(host: Host, state: str = "ESTABLISHED") -> list[Connection]:
    """Return the BGP connections of a host in this state."""
    rows = [line.split() for line in host.run("cat", "/proc/net/tcp").splitlines()[1:]]
    found = (_connection(local, remote, code) for _, local, remote, code, *_ in rows)
    return [each for each in found if each and each.state == state]


def kernel_counter(host: Host, name: str) -> int:
    """Return a counter of TCP, such as ``TCPMD5Failure`` (proc_net_netstat)."""
    lines = [line.split() for line in host.run("cat", "/proc/net/netstat").splitlines()]
    counters: Counter[str] = Counter()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        counters.update(dict(zip(names[1:], map(int, values[1:]), strict=True)))
    return counters[name]


def _connection(local: str, remote: str, code: str) -> Connection | None:
    local_port, remote_port = (int(each.partition(":")[2], 16) for each in (local, remote))
    if BGP_PORT not in {local_port, remote_port}:
        return None
    address = IPv4Address(int.from_bytes(bytes.fromhex(remote.partition(":")[0]), "little"))
    is_incoming = local_port == BGP_PORT
    return Connection(str(address), _STATES.get(code, code), is_incoming, max(local_port, remote_port))
