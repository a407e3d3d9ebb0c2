"""IPv6 unicast (RFC 2545, RFC 4760)."""

from typing import Final

from messages.families.family import Family
from messages.iana import AFI, SAFI

IPV6_UNICAST: Final = Family(AFI.IPV6, SAFI.UNICAST, name="ipv6", address_octets=16, max_bits=128)
