"""``show interfaces``: what the daemon knows about the links of the host."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bgpd.show.command import Argument, Arguments, Command, Line
from bgpd.show.families import only_family
from bgpd.show.view import Daemon
from kernel_sync.interfaces import Interface, InterfaceAddress
from messages.families import FAMILIES, Family
from messages.families.prefix import render_address

_IPV4_OCTETS: Final = 4
_RESERVED: Final = 240
"""The first octet of 240.0.0.0/4, which Calico's BIRD takes for private."""
_GLOBAL: Final = 0b001
"""The first bits of 2000::/3."""


@dataclass(frozen=True, slots=True)
class _Request:
    daemon: Daemon
    summary: bool
    families: Sequence[Family]
    """Those whose addresses are shown."""


def name_of(daemon: Daemon, index: int) -> str:
    """Return an interface's name; one that is gone has its number."""
    interface = daemon.interfaces.get(index)
    return f"#{index}" if interface is None else interface.name


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    family = only_family(daemon) if daemon.dialect == "bird" else None
    families = [*FAMILIES.values()] if family is None else [family]
    return _Request(daemon, "summary" in arguments, families)


def _rows(request: _Request) -> Iterator[Interface]:
    yield from request.daemon.interfaces


def _state(request: _Request, interface: Interface) -> str:
    """An interface without an address is of no use for routing, so BIRD calls it down."""
    has_address = any(map(interface.addresses_of, request.families))
    return "up" if interface.up and has_address else "DOWN"


def _addresses(request: _Request, interface: Interface) -> Iterator[tuple[InterfaceAddress, str]]:
    """Yield addresses and their kinds in BIRD's words, IPv4 first."""
    for family in request.families:
        primary = interface.primary(family)
        for address in interface.addresses_of(family):
            kind = "Primary" if address == primary else "Secondary" if address.secondary else "Unselected"
            yield address, kind


def _with_length(address: InterfaceAddress) -> str:
    return f"{render_address(address.address)}/{address.bits}"


def _scope_of_bird(address: InterfaceAddress) -> str:
    """Return the scope as BIRD has it, and for reserved addresses as Calico's version of it."""
    octets = address.address
    if len(octets) == _IPV4_OCTETS:
        return "site" if octets[0] >= _RESERVED else address.scope
    is_global = octets[0] >> 5 == _GLOBAL
    return "undef" if address.scope == "univ" and not is_global else address.scope


def _heading(request: _Request) -> Iterator[Line]:
    if request.summary:
        yield Line(2005, "interface state address")


def _layout(request: _Request, row: Interface) -> Iterator[Line]:
    yield from _summary_lines(request, row) if request.summary else _full_lines(request, row)


def _summary_lines(request: _Request, row: Interface) -> Iterator[Line]:
    primaries = filter(None, map(row.primary, request.families))
    yield Line(1005, f"{row.name:<9} {_state(request, row):<5} {' '.join(map(_with_length, primaries))}")


def _full_lines(request: _Request, row: Interface) -> Iterator[Line]:
    master = f" master={name_of(request.daemon, row.master)}" if row.master else ""
    yield Line(1001, f"{row.name} {_state(request, row)} (index={row.index}{master})")
    yield Line(1004, f"\t{' '.join(row.flag_names)} MTU={row.mtu}")
    for address, kind in _addresses(request, row):
        scope = _scope_of_bird(address) if request.daemon.dialect == "bird" else address.scope
        opposite = f", opposite {render_address(address.opposite)}" if address.opposite else ""
        yield Line(1003, f"\t{_with_length(address)} ({kind}{opposite}, scope {scope})")


def _document(request: _Request, row: Interface) -> Mapping[str, object]:
    return {
        "name": row.name,
        "index": row.index,
        "state": _state(request, row).lower(),
        "admin_up": row.up,
        "link_up": row.link_up,
        "loopback": row.loopback,
        "mtu": row.mtu,
        "master": name_of(request.daemon, row.master) if row.master else None,
        "addresses": [
            {
                "address": _with_length(address),
                "kind": kind.lower(),
                "scope": address.scope,
                "opposite": render_address(address.opposite) if address.opposite else None,
            }
            for address, kind in _addresses(request, row)
        ],
    }


COMMAND: Final = Command(
    words="show interfaces",
    help="Interfaces and their addresses",
    example="show interfaces summary",
    request=_request,
    rows=_rows,
    layout=_layout,
    heading=_heading,
    document=_document,
    arguments=(Argument("summary", "One line for each, with its primary addresses"),),
)
