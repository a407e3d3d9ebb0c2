"""A case: what a neighbor says, by which rule it is judged, and what has to come of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from tests.wire import octets
from tests.wire.decoder import Attributes, split
from tests.wire.octets import (
    AS_PATH,
    EXTERNAL_ASN,
    IPV4,
    LOCAL_ASN,
    NEW,
    ORIGIN,
    TARGET,
    TARGET6,
    WIDE_ASN,
    as_path,
    four_octet_as,
    opening,
    parameter,
    sequence,
)


class Moment(Enum):
    """When the octets of the case are sent."""

    OPEN_SENT = "the daemon has sent its OPEN and has got nothing yet"
    OPEN_CONFIRM = "the OPENs are exchanged; the daemon waits for a KEEPALIVE"
    ESTABLISHED = "the neighbor's good routes are known to all"


class Kind(NamedTuple):
    """How the neighbor is configured at the daemon."""

    name: str
    asn: int

    @property
    def external(self) -> bool:
        return self.asn != LOCAL_ASN


EXTERNAL: Final = Kind("external", EXTERNAL_ASN)
INTERNAL: Final = Kind("internal", LOCAL_ASN)
WIDE: Final = Kind("wide", WIDE_ASN)
ADD_PATH: Final = Kind("add_path", EXTERNAL_ASN)
"""The daemon is asked to receive several paths for a prefix (RFC 7911)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How the neighbor opens its session, and so how it has to speak in it."""

    opening: bytes
    as_octets: int = 4
    ipv6: bool = True
    path_id: int | None = None
    """The path identifier of the good routes, where ADD-PATH is negotiated."""


FULL: Final = Terms(opening())
TWO_OCTETS: Final = Terms(opening(parameters=parameter(2, IPV4)), as_octets=2, ipv6=False)
IPV4_ONLY: Final = Terms(opening(parameters=parameter(2, IPV4 + four_octet_as(EXTERNAL_ASN))), ipv6=False)
INTERNALLY: Final = Terms(opening(LOCAL_ASN))


class Ends(NamedTuple):
    """The session ends with this NOTIFICATION; without data given, any will do."""

    code: int
    subcode: int
    data: bytes | None = None


class Closes(NamedTuple):
    """The session ends and nothing is said."""


class Then(NamedTuple):
    """The session lives, and an observer holds what it held before but for these routes (None: gone)."""

    routes: Mapping[str, Attributes | None]
    observer: str = "external"
    resends: bool | None = None
    """Whether the neighbor is sent again what it was sent at first; None: no matter."""


Outcome = Ends | Closes | Then


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the suite; any of the outcomes is right, where the RFCs leave a choice."""

    name: str
    rule: str
    sends: bytes
    outcomes: tuple[Outcome, ...]
    moment: Moment = Moment.ESTABLISHED
    kind: Kind = EXTERNAL
    terms: Terms = FULL
    needs: frozenset[int] = frozenset()
    """Capabilities the daemon must have announced; otherwise the case says nothing about it."""
    patience: float = 0.0
    """Seconds that must pass before anything can happen."""


def attributes(*pieces: bytes) -> dict[int, tuple[int, bytes]]:
    """Return path attributes as an observer holds them."""
    return {code: (flags & 0xE0, value) for flags, code, value in split(b"".join(pieces))}


SEEN: Final[Attributes] = attributes(ORIGIN, as_path(sequence(LOCAL_ASN, EXTERNAL_ASN)), NEW)
"""The target as the message of a case announces it, seen by the external observer."""
SEEN_INSIDE: Final[Attributes] = attributes(
    ORIGIN, AS_PATH, octets.attribute(0x40, 5, (100).to_bytes(4)), NEW
)
"""The same, seen by the internal observer (RFC 4271 §5.1.5; everybody's default is 100)."""

GONE: Final = Then({TARGET: None})
GONE6: Final = Then({TARGET6: None})
UNCHANGED: Final = Then({})
BELIEVED: Final = Then({TARGET: SEEN})
BELIEVED6: Final = Then({TARGET6: SEEN})


def with_(*pieces: bytes) -> Then:
    """The target is believed, and these attributes came through, or came instead."""
    return Then({TARGET: {**SEEN, **attributes(*pieces)}})


def case(
    name: str,
    rule: str,
    sends: bytes,
    *outcomes: Outcome,
    moment: Moment = Moment.ESTABLISHED,
    kind: Kind = EXTERNAL,
    terms: Terms = FULL,
    needs: tuple[int, ...] = (),
    patience: float = 0.0,
) -> Case:
    """Return a row."""
    return Case(name, rule, sends, outcomes, moment, kind, terms, frozenset(needs), patience)
