"""Numbers, names and switches as a user writes them."""

import re
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePosixPath
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bgpd.config.wording import Allowed, quoted, refusal
from messages.iana import AS_TRANS

PASSWORD_OCTETS: Final = 80
"""The longest key that Linux takes for TCP MD5 (``TCP_MD5SIG_MAXKEYLEN``)."""
COMMUNICATION_OCTETS: Final = 255
"""The longest shutdown communication (RFC 9003 §2)."""
MASTER: Final = "master"
"""The table that is always there."""

_SOCKET_PATH_OCTETS: Final = 107  # of the 108 of sockaddr_un, one is the final zero
_AS_DOT: Final = re.compile(r"([0-9]{1,5})\.([0-9]{1,5})")
_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_FILTER: Final = re.compile(r"[A-Za-z0-9_.:-]{1,80}")  # "tor1.import" has the whole name of a protocol in it
_METRICS_EXAMPLES: Final = 'an address and a port like "127.0.0.1:9179" or "[::1]:9179", or "" for none'


def _as_number(value: object) -> object:
    """Turn "65000.1" into its number; this notation is the one of RFC 5396 §2."""
    if isinstance(value, str) and (match := _AS_DOT.fullmatch(value)):
        high, low = map(int, match.groups())
        if max(high, low) <= 0xFFFF:
            return high << 16 | low
    return value


def _own_as_number(asn: int) -> int:
    """Refuse AS_TRANS, which stands for AS numbers that do not fit two octets (RFC 6793 §9)."""
    if asn == AS_TRANS:
        raise refusal(f"{asn} is AS_TRANS, which nobody may use as an own AS number; write your own")
    return asn


def _hold_time(seconds: int) -> int:
    """RFC 4271 §4.2: zero, or at least three seconds, in two octets."""
    if seconds != 0 and not 3 <= seconds <= 0xFFFF:
        raise ValueError(seconds)
    return seconds


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise refusal(f"{quoted(text)} is not a name; write up to 64 letters, digits and _-.:")
    if text == "all":
        raise refusal(f"{quoted(text)} means all of them; write another name")
    return text


def is_filter_name(text: str) -> bool:
    """Tell whether the characters are those that the filter language has in names, in quotes if need be."""
    return bool(_FILTER.fullmatch(text))


def _filter_name(text: str) -> str:
    if not is_filter_name(text):
        raise refusal(f"{quoted(text)} is not the name of a filter; write up to 80 letters, digits and _-.:")
    return text


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise refusal(f"{quoted(text)} has characters that cannot be printed; write one line of text")
    return text


def _socket_path(text: str) -> str:
    if not text or "\0" in text or len(text.encode()) > _SOCKET_PATH_OCTETS:
        raise refusal(f"{quoted(text)} cannot be a socket; write a path of 1 to {_SOCKET_PATH_OCTETS} octets")
    return text


def _absolute_path(text: str) -> str:
    if "\0" in text or not PurePosixPath(text).is_absolute():
        raise refusal(f"{quoted(text)} is not an absolute path; write one that begins with /")
    return text


def _state_file(text: str) -> str:
    return _absolute_path(text) if text else text


def metrics_address(text: str) -> tuple[str, int] | None:
    """Return address and port of "127.0.0.1:9179" or "[::1]:9179"; nothing for the empty string."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    try:
        address = IPv6Address(host[1:-1]) if host[:1] + host[-1:] == "[]" else IPv4Address(host)
        if not (port.isascii() and port.isdigit() and 0 < int(port) <= 0xFFFF):
            raise ValueError(port)
    except ValueError:
        raise refusal(f"{quoted(text)} is not allowed; write {_METRICS_EXAMPLES}") from None
    return str(address), int(port)


def _metrics_listen(text: str) -> str:
    metrics_address(text)
    return text


def _communication(value: bool | str) -> bool | str:
    if isinstance(value, str) and len(value.encode()) > COMMUNICATION_OCTETS:
        raise refusal(
            f"the reason has {len(value.encode())} octets; write at most {COMMUNICATION_OCTETS} (RFC 9003)"
        )
    return value


def _password(secret: SecretStr) -> SecretStr:
    octets = len(secret.get_secret_value().encode())
    if not 1 <= octets <= PASSWORD_OCTETS:
        raise refusal(f"the password has {octets} octets; write 1 to {PASSWORD_OCTETS}")
    return secret


Switch = Annotated[bool, Allowed("true or false")]
Port = Annotated[int, Field(ge=1, le=0xFFFF), Allowed("a number from 1 to 65535")]
Seconds = Annotated[int, Field(ge=1, le=0xFFFF), Allowed("a number of seconds from 1 to 65535")]
Delay = Annotated[int, Field(ge=0, le=0xFFFF), Allowed("a number of seconds from 0 to 65535")]
HoldTime = Annotated[int, AfterValidator(_hold_time), Allowed("0, or a number of seconds from 3 to 65535")]
Hops = Annotated[
    int, Field(ge=0, le=255), Allowed("0 for a direct neighbor, or a number of hops from 1 to 255")
]
Metric = Annotated[int, Field(ge=0, le=0xFFFFFFFF), Allowed("a number from 0 to 4294967295")]
TableNumber = Annotated[int, Field(ge=1, le=0xFFFFFFFF), Allowed("a number from 1 to 4294967295")]
KernelProtocol = Annotated[int, Field(ge=3, le=255), Allowed("a number from 3 to 255")]
RestoreLimit = Annotated[int, Field(ge=1, le=0xFFFF), Allowed("a number from 1 to 65535")]
Preference = Annotated[int, Field(ge=0, le=0xFFFF), Allowed("a number from 0 to 65535")]
MergedPaths = Annotated[int, Field(ge=1, le=255), Allowed("a number of paths from 1 to 255")]
Weight = Annotated[int, Field(ge=1, le=256), Allowed("a number from 1 to 256")]
AsNumber = Annotated[
    int,
    Field(ge=1, le=0xFFFFFFFF),
    BeforeValidator(_as_number),
    Allowed('an AS number from 1 to 4294967295, or one like "65000.1"'),
]
OwnAsNumber = Annotated[AsNumber, AfterValidator(_own_as_number)]
Name = Annotated[str, AfterValidator(_name), Allowed('a name like "tor1"')]
TableName = Annotated[str, AfterValidator(_name), Allowed(f'the name of a table like "{MASTER}"')]
Line = Annotated[str, AfterValidator(_one_line), Allowed("one line of text")]
FilterName = Annotated[
    str, AfterValidator(_filter_name), Allowed('"all", "none" or the name of a filter like "from_tor"')
]
SocketPath = Annotated[str, AfterValidator(_socket_path), Allowed('a path like "/run/bgpd/bgpd.ctl"')]
StateFile = Annotated[
    str,
    AfterValidator(_state_file),
    Allowed('an absolute path like "/run/bgpd/bgpd.state", or "" for no file'),
]
AbsolutePath = Annotated[str, AfterValidator(_absolute_path), Allowed("an absolute path")]
MetricsListen = Annotated[str, AfterValidator(_metrics_listen), Allowed(_METRICS_EXAMPLES)]
Password = Annotated[
    SecretStr,
    AfterValidator(_password),
    Allowed(f"a string of 1 to {PASSWORD_OCTETS} octets", secret=True),
]
Shutdown = Annotated[
    bool | str,
    AfterValidator(_communication),
    Allowed(f"true, false or the reason, up to {COMMUNICATION_OCTETS} octets"),
]
