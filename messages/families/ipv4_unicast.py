"""IPv4 unicast (RFC 4271 §4.3, RFC 4760)."""

from typing import Final

from messages.families.family import Family
from messages.iana import AFI, SAFI

IPV4_UNICAST: Final = Family(AFI.IPV4, SAFI.UNICAST, name="ipv4", address_octets=4, max_bits=32)
