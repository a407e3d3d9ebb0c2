"""Families in capabilities, which may be ones that we do not know (RFC 4760 §8)."""

from messages.families import FAMILIES, Family

AnyFamily = Family | tuple[int, int]
"""A family that is unknown to us stays the numbers it has: AFI and SAFI."""


def family_of(afi: int, safi: int) -> AnyFamily:
    """Return the family with these numbers."""
    return FAMILIES.get((afi, safi), (afi, safi))


def numbers_of(family: AnyFamily) -> tuple[int, int]:
    """Return AFI and SAFI."""
    return (family.afi, family.safi) if isinstance(family, Family) else family


def render_family(family: AnyFamily) -> str:
    """Return ``ipv4``, or ``25/70`` for a family without a name."""
    return family.name if isinstance(family, Family) else f"{family[0]}/{family[1]}"
