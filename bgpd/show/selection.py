"""Which protocols a command is about: one by its name, or those that a quoted pattern fits."""

from collections.abc import Callable, Mapping, Sequence
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
    is_meant = meant_by(name)
    return matching([protocol for protocol in protocols.values() if is_meant(protocol.name)])


def meant_by(name: str) -> Callable[[str], bool]:
    """Return what tells whether a name, or a quoted pattern, is that of a protocol."""
    if not is_pattern(name):
        return name.__eq__
    if name == EVERY:
        return lambda _name: True
    pattern = name.strip('"').replace("[", "[[]")  # a bracket has no meaning in BIRD's patterns
    return lambda protocol: fnmatchcase(protocol, pattern)


def matching(protocols: Sequence[Protocol], whom: str = "protocols") -> Sequence[Protocol]:
    """Return the protocols if there are any."""
    if not protocols:
        raise CommandError(_NO_PROTOCOLS_MATCH, f"No {whom} match")
    return protocols
