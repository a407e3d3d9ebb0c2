"""The rows of the suite, a file for each part of the protocol."""

from typing import Final

from tests.wire.case import Case
from tests.wire.cases import (
    as_numbers,
    attributes,
    extended,
    flags,
    header,
    multiprotocol,
    opens,
    refresh,
    states,
    structure,
)

GROUPS: Final[dict[str, tuple[Case, ...]]] = {
    "header": header.CASES,
    "OPEN": opens.CASES,
    "states": states.CASES,
    "structure": structure.CASES,
    "flags": flags.CASES,
    "attributes": attributes.CASES,
    "multiprotocol": multiprotocol.CASES,
    "AS numbers": as_numbers.CASES,
    "refresh": refresh.CASES,
    "extensions": extended.CASES,
}
CASES: Final = tuple(each for group in GROUPS.values() for each in group)
