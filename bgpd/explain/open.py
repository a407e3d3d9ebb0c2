"""The body of an OPEN (RFC 4271 §4.2, RFC 5492, RFC 9072)."""

from typing import Final

from bgpd.explain.capabilities import read_capabilities
from bgpd.explain.field import Explanation, Fault, Reader, name_in
from bgpd.explain.layout import LEFT_OVER
from bgpd.explain.rules import session_reason
from messages.errors import NotificationError
from messages.families.prefix import render_address
from messages.iana import ErrorCode, OpenSubcode, OptionalParameter
from messages.open import Open, decode_open

_FIXED_OCTETS: Final = 10
_VERSION: Final = 4
_PARAMETERS: Final = "RFC 4271 §4.2"
_RULE: Final = "RFC 4271 §6.2"
_EXTENDED: Final = "RFC 9072 §2"


def explain_open(explanation: Explanation, reader: Reader) -> NotificationError | None:
    """Read the body; return what ends the session, if something does."""
    begin = reader.offset
    body = reader.peek(reader.left)
    if len(body) < _FIXED_OCTETS:
        reader.rest(LEFT_OVER)
    else:
        explanation.faults += _read_fixed(reader)
        explanation.faults += _read_parameters(reader)
    try:
        message = decode_open(body)
    except NotificationError as error:
        if not explanation.faults:
            explanation.faults.append(Fault(begin, *session_reason(error.code, error.reason)))
        return error
    explanation.verdict = _summary(message)
    return None


def _read_fixed(reader: Reader) -> list[Fault]:
    """Read the fields that every OPEN has, and judge what needs no configuration to be judged."""
    begin = reader.offset
    version = reader.number("Version")
    autonomous_system = reader.number("My Autonomous System", 2)
    hold_time = reader.number("Hold Time", 2, lambda seconds: "seconds" if seconds else "no KEEPALIVEs")
    router_id = reader.take("BGP Identifier", 4, render_address(reader.peek(4)))
    faults = []
    if version != _VERSION:
        faults.append(Fault(begin, f"version {version} is not {_VERSION}", _RULE))
    if not autonomous_system:
        faults.append(_refused(begin + 1, "AS 0 is reserved", "RFC 7607 §2", OpenSubcode.BAD_PEER_AS))
    if hold_time in (1, 2):
        reason = f"hold time {hold_time} is less than 3 seconds"
        faults.append(_refused(begin + 3, reason, _RULE, OpenSubcode.UNACCEPTABLE_HOLD_TIME))
    if not any(router_id):
        reason = "BGP Identifier 0.0.0.0 is not allowed"
        faults.append(_refused(begin + 5, reason, "RFC 6286 §2.1", OpenSubcode.BAD_BGP_IDENTIFIER))
    return faults


def _refused(offset: int, reason: str, rule: str, subcode: OpenSubcode) -> Fault:
    """Such an OPEN is well-formed, and refused all the same."""
    return Fault(offset, reason, rule, f"NOTIFICATION {ErrorCode.OPEN_MESSAGE:d}/{subcode:d}")


def _read_parameters(reader: Reader) -> list[Fault]:
    """Read the optional parameters, whose lengths have two octets in the extended form."""
    offset = reader.offset
    octets = reader.number("Optional Parameters Length")
    size = 1
    if octets and reader.peek(1) == bytes((OptionalParameter.EXTENDED_LENGTH,)):
        reader.number("Non-Extended OP Type", meaning=lambda _type: "extended form")
        if reader.left < 2:
            fault = Fault(reader.offset, "the message ends within the length of its parameters", _EXTENDED)
            reader.rest(LEFT_OVER)
            return [fault]
        offset, size = reader.offset, 2
        octets = reader.number("Extended Optional Parameters Length", 2)
    faults = []
    if octets != reader.left:
        reason = f"{octets} octets of optional parameters, but there are {reader.left}"
        faults.append(Fault(offset, reason, _EXTENDED if size == 2 else _PARAMETERS))
    faults += _read_each(reader.inner(octets), size)
    reader.rest(LEFT_OVER, "behind the optional parameters")
    return faults


def _read_each(reader: Reader, size: int) -> list[Fault]:
    faults: list[Fault] = []
    while reader.left:
        header = reader.peek(1 + size)
        octets = int.from_bytes(header[1:])
        if len(header) < 1 + size or len(header) + octets > reader.left:
            faults.append(Fault(reader.offset, "an optional parameter overruns the message", _PARAMETERS))
            reader.rest(LEFT_OVER)
            break
        offset = reader.offset
        kind = reader.number("Parameter Type", meaning=name_in(OptionalParameter))
        reader.number("Parameter Length", size)
        if kind == OptionalParameter.CAPABILITIES:
            faults += read_capabilities(reader.inner(octets))
        else:
            faults.append(Fault(offset, f"optional parameter {kind} is not supported", _RULE))
            reader.take("Parameter Value", octets)
    return faults


def _summary(message: Open) -> str:
    router_id = render_address(message.router_id.to_bytes(4))
    capabilities = str(message.capabilities) or "no capabilities"
    return f"AS {message.asn}, BGP Identifier {router_id}, hold time {message.hold_time}: {capabilities}"
