"""What a neighbor holds after it has been told something: IPv4 prefixes, out of a stream of raw bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.bench.speaker import messages

_HEADER = 19
_UPDATE = 2


@dataclass(slots=True)
class Holdings:
    """Prefixes that were announced and not withdrawn since, and how much was said."""

    held: set[bytes] = field(default_factory=set)
    updates: int = 0
    announced: int = 0
    withdrawn: int = 0
    _rest: bytes = b""
    """The beginning of a message."""

    def add(self, data: bytes) -> None:
        """Take what came next, as far as messages are complete."""
        data = self._rest + data
        position = 0
        for kind, body in messages(data):
            position += _HEADER + len(body)
            if kind == _UPDATE:
                self._update(body)
        self._rest = data[position:]

    def _update(self, body: bytes) -> None:
        withdrawn, announced = fields(body)
        self.updates += 1
        if withdrawn:
            gone = [*prefixes_of(withdrawn)]
            self.withdrawn += len(gone)
            self.held.difference_update(gone)
        if announced:
            new = [*prefixes_of(announced)]
            self.announced += len(new)
            self.held.update(new)


def fields(body: bytes) -> tuple[bytes, bytes]:
    """Return the fields of an UPDATE that hold prefixes: withdrawn and announced (RFC 4271 §4.3)."""
    withdrawn = 2 + (body[0] << 8 | body[1])
    attributes = withdrawn + 2 + (body[withdrawn] << 8 | body[withdrawn + 1])
    return body[2:withdrawn], body[attributes:]


def prefixes_of(field_octets: bytes) -> Iterator[bytes]:
    """Cut such a field into prefixes."""
    position = 0
    while position < len(field_octets):
        stop = position + 1 + (field_octets[position] + 7 >> 3)
        yield field_octets[position:stop]
        position = stop
