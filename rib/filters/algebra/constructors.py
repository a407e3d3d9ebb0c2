"""Communities made of numbers: ``(1, 2)``, ``(1, 2, 3)``, ``(rt, 1, 2)``."""

from typing import Final

from rib.filters.errors import RunError
from rib.filters.values import Address, ExtendedCommunity, LargeCommunity, Pair, Quad

GENERIC: Final = 0xFFFF
"""The kind of ``(generic, key, value)``, whose key is the upper 32 bits as they are."""
_AS2, _IP4, _AS4 = 0x0000, 0x0100, 0x0200
"""What the key of an extended community is (RFC 4360 §3.1, §3.2; RFC 5668 §2)."""
_HALF: Final = 0xFFFF


def pair(first: object, second: object) -> Pair:
    """``(first, second)``: a community (RFC 1997)."""
    if type(first) is not int or type(second) is not int:
        raise RunError("Can't operate with value of non-integer type in pair constructor")
    if first > _HALF or second > _HALF:
        raise RunError("Can't operate with value out of bounds in pair constructor")
    return Pair(first << 16 | second)


def large_community(first: object, second: object, third: object) -> LargeCommunity:
    """``(first, second, third)`` (RFC 8092)."""
    if type(first) is not int or type(second) is not int or type(third) is not int:
        raise RunError("Can't operate with value of non-integer type in LC constructor")
    return LargeCommunity(first, second, third)


def extended_community(kind: int, key: object, value: object) -> ExtendedCommunity:
    """``(rt, key, value)``: two octets of kind; the key decides what is left for the value (RFC 4360 §3)."""
    key = Quad(int.from_bytes(key)) if type(key) is Address and len(key) == 4 else key
    if type(key) is not int and type(key) is not Quad:
        raise RunError("Can't operate with key of non-integer/IPv4 type in EC constructor")
    if type(value) is not int:
        raise RunError("Can't operate with value of non-integer type in EC constructor")
    if kind == GENERIC:
        return ExtendedCommunity(key << 32 | value)
    kind &= _HALF
    if type(key) is int and key <= _HALF:
        return ExtendedCommunity((kind | _AS2) << 48 | key << 32 | value)
    if value > _HALF:
        raise RunError("Can't operate with value out of bounds in EC constructor")
    kind |= _IP4 if type(key) is Quad else _AS4
    return ExtendedCommunity(kind << 48 | key << 16 | value)
