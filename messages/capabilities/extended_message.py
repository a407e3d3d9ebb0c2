"""BGP Extended Message capability (RFC 8654 §3)."""

from typing import Final

from messages.capabilities.capability import mark
from messages.iana import CapabilityCode

EXTENDED_MESSAGE: Final = mark(CapabilityCode.EXTENDED_MESSAGE, "extended_message")
