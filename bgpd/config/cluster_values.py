"""Names, addresses and groups of nodes as a user writes them."""

import re
from ipaddress import IPv4Interface, IPv6Interface
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from bgpd.config.values import Name
from bgpd.config.wording import Allowed, quoted, refusal

_NODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,253}")
"""A host name, or what else a file calls its nodes; Kubernetes has names of up to 253 characters."""
_IPV4: Final = 'an IPv4 address like "10.0.0.1", or with its network as "10.0.0.1/24"'
_IPV6: Final = 'an IPv6 address like "2001:db8::1", or with its network as "2001:db8::1/64"'


def _node_name(text: str) -> str:
    if not _NODE.fullmatch(text):
        raise refusal(f"{quoted(text)} is not the name of a node; write up to 253 letters, digits and _-.")
    return text


def _ipv4(text: str) -> str:
    try:
        interface = IPv4Interface(_with_plain_length(text))
    except ValueError:
        raise refusal(f"{quoted(text)} is not allowed; write {_IPV4}") from None
    address = interface.ip
    if address.is_unspecified or address.is_multicast or int(address) == 0xFFFFFFFF:
        raise refusal(f"{quoted(text)} is not the address of one host; write {_IPV4}")
    return text


def _ipv6(text: str) -> str:
    try:
        interface = IPv6Interface(_with_plain_length(text))
    except ValueError:
        raise refusal(f"{quoted(text)} is not allowed; write {_IPV6}") from None
    address = interface.ip
    if address.is_unspecified or address.is_multicast or address.is_link_local:
        raise refusal(f"{quoted(text)} is not an address that all nodes can reach; write {_IPV6}")
    return text


def _with_plain_length(text: str) -> str:
    """Refuse scopes, and the masks that ``ipaddress`` takes for lengths."""
    _, slash, length = text.partition("/")
    if "%" in text or (slash and not (length.isascii() and length.isdecimal())):
        raise ValueError(text)
    return text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _path(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError(text)
    return text


NodeName = Annotated[str, AfterValidator(_node_name), Allowed('the name of a node like "node1"')]
NodeAddress = Annotated[str, AfterValidator(_ipv4), Allowed(_IPV4)]
NodeAddress6 = Annotated[str, AfterValidator(_ipv6), Allowed(_IPV6)]
GroupNames = Annotated[
    tuple[Name, ...],
    Field(strict=False),
    BeforeValidator(_as_list),
    Allowed('the name of a group like "rack1", or a list of names'),
]
FilePath = Annotated[str, AfterValidator(_path), Allowed('the path of a file like "nodes.json"')]
ModeName = Annotated[Literal["mesh", "route-reflector"], Allowed('"mesh" or "route-reflector"')]
EncapsulationName = Annotated[
    Literal["never", "always", "cross-subnet"], Allowed('"never", "always" or "cross-subnet"')
]
HandoverTime = Annotated[int, Field(ge=0, le=86400), Allowed("a number of seconds from 0 to 86400")]
VisitorLimit = Annotated[int, Field(ge=1, le=65535), Allowed("a number of nodes from 1 to 65535")]
