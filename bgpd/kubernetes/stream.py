"""From the octets of a watch to its events: one JSON object a line, however the network cuts them."""

from collections.abc import Iterator
from typing import Final

from bgpd.kubernetes.answers import AnswerError, Event, Refusal, event_of

LONGEST_LINE: Final = 4 << 20
"""Octets. The API stores no object of more than some 1.5 MiB."""


class EventStream:
    """Collects lines. What is cut off at the end was never said: whoever watches on is told again."""

    def __init__(self, longest_line: int = LONGEST_LINE) -> None:
        self._longest = longest_line
        self._parts: list[bytes] = []
        self._length = 0
        """Octets of the line that is not complete."""

    @property
    def is_in_line(self) -> bool:
        """Whether the stream would end in the middle of an event."""
        return self._length > 0

    def feed(self, octets: bytes) -> Iterator[Event | Refusal]:
        """Yield what is complete now. Raises AnswerError at a line that can't be read, after all before."""
        *complete, rest = octets.split(b"\n")
        for end in complete:
            self._add(end)
            line = b"".join(self._parts)
            self._parts, self._length = [], 0
            if line.strip():
                yield event_of(line)
        self._add(rest)

    def _add(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > self._longest:
            raise AnswerError(f"a line of more than {self._longest} octets")
        if part:
            self._parts.append(part)
