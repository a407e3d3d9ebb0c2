"""LARGE_COMMUNITY path attribute (RFC 8092)."""

from struct import Struct
from typing import Final, NamedTuple

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, check_multiple
from messages.context import Context
from messages.iana import AttributeCode

_COMMUNITY: Final = Struct("!III")


class LargeCommunity(NamedTuple):
    """Twelve octets that operators write as ``64496:1:2`` (RFC 8092 §2)."""

    global_administrator: int
    local_data_1: int
    local_data_2: int

    def __str__(self) -> str:
        return f"{self.global_administrator}:{self.local_data_1}:{self.local_data_2}"


def _check(value: bytes, _context: Context) -> None:
    """RFC 8092 §6."""
    check_multiple(value, _COMMUNITY.size)


def _decode(value: bytes) -> tuple[LargeCommunity, ...]:
    communities = map(LargeCommunity._make, _COMMUNITY.iter_unpack(value))
    return tuple(dict.fromkeys(communities))  # duplicates are removed silently (RFC 8092 §3)


def _encode(communities: tuple[LargeCommunity, ...]) -> bytes:
    return b"".join(_COMMUNITY.pack(*community) for community in communities)


def _render(communities: tuple[LargeCommunity, ...]) -> str:
    return " ".join(f"({', '.join(map(str, community))})" for community in communities)


LARGE_COMMUNITIES: Final = Attribute(
    code=AttributeCode.LARGE_COMMUNITY,
    name="large_community",
    flags=OPTIONAL_TRANSITIVE,
    check=_check,
    decode=_decode,
    encode=_encode,
    render=_render,
)
