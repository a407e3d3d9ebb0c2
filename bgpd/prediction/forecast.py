"""What a configuration would change, as data for whoever prints it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from bgpd.kernel.places import Place
from kernel_sync.types import KernelRoute
from messages.attribute_set import AttributeSet
from messages.families import Family
from messages.families.prefix import PrefixKey


class OutdatedError(Exception):
    """What a prediction began with is no longer in force."""


class Fate(StrEnum):
    """What becomes of a protocol."""

    ADDED = "added"
    REMOVED = "removed"
    RESTARTED = "restarted"
    RENAMED = "renamed"
    ENABLED = "enabled"
    DISABLED = "disabled"
    CHANGED = "changed"
    """In place."""


class ProtocolChange(NamedTuple):
    """One protocol that does not stay as it is."""

    name: str
    kind: str
    fate: Fate
    drops_session: bool = False
    settings: Sequence[str] = ()
    """What differs: of one that is restarted only what takes that."""
    former_name: str | None = None


class Effect(StrEnum):
    """What becomes of a prefix."""

    ADDED = "added"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"


class Told(NamedTuple):
    """A route as a neighbor is told it."""

    source: str
    """The protocol that it came from."""
    attributes: AttributeSet


class Sample(NamedTuple):
    """One prefix of many: what a neighbor is told of it, or what a kernel has."""

    key: PrefixKey
    effect: Effect
    before: Sequence[Told] = ()
    after: Sequence[Told] = ()
    had: KernelRoute | None = None
    has: KernelRoute | None = None


class Impact(NamedTuple):
    """What becomes of the routes of one neighbor, or of one table of a kernel, in one family."""

    name: str
    """Of the protocol."""
    family: Family
    added: int = 0
    withdrawn: int = 0
    changed: int = 0
    samples: Sequence[Sample] = ()
    place: Place | None = None
    """Where in the kernel; None: it is a neighbor's."""
    is_gone: bool = False
    """Whether the configuration has that protocol no more; another one may have its name."""

    @property
    def total(self) -> int:
        """How many prefixes are not as before."""
        return self.added + self.withdrawn + self.changed


class Doubt(NamedTuple):
    """Something that is not known before the configuration is applied."""

    name: str
    """Of the protocol."""
    text: str


class Forecast(NamedTuple):
    """All that would change."""

    waiting: Sequence[str] = ()
    """What differs but takes a restart of the daemon, in words."""
    of_daemon: Sequence[str] = ()
    """What differs and is about no protocol, as a file calls it."""
    protocols: Sequence[ProtocolChange] = ()
    new_tables: Sequence[str] = ()
    old_tables: Sequence[str] = ()
    listens_elsewhere: bool = False
    impacts: Sequence[Impact] = ()
    """Only of those for whom there is a change."""
    doubts: Sequence[Doubt] = ()
    assumptions: Sequence[Doubt] = ()
    """What was taken for granted of a protocol."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (
            self.waiting
            or self.of_daemon
            or self.protocols
            or self.new_tables
            or self.old_tables
            or self.listens_elsewhere
            or self.impacts
            or self.doubts
        )


class Progress(NamedTuple):
    """How far it is."""

    done: int
    total: int
    """Prefixes."""
