"""An UPDATE that an end of a link has sent and forgotten."""

from typing import Any

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, NEXT_HOP, ORIGIN, AsPath, Segment
from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from messages.iana import HEADER_OCTETS, Origin, SegmentType
from messages.update import encode_attributes, pack_announcements
from tests.simulator.neighbor import Neighbor

_IDENTIFIER = 0xFFFF_FFFF
_SOMEBODY = 65104


def ghost_from(sender: Neighbor, key: PrefixKey) -> bytes:
    """Return the body of a message that this end could have written."""
    family, context = sender.family, sender.context
    values: dict[Any, Any] = {
        ORIGIN: Origin.IGP,
        AS_PATH: AsPath.from_segments(*_path(sender)),
        NEXT_HOP: sender.us.address(family),
    }
    if not sender.terms.external:
        values[LOCAL_PREF] = 100
    encoded = encode_attributes(AttributeSet.of(values), family, context)
    keys = [make_path(_IDENTIFIER, key)] if context.add_path_send else [key]
    (message,) = pack_announcements(family, encoded, keys, context)
    return message[HEADER_OCTETS:]


def _path(sender: Neighbor) -> list[Segment]:
    somebody = Segment(SegmentType.AS_SEQUENCE, (_SOMEBODY,))
    if sender.terms.external:
        return [Segment(SegmentType.AS_SEQUENCE, (sender.us.public_as, _SOMEBODY))]
    if sender.terms.confederation:
        return [Segment(SegmentType.AS_CONFED_SEQUENCE, (sender.us.asn,)), somebody]
    return [somebody]
