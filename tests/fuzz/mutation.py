"""Mutated messages: well enough formed to get deep into the code, wrong enough to break it there."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from messages.attributes.attribute import EXTENDED_LENGTH
from messages.iana import EXTENDED_MESSAGE_OCTETS, HEADER_OCTETS, MAXIMUM_MESSAGE_OCTETS, MessageType

_MARKER: Final = b"\xff" * 16
_INTERESTING: Final = (0, 1, 2, 3, 4, 0x10, 0x20, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xE0, 0xFE, 0xFF)
_UPDATE_HEADER: Final = 4


class Mutator:
    """A stream of messages that depends on nothing but its seed."""

    def __init__(self, seed: int | str, seeds: Sequence[bytes]) -> None:
        self._random = random.Random(seed)
        self._seeds = seeds
        self._octet_mutations: Sequence[Callable[[bytearray], None]] = (
            self._flip_bit,
            self._set_octet,
            self._insert,
            self._delete,
            self._repeat,
            self._splice,
        )

    def next(self) -> bytes:
        """Return the next message; most have a header that is right."""
        message = self._random.choice(self._seeds)
        kind, body = message[18], bytearray(message[HEADER_OCTETS:])
        chance = self._random.random()
        if chance < 0.1:
            return message
        if kind == MessageType.UPDATE and chance < 0.8:
            body = self._mutate_attributes(body)
        if chance > 0.5:
            for _ in range(self._random.choice((1, 1, 2, 4))):
                self._random.choice(self._octet_mutations)(body)
        return self._framed(kind, bytes(body))

    def _framed(self, kind: int, body: bytes) -> bytes:
        if self._random.random() < 0.5:  # most neighbors accept no more
            body = body[: MAXIMUM_MESSAGE_OCTETS - HEADER_OCTETS]
        body = body[: EXTENDED_MESSAGE_OCTETS - HEADER_OCTETS]
        octets = HEADER_OCTETS + len(body)
        message = bytearray(_MARKER + octets.to_bytes(2) + bytes((kind,)) + body)
        if self._random.random() < 0.02:
            message[self._random.randrange(HEADER_OCTETS)] = self._random.choice(_INTERESTING)
        return bytes(message)

    def _mutate_attributes(self, body: bytearray) -> bytearray:
        """Change whole attributes, and set the lengths around them right."""
        start = _UPDATE_HEADER + int.from_bytes(body[:2])
        stop = start + int.from_bytes(body[start - 2 : start])
        if start > len(body) or stop > len(body):
            return body
        pieces = _cut(bytes(body[start:stop]))
        for _ in range(self._random.choice((1, 1, 2, 3))):
            self._mutate_list(pieces)
        field = b"".join(pieces)[:0xFFFF]
        return body[: start - 2] + len(field).to_bytes(2) + field + body[stop:]

    def _mutate_list(self, pieces: list[bytes]) -> None:
        """Remove, repeat, move, take over or change an attribute."""
        choose = self._random
        if not pieces or choose.random() < 0.3:
            donor = choose.choice(self._seeds)
            if donor[18] == MessageType.UPDATE:
                place = choose.randrange(len(pieces) + 1)
                pieces[place:place] = _attributes_of(donor)[: choose.randrange(1, 4)]
            return
        place = choose.randrange(len(pieces))
        match choose.randrange(5):
            case 0:
                del pieces[place]
            case 1:
                pieces.insert(choose.randrange(len(pieces) + 1), pieces[place])
            case 2:
                choose.shuffle(pieces)
            case 3:
                pieces[place] = self._resized(pieces[place])
            case _:
                piece = bytearray(pieces[place])
                self._set_octet(piece)
                pieces[place] = bytes(piece)

    def _resized(self, piece: bytes) -> bytes:
        """Return the attribute with a value of another length, in a header that says so."""
        value = bytearray(piece[4:] if piece[0] & EXTENDED_LENGTH else piece[3:])
        if self._random.random() < 0.1:
            value *= self._random.choice((2, 16, 64, 300))
        for _ in range(self._random.choice((1, 2))):
            self._random.choice(self._octet_mutations)(value)
        del value[EXTENDED_MESSAGE_OCTETS // 2 :]
        if len(value) > 0xFF or piece[0] & EXTENDED_LENGTH:
            return bytes((piece[0] | EXTENDED_LENGTH, piece[1])) + len(value).to_bytes(2) + value
        return bytes((piece[0], piece[1], len(value))) + value

    def _place(self, octets: bytearray) -> int:
        return self._random.randrange(len(octets) + 1)

    def _flip_bit(self, octets: bytearray) -> None:
        if octets:
            octets[self._random.randrange(len(octets))] ^= 1 << self._random.randrange(8)

    def _set_octet(self, octets: bytearray) -> None:
        if octets:
            octets[self._random.randrange(len(octets))] = self._random.choice(_INTERESTING)

    def _insert(self, octets: bytearray) -> None:
        place = self._place(octets)
        octets[place:place] = self._random.randbytes(self._random.choice((1, 1, 2, 4, 16)))

    def _delete(self, octets: bytearray) -> None:
        place = self._place(octets)
        del octets[place : place + self._random.choice((1, 1, 2, 4, 16))]

    def _repeat(self, octets: bytearray) -> None:
        place = self._place(octets)
        octets[place:place] = octets[
            place : place + self._random.choice((1, 4, 8, 64))
        ] * self._random.choice((1, 2, 9))

    def _splice(self, octets: bytearray) -> None:
        donor = self._random.choice(self._seeds)[HEADER_OCTETS:]
        place, begin = self._place(octets), self._random.randrange(len(donor) + 1)
        octets[place : place + self._random.randrange(9)] = donor[begin : begin + self._random.randrange(33)]


def _attributes_of(message: bytes) -> list[bytes]:
    start = HEADER_OCTETS + _UPDATE_HEADER + int.from_bytes(message[HEADER_OCTETS : HEADER_OCTETS + 2])
    return _cut(message[start : start + int.from_bytes(message[start - 2 : start])])


def _cut(field: bytes) -> list[bytes]:
    """Cut path attributes into pieces, however malformed; they join to the same octets."""
    pieces = []
    position = 0
    while position < len(field):
        header = field[position : position + 4]
        extended = header[0] & EXTENDED_LENGTH
        octets = 4 + int.from_bytes(header[2:]) if extended else 3 + int.from_bytes(header[2:3])
        pieces.append(field[position : position + octets])
        position += octets
    return pieces
