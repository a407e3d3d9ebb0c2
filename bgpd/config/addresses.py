"""Addresses, prefixes and interface names as a user writes them.

Each type checks one spelling and returns the canonical one, so that two spellings of one
address are found to be the same neighbor.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from bgpd.config.wording import Allowed, at_least_one, quoted, refusal
from bgpd.interface_patterns import parse_pattern

FamilyName = Annotated[Literal["ipv4", "ipv6"], Allowed('"ipv4" or "ipv6"')]
Families = Annotated[
    tuple[FamilyName, ...],
    Field(strict=False),
    AfterValidator(at_least_one),
    Allowed('a list like ["ipv4", "ipv6"]'),
]

_EXAMPLES: Final = '"192.0.2.1" or "2001:db8::1"'
_CLUSTER_IDS: Final = 'an IPv4 address like "192.0.2.1", or a number from 1 to 4294967295'
_INTERFACE: Final = re.compile(r"(?!\.{1,2}$)[!-.0-9;-~]{1,15}")
_BROADCAST: Final = IPv4Address("255.255.255.255")


def family_name(address: str) -> Literal["ipv4", "ipv6"]:
    """Return which family an address or a prefix that was checked before belongs to."""
    return "ipv6" if ":" in address else "ipv4"


def four_octets(address: str | None) -> int | None:
    """Return the number that a router ID or a cluster ID is, which were checked before."""
    return int(IPv4Address(address)) if address is not None else None


def is_link_local(address: str) -> bool:
    """Tell whether an address that was checked before is an IPv6 link-local one (RFC 4291 §2.5.6)."""
    return family_name(address) == "ipv6" and IPv6Address(address).is_link_local


def is_interface_name(text: str) -> bool:
    """Tell whether Linux would accept the name: 1 to 15 octets, no slash, no colon, no space."""
    return bool(_INTERFACE.fullmatch(text))


def _address(text: str) -> IPv4Address | IPv6Address:
    if "%" in text:
        raise refusal(f"{quoted(text)} names an interface, which is not allowed here; write the address only")
    try:
        return ip_address(text)
    except ValueError:
        raise refusal(f"{quoted(text)} is not an IP address; write one like {_EXAMPLES}") from None


def _host(text: str) -> str:
    """Check an address that one host can have."""
    address = _address(text)
    if address.is_unspecified or _is_multicast(address) or address == _BROADCAST:
        raise refusal(f"{quoted(text)} is not the address of one host; write one like {_EXAMPLES}")
    return str(address)


def _is_multicast(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is for many hosts; an IPv6 one has no first flag then (RFC 4291 §2.7)."""
    return address.is_multicast and (address.version == 4 or address.packed[1] < 0x80)


def _neighbor(text: str) -> str:
    """Check an address to connect to; a link-local one means nothing without its interface."""
    host, percent, interface = text.partition("%")
    host = _host(host)
    if is_link_local(host):
        if not is_interface_name(interface):
            raise refusal(f'{quoted(text)} is link-local; write it with its interface, like "{host}%eth0"')
    elif percent:
        raise refusal(f'{quoted(text)} is not link-local; write it without the interface: "{host}"')
    return host + percent + interface


def _listening(text: str) -> str:
    address = _address(text)
    if address.is_multicast or address == _BROADCAST:
        raise refusal(f'{quoted(text)} is not an address to listen on; write one like "0.0.0.0" or "::"')
    return str(address)


def _router_id(text: str) -> str:
    """Check a BGP Identifier: four octets, not zero (RFC 6286 §2.1)."""
    try:
        router_id = IPv4Address(text)
    except ValueError:
        router_id = IPv4Address(0)
    if not int(router_id):
        raise refusal(
            f'{quoted(text)} is not a router ID; write an IPv4 address like "192.0.2.1", not 0.0.0.0'
        )
    return str(router_id)


def _dotted(value: object) -> object:
    """Turn a number into the address of the same four octets."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 0xFFFFFFFF:
        return str(IPv4Address(value))
    return value


def _cluster_id(text: str) -> str:
    """Check a CLUSTER_ID: four octets like those of a router ID (RFC 4456 §7)."""
    try:
        cluster_id = IPv4Address(text)
    except ValueError:
        cluster_id = IPv4Address(0)
    if not int(cluster_id):
        raise refusal(f"{quoted(text)} is not a cluster ID; write {_CLUSTER_IDS}, not 0.0.0.0")
    return str(cluster_id)


def _prefix(text: str) -> str:
    """Check a prefix, whose bits past the length must be zero."""
    try:
        host, _, length = text.partition("/")
        if "%" in host or not (length.isascii() and length.isdecimal()):
            raise ValueError(text)
        address = ip_address(host)
        network: IPv4Network | IPv6Network = ip_network(f"{address}/{int(length)}", strict=False)
    except ValueError:
        raise refusal(
            f'{quoted(text)} is not a prefix; write one like "192.0.2.0/24" or "2001:db8::/32"'
        ) from None
    if network.network_address != address:
        raise refusal(f'{quoted(text)} has host bits set; write "{network}"')
    return str(network)


def _interface_name(text: str) -> str:
    if not is_interface_name(text):
        raise refusal(f'{quoted(text)} is not the name of an interface; write one like "eth0"')
    return text


def _interface_pattern(text: str) -> str:
    try:
        if not text.isprintable():
            raise ValueError(text)
        parse_pattern(text)
    except ValueError:
        raise refusal(
            f'{quoted(text)} is no pattern of interfaces; write one like "eth*", "-cali*", "10.0.0.0/8" or '
            '"eth* 10.0.0.0/8"'
        ) from None
    return text


def _primary_address(text: str) -> str:
    """Check a pattern that says which addresses are meant."""
    try:
        pattern = parse_pattern(text)
    except ValueError:
        pattern = None
    if pattern is None or pattern.addresses is None or not pattern.includes or not text.isprintable():
        raise refusal(
            f'{quoted(text)} names no addresses; write them like "192.168.0.0/16" or "eth* 10.0.0.1"'
        )
    return text


HostAddress = Annotated[str, AfterValidator(_host), Allowed(f"an address like {_EXAMPLES}")]
NeighborAddress = Annotated[
    str,
    AfterValidator(_neighbor),
    Allowed('an address like "192.0.2.1" or "2001:db8::1", or a link-local one as "fe80::1%eth0"'),
]
ListenAddress = Annotated[
    str, AfterValidator(_listening), Allowed('an address like "192.0.2.1", or "0.0.0.0" or "::" for all')
]
RouterId = Annotated[str, AfterValidator(_router_id), Allowed('an IPv4 address like "192.0.2.1"')]
ClusterId = Annotated[str, BeforeValidator(_dotted), AfterValidator(_cluster_id), Allowed(_CLUSTER_IDS)]
Prefix = Annotated[str, AfterValidator(_prefix), Allowed('a prefix like "192.0.2.0/24" or "2001:db8::/32"')]
InterfaceName = Annotated[
    str, AfterValidator(_interface_name), Allowed('the name of an interface like "eth0"')
]
InterfacePattern = Annotated[
    str,
    AfterValidator(_interface_pattern),
    Allowed('a pattern like "eth*" or "eth* 10.0.0.0/8", with a leading "-" to leave out what matches'),
]
PrimaryAddress = Annotated[
    str, AfterValidator(_primary_address), Allowed('addresses like "192.168.0.0/16" or "eth* 10.0.0.1"')
]
