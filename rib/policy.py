"""What a protocol lets through in one direction, until there is a filter language: everything or nothing."""

from enum import Enum


class Policy(Enum):
    """The verdict on every route; the value is the filter's name in BIRD's ``show protocols all``."""

    ALL = "ACCEPT"
    NONE = "REJECT"
    MISSING = "REJECT (no policy, RFC 8212)"
    """An external neighbor's direction about which the configuration says nothing."""
