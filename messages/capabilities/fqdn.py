"""FQDN capability: the names of a speaker, for people (draft-walton-bgp-hostname-capability)."""

from typing import Final, NamedTuple

from messages.capabilities.capability import Capability
from messages.capabilities.counted_text import read_text, write_text
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode


class Fqdn(NamedTuple):
    """Host name and domain name; either may be empty."""

    host_name: str
    domain_name: str = ""

    def __str__(self) -> str:
        return ".".join(filter(None, self))


def _decode(value: bytes) -> Fqdn:
    host_name, rest = read_text(value)
    domain_name, rest = read_text(rest)
    if rest:
        raise MalformedValueError(f"length {len(value)} is {len(rest)} too much")
    return Fqdn(host_name, domain_name)


def _encode(fqdn: Fqdn) -> bytes:
    return write_text(fqdn.host_name) + write_text(fqdn.domain_name)


FQDN: Final = Capability(
    code=CapabilityCode.FQDN,
    name="fqdn",
    decode=_decode,
    encode=_encode,
    render=str,
    ignored_if_malformed=True,
)
