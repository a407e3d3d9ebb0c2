"""What the router as a whole is told: how it decides, what it logs, and how it writes times."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The switches of the decision process."""

    path_metric: bool
    med_metric: bool
    igp_metric: bool
    prefer_older: bool
    relaxed_paths: bool
    unresolvable_last: bool = False
    """Whether a route whose next hop cannot be resolved may win where there is no other."""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """How points in time are printed; the texts are those of strftime."""

    recent: str
    limit: int | None = None
    """Seconds after which a time is printed as ``older`` says; ``None``: never."""
    older: str | None = None


@dataclass(frozen=True, slots=True)
class LogSettings:
    """One place that lines of the log go to."""

    target: Literal["stderr", "syslog", "file"]
    name: str
    """The path of the file, or what the syslog knows us by."""
    classes: frozenset[str]
    """Of BIRD's: debug, trace, info, remote, warning, error, auth, fatal, bug."""


@dataclass(frozen=True, slots=True)
class Confederation:
    """The confederation whose member AS ours is (RFC 5065)."""

    id: int
    """The AS that those outside see."""
    members: tuple[int, ...]
