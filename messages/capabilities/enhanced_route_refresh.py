"""Enhanced Route Refresh capability (RFC 7313 §3.1)."""

from typing import Final

from messages.capabilities.capability import mark
from messages.iana import CapabilityCode

ENHANCED_ROUTE_REFRESH: Final = mark(CapabilityCode.ENHANCED_ROUTE_REFRESH, "enhanced_route_refresh")
