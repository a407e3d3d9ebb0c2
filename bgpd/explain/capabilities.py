"""Capabilities of an OPEN (RFC 5492 §4)."""

from collections.abc import Mapping
from typing import Final

from bgpd.explain.field import Fault, Reader, name_in
from bgpd.explain.layout import LEFT_OVER, Layout, Part, read_layout, readable
from messages.capabilities import CAPABILITIES
from messages.errors import MalformedValueError
from messages.iana import AFI, SAFI, AddPathDirection, CapabilityCode, Role

_RULES: Final[Mapping[int, str]] = {
    CapabilityCode.MULTIPROTOCOL: "RFC 4760 §8",
    CapabilityCode.ROUTE_REFRESH: "RFC 2918 §2",
    CapabilityCode.EXTENDED_NEXT_HOP: "RFC 8950 §4",
    CapabilityCode.EXTENDED_MESSAGE: "RFC 8654 §3",
    CapabilityCode.ROLE: "RFC 9234 §4.1",
    CapabilityCode.GRACEFUL_RESTART: "RFC 4724 §3",
    CapabilityCode.FOUR_OCTET_AS: "RFC 6793 §3",
    CapabilityCode.ADD_PATH: "RFC 7911 §4",
    CapabilityCode.ENHANCED_ROUTE_REFRESH: "RFC 7313 §3.1",
    CapabilityCode.LONG_LIVED_GRACEFUL_RESTART: "RFC 9494 §3.1",
}
_FRAMING: Final = "RFC 5492 §4"
_capability_names = name_in(CapabilityCode)


def capability_name(code: int) -> str:
    """Return what the registry calls a capability."""
    name = _capability_names(code)
    return f"Capability {code}" if name == "unknown" else name


def read_capabilities(reader: Reader) -> list[Fault]:
    """Read capabilities to the end of their parameter, or to one that overruns it."""
    faults: list[Fault] = []
    while reader.left:
        header = reader.peek(2)
        if len(header) < 2 or 2 + header[1] > reader.left:
            faults.append(Fault(reader.offset, "a capability overruns its parameter", _FRAMING))
            reader.rest(LEFT_OVER)
            break
        code, octets = header
        faults += _check(code, reader.peek(2 + octets)[2:], reader.offset)
        inner = reader.heading(capability_name(code), 2 + octets)
        inner.number("Capability Code", meaning=_capability_names)
        inner.number("Capability Length")
        _read_value(inner, code)
    return faults


def _check(code: int, value: bytes, offset: int) -> list[Fault]:
    row = CAPABILITIES.get(code)
    if row is not None:
        try:
            row.decode(value)
        except MalformedValueError as error:
            cost = "capability ignored" if row.ignored_if_malformed else ""
            return [Fault(offset, f"{capability_name(code)}: {error}", _RULES.get(code, _FRAMING), cost)]
    return []


def _read_value(reader: Reader, code: int) -> None:
    if code in _LAYOUTS:
        read_layout(reader, _LAYOUTS[code])
    elif code == CapabilityCode.FQDN:
        _read_text(reader, "Hostname")
        _read_text(reader, "Domain Name")
        reader.rest(LEFT_OVER)
    elif code == CapabilityCode.SOFTWARE_VERSION:
        _read_text(reader, "Version")
        reader.rest(LEFT_OVER)
    else:
        reader.rest(
            "Capability Value", "" if code in CAPABILITIES else "of a capability that is unknown here"
        )


def _read_text(reader: Reader, name: str) -> None:
    if reader.left:
        octets = reader.number(f"{name} Length")
        reader.take(name, octets, readable(reader.peek(octets)))


def _restart(flags_and_time: int) -> str:
    """RFC 4724 §3, RFC 8538 §2."""
    flags, seconds = flags_and_time >> 12, flags_and_time & 0xFFF
    names = [name for bit, name in ((8, "restarted"), (4, "notifications too")) if flags & bit]
    return ", ".join([f"{seconds} s", *names])


def _forwarding(flags: int) -> str:
    return "forwarding state preserved" if flags & 0x80 else ""


_AFI: Final = Part("AFI", 2, meaning=name_in(AFI))
_SAFI: Final = Part("SAFI", 1, meaning=name_in(SAFI))

_LAYOUTS: Final[Mapping[int, Layout]] = {
    CapabilityCode.MULTIPROTOCOL: Layout((_AFI, Part("Reserved"), _SAFI)),
    CapabilityCode.EXTENDED_NEXT_HOP: Layout(
        repeated=(
            Part("NLRI AFI", 2, meaning=name_in(AFI)),
            Part("NLRI SAFI", 2, meaning=name_in(SAFI)),
            Part("Nexthop AFI", 2, meaning=name_in(AFI)),
        )
    ),
    CapabilityCode.ROLE: Layout((Part("Role", meaning=name_in(Role)),)),
    CapabilityCode.GRACEFUL_RESTART: Layout(
        (Part("Restart Flags and Time", 2, meaning=_restart),),
        (_AFI, _SAFI, Part("Flags for Address Family", meaning=_forwarding)),
    ),
    CapabilityCode.FOUR_OCTET_AS: Layout((Part("AS", 4),)),
    CapabilityCode.ADD_PATH: Layout(
        repeated=(_AFI, _SAFI, Part("Send/Receive", meaning=name_in(AddPathDirection)))
    ),
    CapabilityCode.LONG_LIVED_GRACEFUL_RESTART: Layout(
        repeated=(
            _AFI,
            _SAFI,
            Part("Flags for Address Family", meaning=_forwarding),
            Part("Long-lived Stale Time", 3, meaning=lambda _seconds: "seconds"),
        )
    ),
}
