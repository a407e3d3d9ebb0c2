"""Software Version capability: what a speaker runs, for people (draft-ietf-idr-software-version)."""

from typing import Final

from messages.capabilities.capability import Capability
from messages.capabilities.counted_text import read_text, write_text
from messages.errors import MalformedValueError
from messages.iana import CapabilityCode


def _decode(value: bytes) -> str:
    version, rest = read_text(value)
    if rest:
        raise MalformedValueError(f"length {len(value)} is {len(rest)} too much")
    return version


SOFTWARE_VERSION: Final = Capability(
    code=CapabilityCode.SOFTWARE_VERSION,
    name="software_version",
    decode=_decode,
    encode=write_text,
    render=str,
    ignored_if_malformed=True,
)
