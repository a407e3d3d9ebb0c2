"""BGP messages out of MRT files, as route collectors write them (RFC 6396 §4.4)."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

SHARED: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "mrt"
"""Real routing data, which is not part of the repository; see the README there."""
FULL_TABLE: Final = SHARED / "full-table-2015.bgp4mp_et.gz"
CHURN: Final = SHARED / "churn-2016.bgp4mp.gz"

_HEADER: Final = Struct("!IHHI")
_BGP4MP, _BGP4MP_ET = 16, 17
_AS_NUMBER_OCTETS: Final = {1: 2, 4: 4, 6: 2, 7: 4}
"""The subtypes that hold a message, of a received and of a sent one."""
_ADDRESS_OCTETS: Final = {1: 4, 2: 16}


class Captured(NamedTuple):
    """A whole message, and what is known of the session it was captured in."""

    message: bytes
    as_number_octets: int
    is_internal: bool


def read_messages(path: Path) -> Iterator[Captured]:
    """Yield the BGP messages of a file in their order; records of another kind are left out."""
    with gzip.open(path) as file:
        data = file.read()
    position = 0
    while position < len(data):
        _, kind, subtype, octets = _HEADER.unpack_from(data, position)
        position += _HEADER.size
        as_number_octets = _AS_NUMBER_OCTETS.get(subtype)
        if kind in (_BGP4MP, _BGP4MP_ET) and as_number_octets is not None:
            begin = position + (4 if kind == _BGP4MP_ET else 0)  # microseconds (RFC 6396 §3)
            local = begin + as_number_octets
            address_family = local + as_number_octets + 2  # behind the number of the interface
            family = int.from_bytes(data[address_family : address_family + 2])
            message = data[address_family + 2 + 2 * _ADDRESS_OCTETS[family] : position + octets]
            is_internal = data[begin:local] == data[local : local + as_number_octets]
            yield Captured(message, as_number_octets, is_internal)
        position += octets
