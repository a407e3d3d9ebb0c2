"""AIGP path attribute: the accumulated IGP metric (RFC 7311)."""

from collections.abc import Iterator
from struct import Struct
from typing import Final, NamedTuple

from messages.attributes.attribute import OPTIONAL_NON_TRANSITIVE, Attribute
from messages.context import Context
from messages.errors import Malformed, MalformedValueError
from messages.iana import AttributeCode

_HEADER: Final = Struct("!BH")
_METRIC: Final = 1
_METRIC_OCTETS: Final = 8
_NO_METRIC: Final = b"\xff" * _METRIC_OCTETS


class Aigp(NamedTuple):
    """Types and values of all TLVs; those of unknown types are passed on (RFC 7311 §3)."""

    tlvs: tuple[tuple[int, bytes], ...]

    @classmethod
    def of(cls, metric: int) -> "Aigp":
        """Return the attribute that says this and nothing else."""
        return cls(((_METRIC, metric.to_bytes(_METRIC_OCTETS)),))

    @property
    def metric(self) -> int | None:
        """The metric; of several the first one counts."""
        return next((int.from_bytes(value) for kind, value in self.tlvs if kind == _METRIC), None)

    def __str__(self) -> str:
        return " ".join(
            str(int.from_bytes(value)) if kind == _METRIC else f"({kind}, 0x{value.hex()})"
            for kind, value in self.tlvs
        )


def _read(value: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the TLVs, whose lengths count their headers."""
    position, end = 0, len(value)
    while position < end:
        if end - position < _HEADER.size:
            raise MalformedValueError(f"{end - position} octets are left after the last TLV")
        kind, octets = _HEADER.unpack_from(value, position)
        if octets < _HEADER.size or position + octets > end:
            raise MalformedValueError(f"a TLV of length {octets} with {end - position} octets left")
        yield kind, value[position + _HEADER.size : position + octets]
        position += octets


def _check(value: bytes, _context: Context) -> None:
    """RFC 7311 §3.2: several TLVs of a type are no error, and neither are unknown types."""
    if not value:
        raise MalformedValueError("no TLV (RFC 7606 §4)")
    for kind, content in _read(value):
        if kind == _METRIC and len(content) != _METRIC_OCTETS:
            raise MalformedValueError(f"a metric of {len(content)} octets is not {_METRIC_OCTETS}")
        if kind == _METRIC and content == _NO_METRIC:
            raise MalformedValueError("the metric has its highest value")


def _decode(value: bytes) -> Aigp:
    return Aigp(tuple(_read(value)))


def _encode(aigp: Aigp) -> bytes:
    return b"".join(_HEADER.pack(kind, _HEADER.size + len(value)) + value for kind, value in aigp.tlvs)


AIGP: Final = Attribute(
    code=AttributeCode.AIGP,
    name="aigp",
    flags=OPTIONAL_NON_TRANSITIVE,
    check=_check,
    decode=_decode,
    encode=_encode,
    render=str,
    on_malformed=Malformed.ATTRIBUTE_DISCARD,
    on_wrong_flags=Malformed.ATTRIBUTE_DISCARD,  # RFC 7311 §3.2
    unrecognized_from_external=True,
)
