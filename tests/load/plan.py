"""What a crowd of neighbors shall do, and what becomes of it; both go from process to process as JSON."""

import json
import os
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

NEVER: Final = -1.0
"""A time that has not come yet."""


class Conduct(StrEnum):
    """How a neighbor behaves once its session is established; all of them send KEEPALIVEs in time."""

    READS = "reads"
    """It reads everything and says nothing else."""
    KEEPS = "keeps"
    """It also remembers which prefixes it was told of."""
    FEEDS = "feeds"
    """It announces and withdraws the table again and again, as fast as the daemon takes it."""
    DEAF = "deaf"
    """It reads nothing, until it is told to."""


@dataclass(slots=True)
class Part:
    """One neighbor of the daemon."""

    address: str
    asn: int
    hold_time: int = 9
    conduct: Conduct = Conduct.READS
    waits: bool = False
    """Let the daemon connect to it."""


@dataclass(slots=True)
class Plan:
    """All neighbors that one process plays."""

    daemon: str
    """The address of the daemon."""
    port: int
    """Where those who wait are connected to."""
    parts: list[Part]
    routes: int = 0
    """How many routes a feeder has."""
    pause: float = 0.0
    """Seconds that a feeder rests after it announced or withdrew its table."""

    def write(self, path: Path) -> None:
        """Write the plan to a file."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what ``write`` wrote."""
        fields = json.loads(path.read_text())
        parts = [Part(**{**part, "conduct": Conduct(part["conduct"])}) for part in fields.pop("parts")]
        return cls(parts=parts, **fields)


@dataclass(slots=True)
class Story:
    """What became of one neighbor; times are those of the monotonic clock, which all processes share."""

    attempts: int = 0
    """Connections, also those that led to nothing."""
    up: float = NEVER
    """When its session was established."""
    down: float = NEVER
    """When that session ended."""
    ending: str = ""
    """Why: a NOTIFICATION, or what the kernel says."""
    updates: int = 0
    octets: int = 0
    prefixes: int = 0
    """How many it holds, if it keeps them."""
    longest_silence: float = 0.0
    """Seconds in which nothing came, while it was established and read."""

    @property
    def is_up(self) -> bool:
        """Whether the session is established now."""
        return self.up != NEVER and self.down == NEVER


@dataclass(slots=True)
class Report:
    """What became of all of them so far, by address."""

    stories: dict[str, Story] = field(default_factory=dict)
    sweeps: int = 0
    """How often a feeder announced or withdrew its whole table."""
    has_announced: bool = False
    """Whether the daemon was given all of a feeder's table last."""
    cpu_seconds: float = 0.0

    @property
    def up(self) -> int:
        """How many sessions are established."""
        return sum(story.is_up for story in self.stories.values())

    def harmed(self, hold_time: float) -> dict[str, str]:
        """Say who lost a session, or would have for silence with this hold time; empty if all is well."""
        silent = {
            address: f"silence of {story.longest_silence:.1f} s"
            for address, story in self.stories.items()
            if story.longest_silence >= hold_time
        }
        return silent | self.endings

    @property
    def endings(self) -> dict[str, str]:
        """Why sessions ended, by address."""
        return {address: story.ending for address, story in self.stories.items() if story.down != NEVER}

    def write(self, path: Path) -> None:
        """Replace the file at once, so that whoever reads it finds a whole one."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)))
        os.replace(draft, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what ``write`` wrote."""
        fields = json.loads(path.read_text())
        stories = {address: Story(**story) for address, story in fields.pop("stories").items()}
        return cls(stories=stories, **fields)
