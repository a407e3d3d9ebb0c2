"""The body of an UPDATE (RFC 4271 §4.3)."""

from collections.abc import Sequence
from typing import Final

from bgpd.explain.attributes import Attribute, attribute_name, read_attributes
from bgpd.explain.field import Explanation, Fault, Reader
from bgpd.explain.layout import LEFT_OVER
from bgpd.explain.prefixes import read_prefixes
from bgpd.explain.rules import attribute_reason, session_reason
from messages.attribute_set import AttributeSetTable
from messages.attributes import ATTRIBUTES
from messages.attributes.attribute import OPTIONAL, TRANSITIVE
from messages.context import Context
from messages.errors import AttributeFlaw, NotificationError
from messages.iana import AFI, SAFI
from messages.update import Update, decode_update

_OVERRUN: Final = "RFC 4271 §6.3, RFC 7606 §3 b"


def explain_update(explanation: Explanation, reader: Reader, context: Context) -> NotificationError | None:
    """Read the body; return what ends the session, if something does."""
    begin = reader.offset
    body = reader.peek(reader.left)
    attributes = _read_body(explanation, reader, context)
    try:
        update = decode_update(body, AttributeSetTable(context))
    except NotificationError as error:
        if not explanation.faults:
            explanation.faults.append(_fatal(error, attributes, begin))
        return error
    explanation.faults += [_fault(flaw, attributes, begin) for flaw in update.errors if not _is_ignored(flaw)]
    explanation.verdict = _summary(update)
    return None


def _read_body(explanation: Explanation, reader: Reader, context: Context) -> Sequence[Attribute]:
    """Read the three fields; the first whose length is wrong is the last."""
    withdrawn = _inner(explanation, reader, "Withdrawn Routes Length", "withdrawn routes")
    if withdrawn is None:
        return ()
    explanation.faults += read_prefixes(withdrawn, AFI.IPV4, SAFI.UNICAST, context)
    inner = _inner(explanation, reader, "Total Path Attribute Length", "path attributes")
    if inner is None:
        return ()
    attributes, faults = read_attributes(inner, context)
    explanation.faults += faults
    explanation.faults += read_prefixes(reader, AFI.IPV4, SAFI.UNICAST, context)
    return attributes


def _inner(explanation: Explanation, reader: Reader, name: str, what: str) -> Reader | None:
    """Read the length of a field; return a reader of the field if the message has all of it."""
    offset = reader.offset
    if reader.left < 2:
        explanation.faults.append(
            Fault(offset, f"the message ends before the length of its {what}", _OVERRUN)
        )
        reader.rest(LEFT_OVER)
        return None
    octets = reader.number(name, 2)
    if octets > reader.left:
        reason = f"{octets} octets of {what}, but {reader.left} are left of the message"
        explanation.faults.append(Fault(offset, reason, _OVERRUN))
        reader.rest(LEFT_OVER)
        return None
    return reader.inner(octets)


def _fatal(error: NotificationError, attributes: Sequence[Attribute], begin: int) -> Fault:
    """Find the place of what ends the session: the attribute it complains about, else the body."""
    for each in attributes:
        if each.octets == error.data:
            return Fault(each.offset, *attribute_reason(each.code, error.reason))
    place = next((each.offset for each in attributes if _is_repeated(each, attributes)), begin)
    return Fault(place, *session_reason(error.code, error.reason))


def _is_ignored(flaw: AttributeFlaw) -> bool:
    """Tell whether it is a family that is unknown here, which may well be right."""
    return not flaw.code and not flaw.wire


def _is_repeated(attribute: Attribute, attributes: Sequence[Attribute]) -> bool:
    return any(each.code == attribute.code and each.offset < attribute.offset for each in attributes)


def _fault(flaw: AttributeFlaw, attributes: Sequence[Attribute], begin: int) -> Fault:
    """Find the place of a flaw; one that is not in the octets, as of a missing attribute, is at the body."""
    same = [each for each in attributes if each.octets == flaw.wire]
    same = same or [each for each in attributes if each.code == flaw.code and flaw.wire]
    place = same[-1] if same else Attribute(begin, flaw.code, b"")
    reason, rule = attribute_reason(flaw.code, flaw.reason)
    rule = _general_rule(flaw, place, attributes) or rule
    name = attribute_name(flaw.code)
    text = f"{name}: {reason}" if flaw.code else reason
    if not flaw.wire:
        text = f"{name} is missing"
    return Fault(place.offset, text, rule, flaw.cost.name.lower().replace("_", " "))


def _general_rule(flaw: AttributeFlaw, place: Attribute, attributes: Sequence[Attribute]) -> str:
    """Return the rule if it is one that all attributes share."""
    if not flaw.wire:
        return "RFC 4271 §6.3, RFC 7606 §3 d"
    if place.overruns:
        return "RFC 7606 §4"
    if _is_repeated(place, attributes):
        return "RFC 7606 §3 g"
    row = ATTRIBUTES.get(flaw.code)
    if row is not None and (flaw.wire[0] ^ row.flags) & (OPTIONAL | TRANSITIVE):
        return "RFC 4271 §6.3, RFC 7606 §3 c"
    return ""


def _summary(update: Update) -> str:
    """Say what the UPDATE does."""
    if update.end_of_rib:
        return f"End-of-RIB of {update.end_of_rib.name} (RFC 4724 §2)"
    counts = [(family, len(keys), "announces") for family, _, keys in update.announced]
    counts += [(family, len(keys), "announces") for family, _, keys in update.announced_paths]
    counts += [(family, len(keys), "withdraws") for family, keys in update.withdrawn]
    counts += [(family, len(keys), "withdraws") for family, keys in update.withdrawn_paths]
    parts = [f"{verb} {count} {family.name} route{'s' * (count != 1)}" for family, count, verb in counts]
    parts += [f"ignored: {flaw.reason}" for flaw in update.errors if _is_ignored(flaw)]
    return ", ".join(parts) or "changes no route"
