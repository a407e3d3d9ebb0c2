"""What an UPDATE or a ROUTE-REFRESH means to the families of an established session."""

from collections.abc import Mapping

from bgpd.protocols.exchange import Exchange
from messages.families import Family
from messages.iana import RouteRefreshSubtype
from messages.route_refresh import RouteRefresh
from messages.update import Update


def take_update(update: Update, exchanges: Mapping[Family, Exchange], now: int) -> None:
    """Put the routes of one UPDATE into the tables, and take out what it withdraws.

    Raises LimitReachedError if they are too many.
    """
    for family, keys in update.withdrawn:
        exchanges[family].withdraw(keys)
    for family, withdrawn_paths in update.withdrawn_paths:
        exchanges[family].withdraw(withdrawn_paths)
    for family, attributes, keys in update.announced:
        exchanges[family].announce(attributes, keys, now)
    for family, attributes, paths in update.announced_paths:
        exchanges[family].announce(attributes, paths, now)
    if update.end_of_rib is not None and update.end_of_rib in exchanges:
        exchanges[update.end_of_rib].end_of_rib()


def take_route_refresh(
    message: RouteRefresh, exchanges: Mapping[Family, Exchange], *, is_enhanced: bool
) -> None:
    """Send the family's routes again, or note that the neighbor does (RFC 2918 §4, RFC 7313 §4).

    Other families and unknown subtypes are ignored. To who does not know subtypes that octet is reserved,
    whatever it has (RFC 2918 §3).
    """
    for family, exchange in exchanges.items():
        if (family.afi, family.safi) != (message.afi, message.safi):
            continue
        if message.subtype == RouteRefreshSubtype.REQUEST or not is_enhanced:
            exchange.export_again()
        elif message.subtype == RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH:
            exchange.refresh_begins()
        elif message.subtype == RouteRefreshSubtype.END_OF_ROUTE_REFRESH:
            exchange.refresh_ends()
