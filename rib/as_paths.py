"""What operators have done to the AS_PATH for an external neighbor: private ASes, the neighbor's own AS."""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from messages.attributes.as_path import AsPath


class PrivateAs(Enum):
    """What becomes of private ASes in a path that goes to an external neighbor."""

    KEEP = "off"
    REMOVE = "remove"
    REPLACE = "replace"
    """By our own AS, so that the path stays as long as it is."""


_PRIVATE: Final = (range(64512, 65535), range(4_200_000_000, 4_294_967_295))
"""RFC 6996 §5."""


def is_private(asn: int) -> bool:
    """Tell whether an AS number means nothing outside of the network that uses it (RFC 6996)."""
    return any(asn in numbers for numbers in _PRIVATE)


def without_private(path: AsPath, own: int | None, kept: int) -> AsPath:
    """Return the path with our own AS in place of private ones, or with nothing if ``own`` is None.

    ``kept`` stays even if it is private.
    """
    return path.translate(lambda asn: own if is_private(asn) and asn != kept else asn)


def override(path: AsPath, theirs: int, own: int) -> AsPath:
    """Return the path without the neighbor's AS, so that a route of its other site is no loop to it."""
    return path.translate(lambda asn: own if asn == theirs else asn)


def prepend_each(path: AsPath, asns: Sequence[int]) -> AsPath:
    """Return the path with these ASes before it, in this order."""
    for asn in reversed(asns):
        path = path.prepend(asn)
    return path
