"""Values as more than one kind of attribute takes them."""

from rib.filters.errors import RunError
from rib.filters.values import Address


def number(value: object) -> int:
    if type(value) is not int:
        raise RunError("Setting int attribute to non-int value")
    return value


def address(value: object) -> bytes:
    if not isinstance(value, Address):
        raise RunError("Setting ip attribute to non-ip value")
    return bytes(value)
