"""The rules about tables, ours and the kernel's: which there are, and who uses them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from bgpd.config.faults import Complaints, Fault, KeyPath, at
from bgpd.config.fields import is_set
from bgpd.config.interfaces import Direct, NamedDirect
from bgpd.config.kernel import KernelTable, NamedKernelTable
from bgpd.config.neighbors import Neighbor
from bgpd.config.pipes import Pipe
from bgpd.config.router import Router
from bgpd.config.section import Section
from bgpd.config.static import NamedStatic, StaticRoute
from bgpd.config.values import MASTER
from bgpd.config.wording import key_text, quoted

_KEYS_WITH_A_TABLE: Final[Mapping[type[Section], tuple[str, ...]]] = {
    Direct: ("table",),
    NamedDirect: ("table",),
    KernelTable: ("rib_table",),
    NamedKernelTable: ("rib_table",),
    StaticRoute: ("table",),
    NamedStatic: ("table",),
    Pipe: ("table", "peer_table"),
    Neighbor: ("table",),
}


def check_tables(router: Router) -> Iterator[Fault]:
    """Find tables that are there already."""
    for position, name in enumerate(router.tables):
        if name == MASTER:
            yield Fault(("router", "tables", position), f"{quoted(name)} is always there; leave it out")
        elif name in router.tables[:position]:
            yield Fault(("router", "tables", position), f"{quoted(name)} is listed twice; remove one")


def check_uses(users: Iterable[tuple[KeyPath, Section]], router: Router) -> Iterator[Fault]:
    """Find tables that are used but not there."""
    known = (MASTER, *router.tables)
    listed = ", ".join(map(quoted, known))
    for path, user in users:
        for key in _KEYS_WITH_A_TABLE[type(user)]:
            name = getattr(user, key)
            if name not in known:
                yield Fault(
                    (*path, key),
                    f"unknown table {quoted(name)}; there are {listed}, and what tables of [router] adds",
                )


def check_kernels(tables: Iterable[tuple[KeyPath, KernelTable]]) -> Iterator[Fault]:
    """Find tables of the kernel that two parts of the file claim."""
    first: dict[tuple[str | int, int], KeyPath] = {}
    for path, table in tables:
        family = table.family if isinstance(table, NamedKernelTable) else path[-1]
        owner = first.setdefault((family, table.table), path)
        if owner != path:
            heading = ".".join(key_text(str(part)) for part in owner)
            yield Fault((*path, "table"), f"{table.table} is the table of [{heading}]; write another one")


def check_pipe(path: KeyPath, pipe: Pipe) -> Iterator[Fault]:
    """Find what is wrong between the values of one pipe."""
    yield from at(path, _pipe(pipe))


def _pipe(pipe: Pipe) -> Complaints:
    if pipe.table == pipe.peer_table:
        yield (
            "peer_table",
            f"{quoted(pipe.peer_table)} is its table as well; write another one",
        )
    if pipe.mode == "transparent" and is_set(pipe, "preference"):
        yield "preference", 'only mode = "opaque" gives routes a preference; write that or leave it out'
    if len(set(pipe.families)) != len(pipe.families):
        yield "families", "a family is listed twice; write each once"
