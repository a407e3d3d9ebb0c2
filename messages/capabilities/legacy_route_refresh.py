"""Route Refresh as it was announced before RFC 2918, under a code for private use.

It stands for messages of type 128, which nobody needs: who announces it announces ROUTE_REFRESH too.
"""

from typing import Final

from messages.capabilities.capability import mark
from messages.iana import CapabilityCode

LEGACY_ROUTE_REFRESH: Final = mark(CapabilityCode.LEGACY_ROUTE_REFRESH, "legacy_route_refresh")
