"""ORIGINATOR_ID path attribute (RFC 4456 §8)."""

from typing import Final

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute, length_is
from messages.families.prefix import render_address
from messages.iana import AttributeCode


def _encode(router_id: int) -> bytes:
    return router_id.to_bytes(4)


def _render(router_id: int) -> str:
    return render_address(router_id.to_bytes(4))


ORIGINATOR_ID: Final = Attribute(
    code=AttributeCode.ORIGINATOR_ID,
    name="originator_id",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=length_is(4),  # RFC 7606 §7.9
    decode=int.from_bytes,
    encode=_encode,
    render=_render,
    internal_only=True,
    member_only=True,
)
