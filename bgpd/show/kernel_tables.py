"""Which routes of the kernel a command is about: those of our protocols, and those that none looks after."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol, runtime_checkable

from bgpd.kernel.places import Place, read_protocol, read_table
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.protocols.protocol import ProtocolState
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, CommandError
from bgpd.show.selection import EVERY, is_pattern, matching, selected
from bgpd.show.view import Daemon
from kernel_sync.report import KernelReport
from kernel_sync.standing import RouteState
from kernel_sync.types import ALL_TABLES, MAIN_TABLE, PROTOCOL_BIRD
from messages.families import FAMILIES, Family
from rib.route import SourceKind

TABLE: Final = Argument("table", "Only of this table of the kernel", "NUMBER|main|all")
PROTOCOL: Final = Argument("protocol", "Only routes that are marked with this number; 12 is bird", "NUMBER")

_WHOM: Final = "kernel protocols"


class KernelTable(Protocol):
    """A table of the kernel, as far as commands see it."""

    @property
    def family(self) -> Family: ...

    def report(self) -> KernelReport:
        """Return counts and times."""

    def states(self) -> Iterator[RouteState]:
        """Yield how each of our routes stands; the table may change meanwhile."""

    def remove_strays(self) -> int:
        """Remove what is ours and nobody wants; return how many that are."""


@runtime_checkable
class KernelWriter(Protocol):
    """The protocol that writes a table of the kernel."""

    @property
    def kernel(self) -> KernelTable: ...
    @property
    def waits(self) -> str:
        """Whom it waits for before it lets go of routes of an earlier process; empty if it has."""


class Written(NamedTuple):
    """A table of the kernel and the protocol that writes it."""

    protocol: RoutingProtocol
    kernel: KernelTable
    place: Place
    waits: str
    """Whom it waits for before it lets go of routes of an earlier process."""

    @property
    def name(self) -> str:
        return self.protocol.name


class Meant(NamedTuple):
    """What a command is about."""

    written: Sequence[Written]
    unattended: Sequence[Place]
    """Where routes may be that no running kernel protocol looks after."""


def kernels_named(daemon: Daemon, name: str = EVERY) -> Sequence[Written]:
    """Return the tables of one kernel protocol, of those that a pattern fits, or of all."""
    found = [each for each in map(_written, selected(daemon.protocols, name)) if each is not None]
    if not found and not is_pattern(name):
        raise CommandError(SYNTAX_ERROR, f"{name} is not a kernel protocol")
    return matching_kernels(found)


def matching_kernels(found: Sequence[Written]) -> Sequence[Written]:
    """Return them if there are any."""
    matching([each.protocol for each in found], _WHOM)
    return found


def _written(protocol: RoutingProtocol) -> Written | None:
    if protocol.kind != SourceKind.KERNEL.value or not isinstance(protocol, KernelWriter):
        return None
    kernel = protocol.kernel
    report = kernel.report()
    return Written(protocol, kernel, Place(kernel.family, report.table, report.protocol), protocol.waits)


def meant(daemon: Daemon, arguments: Arguments) -> Meant:
    """Return what is meant by ``table`` and ``protocol``.

    Routes are left alone by whom they are not shown to belong: a number in a table is one program's, whatever
    the family, so only where none of our running protocols writes that number everything with it is meant.
    """
    table, number = _numbers(arguments)
    every = [each for each in map(_written, daemon.protocols.values()) if each is not None]
    running = [each for each in every if each.protocol.state is not ProtocolState.DOWN]
    if table is None and number is None:
        attended = {each.place for each in running}
        stopped = {each.place: None for each in every if each.place not in attended}
        return Meant(running, [*stopped])
    written = [
        each
        for each in running
        if table in (None, ALL_TABLES, each.place.table) and number in (None, each.place.protocol)
    ]
    if written and table != ALL_TABLES:
        return Meant(written, ())
    mark = PROTOCOL_BIRD if number is None else number
    spared = frozenset(each.place.table for each in running if each.place.protocol == mark)
    where = MAIN_TABLE if table is None else table
    unattended = [Place(family, where, mark, spared) for family in FAMILIES.values()]
    return Meant(written, unattended)


def _numbers(arguments: Arguments) -> tuple[int | None, int | None]:
    """Return the numbers of table and protocol that were typed."""
    table, number = arguments.get(TABLE.key), arguments.get(PROTOCOL.key)
    try:
        return (
            None if table is None else read_table(table),
            None if number is None else read_protocol(number),
        )
    except ValueError as error:
        raise CommandError(SYNTAX_ERROR, str(error)) from None
