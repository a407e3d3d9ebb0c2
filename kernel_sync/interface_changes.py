"""What a burst of news about interfaces changed, by what others look things up by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from messages.families import FAMILIES, Family
from messages.families.prefix import PrefixKey


def _no_networks() -> dict[Family, set[PrefixKey]]:
    return {family: set() for family in FAMILIES.values()}


@dataclass(slots=True)
class InterfaceChanges:
    """Whatever is not named here is as it was; what is named may be, if it changed and changed back."""

    interfaces: set[int] = field(default_factory=set)
    """The indexes of those that came, went, or are different in anything, addresses included."""
    switched: set[int] = field(default_factory=set)
    """Of these, those that came, went, went up or down, or whose carrier did."""
    names: set[str] = field(default_factory=set)
    """The old and the new names of those whose name changed, and of those that were switched."""
    networks: Mapping[Family, set[PrefixKey]] = field(default_factory=_no_networks)
    """The connected networks that came, went, are on another interface, or on one that was switched."""
    addresses: set[bytes] = field(default_factory=set)
    """Addresses of this host that came or went, but for link-local ones, which others have on other links."""

    def __bool__(self) -> bool:
        return bool(self.interfaces)
