"""LARGE_COMMUNITY path attribute (RFC 8092)."""

from collections.abc import Iterable
from struct import Struct
from typing import Final, NamedTuple

from messages.attributes.attribute import OPTIONAL_TRANSITIVE, Attribute, elements_of
from messages.iana import AttributeCode

_COMMUNITY: Final = Struct("!III")


class LargeCommunity(NamedTuple):
    """Twelve octets that operators write as ``64496:1:2`` (RFC 8092 §2)."""

    global_administrator: int
    local_data_1: int
    local_data_2: int

    def __str__(self) -> str:
        return f"{self.global_administrator}:{self.local_data_1}:{self.local_data_2}"


def _decode(value: bytes) -> tuple[LargeCommunity, ...]:
    return tuple(map(LargeCommunity._make, _COMMUNITY.iter_unpack(value)))


def _encode(communities: Iterable[LargeCommunity]) -> bytes:
    return b"".join(_COMMUNITY.pack(*community) for community in communities)


def _without_duplicates(value: bytes) -> bytes:
    """Duplicates are removed silently, and never sent (RFC 8092 §2)."""
    different = dict.fromkeys(_COMMUNITY.iter_unpack(value))
    return (
        value
        if len(different) * _COMMUNITY.size == len(value)
        else _encode(map(LargeCommunity._make, different))
    )


def _render(communities: tuple[LargeCommunity, ...]) -> str:
    return " ".join(f"({', '.join(map(str, community))})" for community in communities)


def _describe(communities: tuple[LargeCommunity, ...]) -> str:
    return " ".join(map(str, communities))


LARGE_COMMUNITIES: Final = Attribute(
    code=AttributeCode.LARGE_COMMUNITY,
    name="large_community",
    flags=OPTIONAL_TRANSITIVE,
    check=elements_of(_COMMUNITY.size),  # RFC 8092 §6
    decode=_decode,
    encode=_encode,
    render=_render,
    describe=_describe,
    tidy=_without_duplicates,
)
