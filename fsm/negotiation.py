"""Our OPEN, and what it and the peer's OPEN agree on (RFC 4271 §4.2, RFC 5492, RFC 4760 §8, RFC 6793 §4)."""

from dataclasses import dataclass
from typing import Final

from fsm.open_check import check_open
from fsm.settings import Settings
from messages.capabilities import (
    EXTENDED_MESSAGE,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.context import Context
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST, Family
from messages.iana import (
    AS_TRANS,
    EXTENDED_MESSAGE_OCTETS,
    MAXIMUM_MESSAGE_OCTETS,
    ErrorCode,
    OpenSubcode,
)
from messages.open import Open

VERSION: Final = 4
_LARGEST_TWO_OCTET_AS: Final = 0xFFFF
_SHORTEST_SEND_HOLD_TIME: Final = 480.0


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The terms of one session."""

    context: Context
    families: tuple[Family, ...]
    """What both speakers exchange, in our order."""
    peer_asn: int
    peer_router_id: int
    peer_capabilities: Capabilities
    hold_time: int
    keepalive_time: float
    send_hold_time: float
    route_refresh: bool
    """Whether the peer takes ROUTE-REFRESH messages."""

    @property
    def external(self) -> bool:
        """Whether the peer is in another AS."""
        return self.context.external


def announced_capabilities(settings: Settings) -> Capabilities:
    """Return what our OPEN announces."""
    always = Capabilities.of(
        *((MULTIPROTOCOL, family) for family in settings.families),
        (ROUTE_REFRESH, True),
        (FOUR_OCTET_AS, settings.local_asn),
        *(((EXTENDED_MESSAGE, True),) if settings.extended_messages else ()),
    )
    return always + settings.capabilities


def local_open(settings: Settings) -> Open:
    """Return the OPEN that we send."""
    fits = settings.local_asn <= _LARGEST_TWO_OCTET_AS
    return Open(
        version=VERSION,
        autonomous_system=settings.local_asn if fits else AS_TRANS,
        hold_time=settings.hold_time,
        router_id=settings.router_id,
        capabilities=announced_capabilities(settings),
    )


def negotiate(message: Open, settings: Settings) -> Negotiated:
    """Return the terms of a session with the sender of this OPEN, or raise ``NotificationError``."""
    check_open(message, settings)
    capabilities = message.capabilities
    families = _common_families(capabilities, settings)
    hold_time = min(settings.hold_time, message.hold_time)
    extended = settings.extended_messages and EXTENDED_MESSAGE in capabilities  # RFC 8654 §4
    return Negotiated(
        context=Context(
            external=message.asn != settings.local_asn,
            as_number_octets=4 if FOUR_OCTET_AS in capabilities else 2,
            families=frozenset(families),
            message_octets=EXTENDED_MESSAGE_OCTETS if extended else MAXIMUM_MESSAGE_OCTETS,
        ),
        families=families,
        peer_asn=message.asn,
        peer_router_id=message.router_id,
        peer_capabilities=capabilities,
        hold_time=hold_time,
        keepalive_time=_keepalive_time(hold_time, settings),
        send_hold_time=settings.send_hold_time or max(_SHORTEST_SEND_HOLD_TIME, 2.0 * hold_time),
        route_refresh=ROUTE_REFRESH in capabilities,
    )


def _common_families(capabilities: Capabilities, settings: Settings) -> tuple[Family, ...]:
    """A peer that announces no Multiprotocol capability speaks IPv4 unicast (RFC 4760 §8).

    Without a common family the session has no purpose: it ends with Unsupported Capability and the
    capabilities we miss in the data (RFC 5492 §5). The subcode 8 that others use for this is deprecated at
    IANA.
    """
    theirs = capabilities.all(MULTIPROTOCOL) or (IPV4_UNICAST,)
    common = tuple(family for family in settings.families if family in theirs)
    if not common:
        missed = Capabilities.of(*((MULTIPROTOCOL, family) for family in settings.families))
        reason = f"the peer speaks none of {', '.join(family.name for family in settings.families)}"
        raise NotificationError(
            ErrorCode.OPEN_MESSAGE, OpenSubcode.UNSUPPORTED_CAPABILITY, missed.encode(), reason
        )
    return common


def _keepalive_time(hold_time: int, settings: Settings) -> float:
    """A third of the hold time, or less if configured (RFC 4271 §4.4, §10)."""
    third = hold_time / 3
    return third if settings.keepalive_time is None else min(third, settings.keepalive_time)
