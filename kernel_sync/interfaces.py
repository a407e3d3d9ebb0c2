"""The interfaces of this network namespace and the prefixes connected to them; pure."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from typing import Final, NamedTuple, TypeAlias

from kernel_sync.connected import ConnectedNetworks
from kernel_sync.holders import Holders
from kernel_sync.interface_changes import InterfaceChanges
from messages.families import FAMILIES, IPV4_UNICAST, IPV6_UNICAST, Family
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

_IPV4_OCTETS: Final = 4
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
        return _family_of(self.address)

    @property
    def prefix(self) -> PrefixKey:
        return make_key(self.peer or self.address, self.bits)

    @property
    def leads_to_host(self) -> bool:
        """Whether ``peer`` is all that is on the link."""
        return bool(self.peer) and self.bits == 8 * len(self.address)

    @property
    def opposite(self) -> bytes:
        """The other end of a link between two, as far as the address tells; else empty."""
        if self.leads_to_host:
            return self.peer
        host_bits = 8 * len(self.address) - self.bits
        if host_bits == 1 or (host_bits == 2 and len(self.address) == _IPV4_OCTETS):  # RFC 3021, RFC 6164
            return self.address[:-1] + bytes((self.address[-1] ^ (1 << host_bits) - 1,))
        return b""

    @property
    def secondary(self) -> bool:
        """Whether another address of the same prefix is preferred."""
        return bool(self.flags & IFA_F_SECONDARY)

    @property
    def usable(self) -> bool:
        """Whether IPv6 has found the address to be nobody else's (RFC 4862 §5.4)."""
        return not self.flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)

    @property
    def may_be_primary(self) -> bool:
        """Whether it can stand for its interface."""
        return self.usable and not self.secondary

    @property
    def is_routable(self) -> bool:
        """Whether it means anything beyond the link."""
        return self.scope in _ROUTABLE

    @property
    def connects(self) -> bool:
        """Whether its prefix can be reached, if the link is up."""
        return self.usable and self.is_routable

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
    """Of each family the one that stands for the interface comes first."""

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
            ("AdminUp" if self.up else "AdminDown", True),
            ("LinkUp" if self.link_up else "LinkDown", True),
            ("Loopback", self.loopback),
            ("Ignored", self.loopback),
        )
        return tuple(word for word, holds in words if holds)

    def addresses_of(self, family: Family) -> tuple[InterfaceAddress, ...]:
        """Return the addresses of a family, the primary one first."""
        return tuple(row for row in self.addresses if row.family is family)

    def primary(self, family: Family) -> InterfaceAddress | None:
        """Return the address that stands for the interface; a secondary one never does."""
        return next((row for row in self.addresses if row.family is family and row.may_be_primary), None)


Rank: TypeAlias = Callable[[str, InterfaceAddress], int]
"""How good an address is as the primary one of the interface with a name: the less, the better."""
_Identity: TypeAlias = tuple[bytes, int, bytes]
"""What tells the addresses of an interface apart."""


def _all_alike(_name: str, _address: InterfaceAddress) -> int:
    return 0


class InterfaceTable:
    """All interfaces, by index; a change costs the same however many there are."""

    def __init__(self, rank: Rank = _all_alike) -> None:
        self._interfaces: dict[int, Interface] = {}
        self._rows: dict[int, dict[_Identity, InterfaceAddress]] = {}
        """Of each interface its addresses, in their order."""
        self._names: dict[str, int] = {}
        self._up: set[int] = set()
        self._networks = {family: ConnectedNetworks() for family in FAMILIES.values()}
        self._holders = Holders[bytes]()
        self._rank = rank
        self._unseen: set[tuple[int, _Identity | None]] = set()
        self._changes = InterfaceChanges()

    def __iter__(self) -> Iterator[Interface]:
        """Iterate over the interfaces in the order of their indexes."""
        return iter([self._interfaces[index] for index in sorted(self._interfaces)])

    def __len__(self) -> int:
        return len(self._interfaces)

    def get(self, index: int) -> Interface | None:
        return self._interfaces.get(index)

    def named(self, name: str) -> Interface | None:
        return self._interfaces.get(self._names.get(name, 0))

    def take_changes(self) -> InterfaceChanges:
        """Return what has changed since the last time."""
        changes, self._changes = self._changes, InterfaceChanges()
        return changes

    # What the kernel tells; each returns whether it changed anything

    def set_link(self, link: Interface) -> bool:
        """Take an interface as it is now, but for its addresses."""
        self._unseen.discard((link.index, None))
        known = self._interfaces.get(link.index)
        now = replace(link, addresses=known.addresses if known else ())
        if now == known:
            return False
        self._interfaces[link.index] = now
        self._rows.setdefault(link.index, {})
        if known is None or (known.up, known.link_up) != (now.up, now.link_up):
            self._switch(known, now)
        if known is not None and known.name != now.name:
            self._rename(known, now)
        self._names[now.name] = now.index
        self._changes.interfaces.add(now.index)
        return True

    def remove_link(self, index: int) -> bool:
        known = self._interfaces.pop(index, None)
        if known is None:
            return False
        self._switch(known, replace(known, flags=0))
        for row in self._rows.pop(index).values():
            self._release(index, row)
        self._forget_name(known)
        self._changes.interfaces.add(index)
        return True

    def set_address(self, index: int, address: InterfaceAddress) -> bool:
        """Take an address as it is now; the kernel tells of the interface before."""
        identity = address[:3]
        self._unseen.discard((index, identity))
        interface = self._interfaces.get(index)
        known = self._rows[index].get(identity) if interface is not None else address
        if interface is None or known == address:
            return False
        self._rows[index][identity] = address
        self._hold(index, address)
        if known is not None:
            self._release(index, known)
        self._follow_address(interface, address)
        return True

    def remove_address(self, index: int, address: InterfaceAddress) -> bool:
        interface = self._interfaces.get(index)
        known = self._rows[index].pop(address[:3], None) if interface is not None else None
        if interface is None or known is None:
            return False
        self._release(index, known)
        self._follow_address(interface, known)
        return True

    def begin_dump(self) -> None:
        """Expect to be told of everything."""
        self._unseen = {(index, None) for index in self._interfaces}
        self._unseen.update((row.index, address[:3]) for row in self for address in row.addresses)

    def end_dump(self) -> bool:
        """Forget what has not been told of since the dump began."""
        unseen, self._unseen = self._unseen, set()
        changed = False
        for index, identity in unseen:
            if identity is None:
                changed |= self.remove_link(index)
            else:
                changed |= self.remove_address(index, InterfaceAddress(*identity))
        return changed

    # What follows from it

    def _switch(self, known: Interface | None, now: Interface) -> None:
        """Follow an interface that came, went up or down, or whose carrier did."""
        self._changes.switched.add(now.index)
        self._changes.names.add(now.name)
        if now.up:
            self._up.add(now.index)
        else:
            self._up.discard(now.index)
        was_up = known is not None and known.up
        for row in now.addresses if was_up or now.up else ():
            if row.connects and self._switch_network(now, row, was_up=was_up):
                self._changes.networks[row.family].add(row.prefix)

    def _switch_network(self, now: Interface, row: InterfaceAddress, *, was_up: bool) -> bool:
        """Connect or disconnect a network; return whether somebody might care."""
        networks = self._networks[row.family]
        if was_up == now.up:
            return True  # it is the carrier
        change = networks.add if now.up else networks.remove
        return change(row.prefix, now.index)

    def _rename(self, known: Interface, now: Interface) -> None:
        self._forget_name(known)
        self._changes.names.add(now.name)
        for family in FAMILIES.values():
            self._choose_primary(self._interfaces[now.index], family, now.addresses)

    def _forget_name(self, interface: Interface) -> None:
        self._changes.names.add(interface.name)
        if self._names.get(interface.name) == interface.index:
            del self._names[interface.name]

    def _hold(self, index: int, row: InterfaceAddress) -> None:
        if self._holders.add(row.address, index) and row.scope != "link":
            self._changes.addresses.add(row.address)
        if index in self._up and row.connects and self._networks[row.family].add(row.prefix, index):
            self._changes.networks[row.family].add(row.prefix)

    def _release(self, index: int, row: InterfaceAddress) -> None:
        if self._holders.remove(row.address, index) and row.scope != "link":
            self._changes.addresses.add(row.address)
        if index in self._up and row.connects and self._networks[row.family].remove(row.prefix, index):
            self._changes.networks[row.family].add(row.prefix)

    def _follow_address(self, interface: Interface, changed: InterfaceAddress) -> None:
        """Store the addresses of an interface, one of which came, went or has other flags."""
        self._changes.interfaces.add(interface.index)
        rows = self._rows[interface.index]
        primary = interface.primary(changed.family)
        if primary is None or primary[:3] != changed[:3]:
            rivals = (primary, rows.get(changed[:3]))
            self._choose_primary(interface, changed.family, filter(None, rivals))
        else:
            self._choose_primary(interface, changed.family, rows.values())

    def _choose_primary(
        self, interface: Interface, family: Family, candidates: Iterable[InterfaceAddress]
    ) -> None:
        """Let the best of some addresses stand for an interface, as BIRD does; it comes first then."""
        rows = self._rows[interface.index]
        first = next((row for row in rows.values() if row.family is family), None)
        fit = (row for row in candidates if row.family is family and row.may_be_primary)
        best = min(fit, key=partial(self._merit, interface.name), default=None)
        if best not in {first, None}:
            rows = self._rows[interface.index] = {best[:3]: best} | rows
        self._interfaces[interface.index] = replace(interface, addresses=tuple(rows.values()))

    def _merit(self, name: str, row: InterfaceAddress) -> tuple[int, bool, bytes]:
        """The smaller, the better: a link-local address stands for an interface for want of another only."""
        return self._rank(name, row), not row.is_routable, row.address

    # What the daemon asks

    def connected_prefixes(self, family: Family) -> Mapping[PrefixKey, int]:
        """Return the prefixes on links that are up, but for those of host or link scope, always as they are.

        Each has the index of its interface.
        """
        return self._networks[family].interfaces

    @property
    def up(self) -> Collection[int]:
        """The indexes of the interfaces that are up, always as they are."""
        return self._up

    def connected(self, address: bytes) -> Interface | None:
        """Return the interface on whose link an address is: the longest connected prefix decides."""
        index = self._networks[_family_of(address)].towards(address)
        return None if index is None else self._interfaces[index]

    def holder(self, address: bytes) -> int:
        """Return the index of the interface that has an address, the lowest of several; 0 if none has."""
        return self._holders.first.get(address, 0)

    def addresses(self) -> Iterable[bytes]:
        """Return every address that an interface has."""
        return self._holders.first.keys()

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


def _family_of(address: bytes) -> Family:
    return IPV4_UNICAST if len(address) == _IPV4_OCTETS else IPV6_UNICAST
