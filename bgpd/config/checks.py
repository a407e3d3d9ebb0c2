"""The rules that concern more than one value.

They run over whatever can be read, so that one wrong value does not hide the others. Here are those
between several tables of the file; the rules inside of one are in files of their own.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import TypeVar

from pydantic import ValidationError

from bgpd.config.duplicates import check_duplicates
from bgpd.config.faults import Fault, KeyPath, at
from bgpd.config.filter_name_checks import check_filter_names
from bgpd.config.interfaces import Direct, NamedDirect
from bgpd.config.kernel import KernelTable, NamedKernelTable
from bgpd.config.logs import Log, log_complaints
from bgpd.config.name_checks import check_names
from bgpd.config.neighbor_checks import check_neighbor
from bgpd.config.neighbors import Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.relation_checks import check_relation
from bgpd.config.router import Router
from bgpd.config.section import Section
from bgpd.config.static import NamedStatic, StaticRoute
from bgpd.config.static_checks import check_destination, check_named
from bgpd.config.table_checks import check_kernels, check_pipe, check_tables, check_uses
from bgpd.config.wording import quoted

S = TypeVar("S", bound=Section)


def check(data: Mapping[str, object], filters: Collection[str]) -> Iterator[Fault]:
    """Find what is wrong between values that are right in themselves; ``filters`` are the names of all."""
    neighbors = list(_readable(Neighbor, _items(data, "neighbors")))
    statics = list(_readable(StaticRoute, _items(data, "static")))
    pipes = list(_readable(Pipe, _items(data, "pipes")))
    kernels = list(_kernels(data))
    directs = list(_directs(data))
    named_statics = list(_readable(NamedStatic, _named(data.get("statics"), "statics")))
    yield from check_names(data, [*pipes, *neighbors])
    yield from check_duplicates(pipes, "name", lambda pipe: pipe.name)
    yield from check_duplicates(neighbors, "name", lambda neighbor: neighbor.name)
    yield from check_duplicates(neighbors, "address", _connection)
    yield from check_duplicates(neighbors, "range", _range)
    yield from _unsigned_in_range(neighbors)
    yield from check_duplicates(statics, "prefix", lambda route: (route.prefix, route.table))
    yield from check_kernels(kernels)
    yield from check_filter_names(_users_of_filters(data), filters)
    for path, neighbor in neighbors:
        yield from check_neighbor(path, neighbor)
    for path, route in statics:
        yield from check_destination(path, route)
    for path, static in named_statics:
        yield from check_named(path, static)
    for path, log in _readable(Log, _items(data, "logs")):
        yield from at(path, log_complaints(log))
    for path, pipe in pipes:
        yield from check_pipe(path, pipe)
    for _, router in _readable(Router, [(("router",), data.get("router", {}))]):
        yield from _router(router)
        yield from check_tables(router)
        yield from check_uses([*directs, *kernels, *statics, *named_statics, *pipes, *neighbors], router)
        for path, neighbor in neighbors:
            yield from check_relation(path, neighbor, router)


def _readable(section: type[S], tables: Iterable[tuple[KeyPath, object]]) -> Iterator[tuple[KeyPath, S]]:
    """Yield the tables that are right in themselves; the others are reported elsewhere."""
    for path, table in tables:
        try:
            yield path, section.model_validate(table)
        except ValidationError:
            continue


def _items(data: Mapping[str, object], key: str) -> Iterator[tuple[KeyPath, object]]:
    rows = data.get(key)
    yield from (((key, position), row) for position, row in enumerate(rows if isinstance(rows, list) else ()))


def _named(tables: object, key: str) -> Iterator[tuple[KeyPath, object]]:
    yield from (((key, name), table) for name, table in _mapping(tables).items())


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _kernels(data: Mapping[str, object]) -> Iterator[tuple[KeyPath, KernelTable]]:
    """Yield the tables of the kernel; without a word about them, both families have one."""
    both: dict[str, object] = {"ipv4": {}, "ipv6": {}}
    yield from _readable(KernelTable, _named(data.get("kernel", both), "kernel"))
    yield from _readable(NamedKernelTable, _named(data.get("kernels"), "kernels"))


def _directs(data: Mapping[str, object]) -> Iterator[tuple[KeyPath, Direct]]:
    yield from _readable(Direct, [(("direct",), data.get("direct"))])
    yield from _readable(NamedDirect, _named(data.get("directs"), "directs"))


def _users_of_filters(data: Mapping[str, object]) -> Iterator[tuple[KeyPath, object]]:
    """Yield the tables that name filters, as they are written."""
    yield ("direct",), data.get("direct")
    for key in ("groups", "directs", "kernel", "kernels", "statics"):
        yield from _named(data.get(key), key)
    for key in ("neighbors", "pipes"):
        yield from _items(data, key)


def _connection(neighbor: Neighbor) -> tuple[object, ...] | None:
    """Return what no two sessions can have in common; what is kept down is none."""
    if neighbor.address is None or neighbor.shutdown is not False:
        return None
    return neighbor.address, neighbor.port, neighbor.source_address, neighbor.device


def _range(neighbor: Neighbor) -> tuple[object, ...] | None:
    return None if neighbor.range is None else (neighbor.range, neighbor.device)


def _unsigned_in_range(neighbors: list[tuple[KeyPath, Neighbor]]) -> Iterator[Fault]:
    """The kernel expects a signature from every address of a range that has a password."""
    signed = [
        (ip_network(other.range), other.device)
        for _, other in neighbors
        if other.range is not None and _has_key(other)
    ]
    for path, neighbor in neighbors:
        if neighbor.address is None or _has_key(neighbor):
            continue
        host = ip_address(neighbor.address.partition("%")[0])
        for network, device in signed:
            if host in network and device == neighbor.device:
                yield Fault(
                    (*path, "address"),
                    f"{quoted(neighbor.address)} is in the range {network}, which has a password; "
                    "write a password for this neighbor, too",
                )


def _has_key(neighbor: Neighbor) -> bool:
    return any(key is not None for key in (neighbor.password, neighbor.password_file, neighbor.tcp_ao))


def _router(router: Router) -> Iterator[Fault]:
    for position, address in enumerate(router.listen):
        if address in router.listen[:position]:
            yield Fault(("router", "listen", position), f"{quoted(address)} is listed twice; remove one")
