"""The words that are reserved in a whole configuration file, wherever they stand."""

from typing import Final

from rib.filters.grammar.lexer import Dialect
from rib.filters.grammar.names import KEYWORDS

_TOP_LEVEL: Final = """
    address all auth base bug debug default dual error fatal from graceful id include info iso
    latency limit listen local log long messages mrtdump ms name no off old on port protocol
    protocols remote restart route router s short sorted states stderr syslog table template time
    timeformat trace us v6only wait warning watchdog yes
"""
_ALL_PROTOCOLS: Final = """
    action block description disable disabled events export filtered import interface interfaces
    keep none packets passive password preference receive restart routes vrf warn
"""
_ONE_PROTOCOL: Final = """
    administrative advertise after allow as4 aware bfd bgp blackhole capabilities cease change check
    client cluster collision communities configuration connect connection count deconfigured delay
    deterministic dev device direct drop enable export extended forget gateway hit hold hop idle
    ignore igp interpret interval ipv4 keepalive kernel learn link lived lladdr local med merge
    metric min missing mode multihop multipath multiplier neighbor next older opaque out path paths
    peer persist pipe prefer primary prohibit recursive refresh rejected resources retry rr rs rx
    scan secondary security self setkey shutdown source stale start startup static transparent ttl
    tx unreachable via weight
"""
_PASSWORDS: Final = """
    algorithm authentication generate hmac keyed md5 meticulous passwords sha1 sha256 sha384 sha512
    simple to
"""
_COMMANDS: Final = """
    attributes commands configure confirm down dump echo eval filters for memory noexport of only
    preexport primary reload restrict sessions show soft stats status symbols timeout undo
"""

_WORDS: Final = KEYWORDS | frozenset(
    " ".join((_TOP_LEVEL, _ALL_PROTOCOLS, _ONE_PROTOCOL, _PASSWORDS, _COMMANDS)).split()
)


def dialect(bits: int) -> Dialect:
    """Return the words of ``bird`` (32) or ``bird6`` (128): the number of bits of an address."""
    return Dialect(bits, _WORDS)
