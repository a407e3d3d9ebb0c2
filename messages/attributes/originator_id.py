"""ORIGINATOR_ID path attribute (RFC 4456 §8)."""

from typing import Final

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute, check_length
from messages.context import Context
from messages.families.prefix import render_address
from messages.iana import AttributeCode


def _check(value: bytes, _context: Context) -> None:
    """RFC 7606 §7.9."""
    check_length(value, 4)


def _encode(router_id: int) -> bytes:
    return router_id.to_bytes(4)


def _render(router_id: int) -> str:
    return render_address(router_id.to_bytes(4))


ORIGINATOR_ID: Final = Attribute(
    code=AttributeCode.ORIGINATOR_ID,
    name="originator_id",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=_check,
    decode=int.from_bytes,
    encode=_encode,
    render=_render,
    internal_only=True,
)
