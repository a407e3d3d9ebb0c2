"""The messages of an established session, one line each, as BIRD's ``debug { packets }`` has them."""

from collections.abc import Mapping, Sequence
from typing import Final

from bgpd.logs.journal import Journal
from messages.families import FAMILIES
from messages.iana import HEADER_OCTETS, MessageType, RouteRefreshSubtype
from messages.update import JoinedUpdates, encode_end_of_rib

_TYPE_AT: Final = HEADER_OCTETS - 1
_SUBTYPE_AT: Final = HEADER_OCTETS + 2
_ENDS_OF_RIB: Final = {encode_end_of_rib(family) for family in FAMILIES.values()}
_REFRESHES: Final[Mapping[int, str]] = {
    RouteRefreshSubtype.REQUEST: "ROUTE-REFRESH",
    RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH: "BEGIN-OF-RR",
    RouteRefreshSubtype.END_OF_ROUTE_REFRESH: "END-OF-RR",
}


def note_sent(journal: Journal, messages: Sequence[bytes]) -> None:
    """Note what is written to a neighbor."""
    if "packets" in journal.traces:
        for message in messages:
            number = message.number if isinstance(message, JoinedUpdates) else 1
            journal.note_messages(f"Sending {_words(message)}", number)


def note_updates(journal: Journal, number: int) -> None:
    """Note the UPDATEs of a neighbor."""
    if "packets" in journal.traces:
        journal.note_messages("Got UPDATE", number)


def note_refresh(journal: Journal, subtype: int) -> None:
    """Note a ROUTE-REFRESH of a neighbor, in which an unknown subtype means nothing."""
    journal.note_packet("Got %s", _refresh(subtype))


def _refresh(subtype: int) -> str:
    return _REFRESHES.get(subtype, "ROUTE-REFRESH")


def _words(message: bytes) -> str:
    if message[_TYPE_AT] == MessageType.ROUTE_REFRESH:
        return _refresh(message[_SUBTYPE_AT])
    return "END-OF-RIB" if message in _ENDS_OF_RIB else "UPDATE"
