"""Which protocols a command is about: one by its name, or those that a quoted pattern fits."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from bgpd.protocols.protocol import Protocol
from bgpd.show.command import CommandError

EVERY: Final = '"*"'

_NO_PROTOCOLS_MATCH: Final = 8003
_NOT_A_PROTOCOL: Final = 9002


def is_pattern(name: str) -> bool:
    """Tell whether a typed word is a pattern: it is in quotes."""
    return name.startswith('"')


def selected(protocols: Mapping[str, Protocol], name: str) -> Sequence[Protocol]:
    """Return at least one protocol, in the order of the configuration."""
    if not is_pattern(name):
        if name not in protocols:
            raise CommandError(_NOT_A_PROTOCOL, f"{name} is not a protocol")
        return (protocols[name],)
    pattern = name.strip('"').replace("[", "[[]")  # a bracket has no meaning in BIRD's patterns
    return matching([protocol for protocol in protocols.values() if fnmatchcase(protocol.name, pattern)])


def matching(protocols: Sequence[Protocol], whom: str = "protocols") -> Sequence[Protocol]:
    """Return the protocols if there are any."""
    if not protocols:
        raise CommandError(_NO_PROTOCOLS_MATCH, f"No {whom} match")
    return protocols
