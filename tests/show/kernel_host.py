"""A host whose kernel has not only what we want: routes of ours in every standing, and some of nobody."""

from collections.abc import Mapping, Sequence
from errno import EINVAL

from bgpd.protocols.protocol import ProtocolState
from kernel_sync.flush import MarkedRoute
from kernel_sync.interfaces import IFF_LOWER_UP, IFF_UP, Interface
from kernel_sync.kernel import KernelTable
from kernel_sync.observer import Notification, Observer
from kernel_sync.operations import Operation
from kernel_sync.types import Failure, KernelRoute, Metric, NextHop, ObservedRoute, RouteKind
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, parse_address, parse_prefix
from tests.show.world import NOW, StillDaemon, StillKernel

BLACKHOLE = KernelRoute(RouteKind.BLACKHOLE)
STATIC, BIRD, FELIX = 4, 12, 80


def key(prefix: str) -> PrefixKey:
    return parse_prefix(prefix)[1]


def via(*gateways: str, interface: int = 2, onlink: bool = False, metric: int = 0) -> KernelRoute:
    hops = tuple(NextHop(parse_address(gateway), interface, onlink=onlink) for gateway in gateways)
    return KernelRoute(RouteKind.UNICAST, hops, metric)


def host() -> StillDaemon:
    """Return the host."""
    daemon = StillDaemon()
    for index, name in ((2, "eth0"), (3, "tunl0")):
        daemon.interfaces.set_link(Interface(index, name, IFF_UP | IFF_LOWER_UP, 1500))
    kernel1 = add_kernel(daemon, "kernel1", IPV4_UNICAST)
    _write(kernel1)
    _disturb(kernel1)
    _leave_strays(kernel1)
    kernel2 = add_kernel(daemon, "kernel2", IPV6_UNICAST, table=100)
    kernel2.set([key("fd00:1::/64"), key("::/0")], via("fe80::1", metric=32))
    answer(kernel2)
    add_kernel(daemon, "felix", IPV4_UNICAST, table=100, protocol=FELIX, state=ProtocolState.DOWN)
    _add_marked(daemon)
    return daemon


def add_kernel(
    daemon: StillDaemon,
    name: str,
    family: Family,
    *,
    table: int = 254,
    protocol: int = BIRD,
    state: ProtocolState = ProtocolState.UP,
) -> KernelTable:
    """Add a kernel protocol, and return the table that it writes."""
    writer = daemon.add_kernel(name, family)
    assert isinstance(writer, StillKernel)
    writer.enter(state)
    writer.kernel = KernelTable(family, table, protocol, now=lambda: float(NOW))
    return writer.kernel


def answer(kernel: KernelTable, failures: Mapping[str, Failure] | None = None) -> Sequence[Operation]:
    """Let the kernel do what is pending, but for some prefixes."""
    operations = kernel.fib.pending(1000)
    refused = {key(prefix): failure for prefix, failure in (failures or {}).items()}
    positions = {
        position: refused[each.key] for position, each in enumerate(operations) if each.key in refused
    }
    kernel.fib.done(operations, positions)
    return operations


def _write(kernel: KernelTable) -> None:
    """Most of it goes well; some is guarded, and some refused."""
    kernel.set_guarded({parse_address("10.10.0.2"): "neighbor tor1"})
    kernel.set([key("10.244.2.0/26")], via("10.10.0.2", interface=3, onlink=True, metric=1024))
    kernel.set([key("10.244.3.0/26")], via("10.10.0.3", "10.10.0.4"))
    kernel.set([key("0.0.0.0/0")], via("10.10.0.254")._replace(metrics=((Metric.MTU, 1400),)))
    kernel.set([key("10.244.0.0/26"), key("10.10.0.2/32")], BLACKHOLE)
    kernel.set([key("10.244.9.0/26")], via("192.0.2.1"))
    answer(kernel, {"10.244.9.0/26": Failure(EINVAL, "Invalid argument: Nexthop has invalid gateway")})


def _leave_strays(kernel: KernelTable) -> None:
    """An earlier process has left some routes."""
    observer = Observer(kernel.fib)
    for number in range(21):
        observer.observe_dumped(key(f"10.99.{number}.0/24"), ObservedRoute(via("10.10.0.9"), BIRD))
    stray = via("10.10.0.2", interface=3, onlink=True, metric=32).canonical(IPV4_UNICAST)
    observer.observe_dumped(key("10.244.2.0/26"), ObservedRoute(stray, BIRD))


def _disturb(kernel: KernelTable) -> None:
    """Other programs have routes where ours should be, and change ours."""
    observer = Observer(kernel.fib)
    kernel.set([key("10.244.5.0/26"), key("10.244.6.0/26"), key("10.244.7.0/26")], via("10.10.0.5"))
    alien = ObservedRoute(via("10.10.0.7").canonical(IPV4_UNICAST), STATIC)
    observer.observe_dumped(key("10.244.5.0/26"), alien)
    answer(kernel)
    for _ in range(11):
        notification = Notification(key("10.244.6.0/26"), alien, present=True, replaced=True, port=7)
        observer.observe(notification, 1.0)
        gone = Notification(key("10.244.6.0/26"), alien, present=False, port=7)
        observer.observe(gone, 1.0)
        answer(kernel)
    changed = ObservedRoute(via("10.10.0.6").canonical(IPV4_UNICAST), BIRD)
    observer.observe(Notification(key("10.244.7.0/26"), changed, present=True, replaced=True, port=7), 1.0)
    kernel.set([key("10.244.8.0/26")], via("10.10.0.5"))


def _add_marked(daemon: StillDaemon) -> None:
    for prefix, table, protocol in (
        ("10.42.139.128/26", 254, FELIX),
        ("10.42.0.0/26", 100, FELIX),
        ("10.42.0.0/26", 200, BIRD),
        ("10.42.1.0/26", 200, BIRD),
        ("fd42::/64", 200, BIRD),
    ):
        family, prefix_key = parse_prefix(prefix)
        daemon.marked.routes[MarkedRoute(family, table, prefix_key, BLACKHOLE)] = protocol
