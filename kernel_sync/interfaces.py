"""The interfaces of this network namespace and the prefixes connected to them; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Final, NamedTuple

from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, make_key

IFF_UP: Final = 0x1
IFF_BROADCAST: Final = 0x2
IFF_LOOPBACK: Final = 0x8
IFF_POINTOPOINT: Final = 0x10
IFF_MULTICAST: Final = 0x1000
IFF_LOWER_UP: Final = 0x10000

IFA_F_SECONDARY: Final = 0x01
IFA_F_DADFAILED: Final = 0x08
IFA_F_TENTATIVE: Final = 0x40

_ROUTABLE: Final = frozenset({"site", "univ"})
_IPV4_SITE: Final = (
    make_key(bytes((10,)), 8),
    make_key(bytes((172, 16)), 12),
    make_key(bytes((192, 168)), 16),
)


class InterfaceAddress(NamedTuple):
    """An address and the prefix it connects; ``peer`` is the other end of a point-to-point link."""

    address: bytes
    bits: int
    peer: bytes = b""
    flags: int = 0

    @property
    def family(self) -> Family:
        return IPV4_UNICAST if len(self.address) == 4 else IPV6_UNICAST

    @property
    def prefix(self) -> PrefixKey:
        return make_key(self.peer or self.address, self.bits)

    @property
    def secondary(self) -> bool:
        """Whether another address of the same prefix is preferred."""
        return bool(self.flags & IFA_F_SECONDARY)

    @property
    def usable(self) -> bool:
        """Whether IPv6 has found the address to be nobody else's (RFC 4862 §5.4)."""
        return not self.flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)

    @property
    def scope(self) -> str:
        """How far the address means anything: ``host``, ``link``, ``site`` or ``univ``."""
        address = ip_address(self.address)
        if address.is_loopback:
            return "host"
        if address.version == 4:
            site = any(make_key(self.address, key[0]) == key for key in _IPV4_SITE)
            return "site" if site else "univ"
        if address.is_link_local:
            return "link"
        return "site" if address.is_site_local or self.address[0] & 0xFE == 0xFC else "univ"


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface; a change makes another object."""

    index: int
    name: str
    flags: int
    mtu: int
    master: int = 0
    addresses: tuple[InterfaceAddress, ...] = ()

    @property
    def up(self) -> bool:
        """Whether the administrator has it up."""
        return bool(self.flags & IFF_UP)

    @property
    def link_up(self) -> bool:
        return bool(self.flags & IFF_LOWER_UP)

    @property
    def loopback(self) -> bool:
        return bool(self.flags & IFF_LOOPBACK)

    @property
    def flag_names(self) -> tuple[str, ...]:
        """Return the words of ``show interfaces``, in its order."""
        point_to_point = bool(self.flags & IFF_POINTOPOINT)
        words = (
            ("PtP", point_to_point),
            ("MultiAccess", not point_to_point),
            ("Broadcast", self.flags & IFF_BROADCAST),
            ("Multicast", self.flags & IFF_MULTICAST),
            ("AdminUp", self.flags & IFF_UP),
            ("LinkUp", self.flags & IFF_LOWER_UP),
            ("Loopback", self.loopback),
            ("Ignored", self.loopback),
        )
        return tuple(word for word, holds in words if holds)

    def addresses_of(self, family: Family) -> tuple[InterfaceAddress, ...]:
        """Return the addresses of a family, the primary one first."""
        primary = self.primary(family)
        others = (row for row in self.addresses if row.family is family and row != primary)
        return (primary, *others) if primary else tuple(others)

    def primary(self, family: Family) -> InterfaceAddress | None:
        """Return the address that stands for the interface; a link-local one only for want of another."""
        candidates = [
            row for row in self.addresses if row.family is family and not row.secondary and row.usable
        ]
        return min(candidates, key=_is_link_local, default=None)


class InterfaceTable:
    """All interfaces, by index.

    What is looked up by address is put together when it is first asked for after a change.
    """

    def __init__(self) -> None:
        self._interfaces: dict[int, Interface] = {}
        self._unseen: set[tuple[int, tuple[Any, ...] | None]] = set()
        self._connected: dict[Family, dict[PrefixKey, Interface]] = {}
        self._lengths: dict[Family, list[int]] = {}

    def __iter__(self) -> Iterator[Interface]:
        """Iterate over the interfaces in the order of their indexes."""
        return iter([self._interfaces[index] for index in sorted(self._interfaces)])

    def __len__(self) -> int:
        return len(self._interfaces)

    def get(self, index: int) -> Interface | None:
        return self._interfaces.get(index)

    def named(self, name: str) -> Interface | None:
        return next((interface for interface in self if interface.name == name), None)

    # What the kernel tells; each returns whether it changed anything

    def set_link(self, link: Interface) -> bool:
        """Take an interface as it is now, but for its addresses."""
        self._unseen.discard((link.index, None))
        known = self._interfaces.get(link.index)
        return self._store(replace(link, addresses=known.addresses if known else ()), known)

    def remove_link(self, index: int) -> bool:
        self._connected.clear()
        return self._interfaces.pop(index, None) is not None

    def set_address(self, index: int, address: InterfaceAddress) -> bool:
        """Take an address as it is now; the kernel tells of the interface before."""
        self._unseen.discard((index, address[:3]))
        known = self._interfaces.get(index)
        if known is None:
            return False
        addresses = {row[:3]: row for row in (*known.addresses, address)}
        return self._store(replace(known, addresses=tuple(addresses.values())), known)

    def remove_address(self, index: int, address: InterfaceAddress) -> bool:
        known = self._interfaces.get(index)
        if known is None:
            return False
        left = tuple(row for row in known.addresses if row[:3] != address[:3])
        return self._store(replace(known, addresses=left), known)

    def begin_dump(self) -> None:
        """Expect to be told of everything."""
        self._unseen = {(index, None) for index in self._interfaces}
        self._unseen.update((row.index, address[:3]) for row in self for address in row.addresses)

    def end_dump(self) -> bool:
        """Forget what has not been told of since the dump began."""
        unseen, self._unseen = self._unseen, set()
        changed = False
        for index, address in unseen:
            if address is None:
                changed |= self.remove_link(index)
            else:
                changed |= self.remove_address(index, InterfaceAddress(*address))
        return changed

    def _store(self, interface: Interface, known: Interface | None) -> bool:
        self._interfaces[interface.index] = interface
        self._connected.clear()
        return interface != known

    # What the daemon asks

    def connected_prefixes(self, family: Family) -> Mapping[PrefixKey, Interface]:
        """Return the prefixes on links that are up, but for those of host or link scope."""
        connected = self._connected.get(family)
        if connected is None:
            connected = self._connected[family] = {}
            for interface in self:
                for row in interface.addresses if interface.up else ():
                    if row.family is family and row.usable and row.scope in _ROUTABLE:
                        connected.setdefault(row.prefix, interface)
            self._lengths[family] = sorted({key[0] for key in connected}, reverse=True)
        return connected

    def connected(self, address: bytes) -> Interface | None:
        """Return the interface on whose link an address is: the longest connected prefix decides."""
        family = IPV4_UNICAST if len(address) == 4 else IPV6_UNICAST
        prefixes = self.connected_prefixes(family)
        for bits in self._lengths[family]:
            interface = prefixes.get(make_key(address, bits))
            if interface is not None:
                return interface
        return None

    def lowest_ipv4(self) -> bytes | None:
        """Return the lowest IPv4 address of an interface that is up and no loopback: the router ID."""
        addresses = [
            row.address
            for interface in self
            if interface.up and not interface.loopback
            for row in interface.addresses
            if row.family is IPV4_UNICAST
        ]
        return min(addresses, default=None)


def _is_link_local(row: InterfaceAddress) -> bool:
    return row.scope == "link"
