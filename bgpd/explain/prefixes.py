"""Prefixes as they stand in an UPDATE (RFC 4271 §4.3, RFC 4760 §5, RFC 7911 §3)."""

from typing import Final

from bgpd.explain.field import Fault, Reader
from bgpd.explain.layout import LEFT_OVER
from messages.context import Context
from messages.families import FAMILIES, Family
from messages.families.prefix import PrefixKey, make_key, render_prefix

_PATH_IDENTIFIER_OCTETS: Final = 4
_RULE: Final = "RFC 4271 §6.3, RFC 7606 §5.3"


def read_prefixes(reader: Reader, afi: int, safi: int, context: Context) -> list[Fault]:
    """Read a field of prefixes to its end, or to the first that is none."""
    family = FAMILIES.get((afi, safi))
    if family is None:
        reader.rest("Prefixes", "of a family that is unknown here")
        return []
    while reader.left:
        if family in context.add_path_receive:
            if reader.left <= _PATH_IDENTIFIER_OCTETS:
                reason = f"{reader.left} octets have no room for a path identifier and a prefix"
                return [_leave(reader, reason, "RFC 7911 §3")]
            reader.number("Path Identifier", _PATH_IDENTIFIER_OCTETS)
        reason = _read_prefix(reader, family)
        if reason:
            return [_leave(reader, reason, _RULE)]
    return []


def _leave(reader: Reader, reason: str, rule: str) -> Fault:
    fault = Fault(reader.offset, reason, rule)
    reader.rest(LEFT_OVER)
    return fault


def _read_prefix(reader: Reader, family: Family) -> str:
    """Read one prefix; return what is wrong if it cannot be one."""
    bits = reader.peek(1)[0]
    octets = 1 + (bits + 7 >> 3)
    if bits > family.max_bits:
        return f"prefix length {bits} is more than {family.max_bits}"
    if octets > reader.left:
        return f"a prefix of length {bits} takes {octets} octets, and {reader.left} are left"
    received = PrefixKey(reader.peek(octets))
    key = make_key(received[1:].ljust(family.address_octets, b"\0"), bits)
    meaning = "" if key == received else "bits behind the prefix are set, and ignored (RFC 4271 §4.3)"
    reader.take("Prefix", octets, render_prefix(key, family), meaning)
    return ""
