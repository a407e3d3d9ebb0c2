"""The rules that concern more than one value.

They run over whatever can be read, so that one wrong value does not hide the others. Here are those
between several tables of the file; the rules inside of one are in files of their own.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Final, TypeVar

from pydantic import ValidationError

from bgpd.config.faults import Fault, KeyPath
from bgpd.config.filter_name_checks import check_filter_names
from bgpd.config.interfaces import Direct
from bgpd.config.kernel import KernelTable, NamedKernelTable
from bgpd.config.neighbor_checks import check_neighbor
from bgpd.config.neighbors import Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.relation_checks import check_relation
from bgpd.config.router import Router
from bgpd.config.section import Section
from bgpd.config.static import StaticRoute
from bgpd.config.static_checks import check_static
from bgpd.config.table_checks import check_kernels, check_pipe, check_tables, check_uses
from bgpd.config.wording import quoted

S = TypeVar("S", bound=Section)


def check(data: Mapping[str, object], filters: Collection[str]) -> Iterator[Fault]:
    """Find what is wrong between values that are right in themselves; ``filters`` are the names of all."""
    neighbors = list(_readable(Neighbor, _items(data, "neighbors")))
    statics = list(_readable(StaticRoute, _items(data, "static")))
    pipes = list(_readable(Pipe, _items(data, "pipes")))
    kernels = list(_kernels(data))
    yield from _names(neighbors, pipes, data)
    yield from _duplicates(neighbors, "address", _connection)
    yield from _duplicates(neighbors, "range", _range)
    yield from _unsigned_in_range(neighbors)
    yield from _duplicates(statics, "prefix", lambda route: (route.prefix, route.table))
    yield from check_kernels(kernels)
    yield from check_filter_names(_users_of_filters(data), filters)
    for path, neighbor in neighbors:
        yield from check_neighbor(path, neighbor)
    for path, route in statics:
        yield from check_static(path, route)
    for path, pipe in pipes:
        yield from check_pipe(path, pipe)
    for _, router in _readable(Router, [(("router",), data.get("router", {}))]):
        direct = _readable(Direct, [(("direct",), data.get("direct", {}))])
        yield from _router(router)
        yield from check_tables(router)
        yield from check_uses([*direct, *kernels, *statics, *pipes, *neighbors], router)
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


def _users_of_filters(data: Mapping[str, object]) -> Iterator[tuple[KeyPath, object]]:
    """Yield the tables that name filters, as they are written."""
    for key in ("groups", "kernel", "kernels"):
        yield from _named(data.get(key), key)
    for key in ("neighbors", "pipes"):
        yield from _items(data, key)


def _names(
    neighbors: list[tuple[KeyPath, Neighbor]], pipes: list[tuple[KeyPath, Pipe]], data: Mapping[str, object]
) -> Iterator[Fault]:
    """Find names that commands could not tell apart."""
    yield from _duplicates(neighbors, "name", lambda neighbor: neighbor.name)
    yield from _duplicates(pipes, "name", lambda pipe: pipe.name)
    owners: dict[str | None, str] = dict.fromkeys(_mapping(data.get("kernels")), "a table of the kernel")
    yield from _taken(pipes, owners)
    yield from _taken(neighbors, owners | dict.fromkeys((pipe.name for _, pipe in pipes), "a pipe"))


def _taken(
    rows: Iterable[tuple[KeyPath, Neighbor | Pipe]], owners: Mapping[str | None, str]
) -> Iterator[Fault]:
    for path, row in rows:
        if row.name is not None and row.name in owners:
            message = f"{quoted(row.name)} is the name of {owners[row.name]}; write another name"
            yield Fault((*path, "name"), message)


def _duplicates(
    rows: Iterable[tuple[KeyPath, S]], key: str, identity: Callable[[S], object]
) -> Iterator[Fault]:
    first: dict[object, KeyPath] = {}
    for path, row in rows:
        value = identity(row)
        if value is not None and first.setdefault(value, path) != path:
            written = quoted(str(getattr(row, key)))
            ordinal = int(first[value][-1]) + 1
            yield Fault(
                (*path, key), f"{written} is taken by number {ordinal} of this list; {_DIFFERENTLY[key]}"
            )


_DIFFERENTLY: Final = {
    "name": "write another name",
    "address": "remove one of the two, or give them different ports or source addresses",
    "range": "remove one of the two",
    "prefix": "write one route with several nexthops, or remove one of the two",
}


def _connection(neighbor: Neighbor) -> tuple[object, ...] | None:
    if neighbor.address is None:
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
