"""ROUTE-REFRESH message (RFC 2918, RFC 7313)."""

from struct import Struct
from typing import Final, NamedTuple

from messages.errors import NotificationError
from messages.framing import frame
from messages.iana import ErrorCode, MessageType, RouteRefreshSubcode, RouteRefreshSubtype

_BODY: Final = Struct("!HBB")


class RouteRefresh(NamedTuple):
    """A request to send a family again, or one of the two marks around the answer (RFC 7313 §3.2)."""

    afi: int
    safi: int
    subtype: int = RouteRefreshSubtype.REQUEST


def decode_route_refresh(body: bytes) -> RouteRefresh:
    """Read a ROUTE-REFRESH; the data of the error is the whole message (RFC 7313 §5)."""
    if len(body) != _BODY.size:
        raise NotificationError(
            ErrorCode.ROUTE_REFRESH_MESSAGE,
            RouteRefreshSubcode.INVALID_MESSAGE_LENGTH,
            frame(MessageType.ROUTE_REFRESH, body),
            f"a body of {len(body)} octets",
        )
    afi, subtype, safi = _BODY.unpack(body)
    return RouteRefresh(afi, safi, subtype)


def encode_route_refresh(refresh: RouteRefresh) -> bytes:
    """Return the message."""
    return frame(MessageType.ROUTE_REFRESH, _BODY.pack(refresh.afi, refresh.subtype, refresh.safi))
