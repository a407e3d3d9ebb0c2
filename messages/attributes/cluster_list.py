"""CLUSTER_LIST path attribute (RFC 4456 §8)."""

from struct import pack, unpack
from typing import Final

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute, elements_of
from messages.families.prefix import render_address
from messages.iana import AttributeCode


def _decode(value: bytes) -> tuple[int, ...]:
    return unpack(f"!{len(value) // 4}I", value)


def _encode(clusters: tuple[int, ...]) -> bytes:
    return pack(f"!{len(clusters)}I", *clusters)


def _render(clusters: tuple[int, ...]) -> str:
    return " ".join(render_address(cluster.to_bytes(4)) for cluster in clusters)


CLUSTER_LIST: Final = Attribute(
    code=AttributeCode.CLUSTER_LIST,
    name="cluster_list",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=elements_of(4),  # RFC 7606 §7.10
    decode=_decode,
    encode=_encode,
    render=_render,
    internal_only=True,
    member_only=True,
)
