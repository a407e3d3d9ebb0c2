"""The row type of the registry of address families."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One AFI/SAFI (RFC 4760 §6).

    There is one object per family, so families are compared and hashed by identity.
    """

    afi: int
    safi: int
    name: str
    address_octets: int
    max_bits: int

    def __repr__(self) -> str:
        return f"<Family {self.name}>"
