"""NEXT_HOP path attribute (RFC 4271 §5.1.3).

In an attribute set it also holds the next hop that came in MP_REACH_NLRI, with 4, 16 or 32 octets.
"""

from typing import Final

from messages.attributes.attribute import WELL_KNOWN, Attribute
from messages.context import Context
from messages.errors import MalformedValueError
from messages.families.prefix import render_address
from messages.iana import AttributeCode

_FIRST_MULTICAST: Final = {4: 0xE0, 16: 0xFF}
"""The first octet of multicast addresses, and of those behind them, by the octets of an address."""


def _check(value: bytes, _context: Context) -> None:
    """Four octets (RFC 7606 §7.3) that can be the address of a host (RFC 4271 §6.3)."""
    if len(value) != 4:
        raise MalformedValueError(f"length {len(value)} is not 4")
    check_host(value)


def check_host(next_hop: bytes) -> None:
    """Complain about a next hop of 4, 16 or 32 octets that can be no host's address (RFC 4271 §6.3)."""
    address = next_hop[:16]
    if address[0] >= _FIRST_MULTICAST[len(address)] or not any(address):
        raise MalformedValueError(f"{render_address(address)} is no address of a host")


def without_empty_half(next_hop: bytes) -> bytes:
    """Return the link-local half alone where the global one says nothing.

    RFC 2545 §3 knows no next hop without a global address. Between neighbors that have none BIRD sends ::
    in its place, others send the link-local address alone or twice.
    """
    return next_hop[16:] if len(next_hop) == 32 and not any(next_hop[:16]) else next_hop


def _identity(next_hop: bytes) -> bytes:
    return next_hop


def _render(next_hop: bytes) -> str:
    """Of 32 octets the second half is the link-local address (RFC 2545 §3)."""
    if len(next_hop) == 32:
        return f"{render_address(next_hop[:16])} {render_address(next_hop[16:])}"
    return render_address(next_hop)


NEXT_HOP: Final = Attribute(
    code=AttributeCode.NEXT_HOP,
    name="next_hop",
    flags=WELL_KNOWN,
    check=_check,
    decode=_identity,
    encode=_identity,
    render=_render,
)
