"""Route Refresh capability (RFC 2918 §2)."""

from typing import Final

from messages.capabilities.capability import mark
from messages.iana import CapabilityCode

ROUTE_REFRESH: Final = mark(CapabilityCode.ROUTE_REFRESH, "route_refresh")
