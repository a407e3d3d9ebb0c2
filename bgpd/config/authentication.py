"""TCP-AO keys: ``tcp_ao`` (RFC 5925)."""

from typing import Annotated, Literal

from pydantic import Field

from bgpd.config.section import Section
from bgpd.config.values import AbsolutePath, Password
from bgpd.config.wording import Allowed, Unset

KeyId = Annotated[int, Field(ge=0, le=255), Allowed("a number from 0 to 255")]
Algorithm = Annotated[
    Literal["hmac-sha-1-96", "aes-128-cmac-96", "hmac-sha-256"],
    Allowed('"hmac-sha-1-96", "aes-128-cmac-96" or "hmac-sha-256"'),
]


class TcpAo(Section):
    """A TCP-AO key, which signs every segment (RFC 5925). It needs Linux 6.7 or newer, built with it."""

    send_id: KeyId = 1
    """The id of the key in what we send; the neighbor's `receive_id`."""

    receive_id: KeyId = 1
    """The id of the key in what the neighbor sends."""

    algorithm: Algorithm = "hmac-sha-1-96"
    """How segments are signed; the first two are those of RFC 5926."""

    password: Annotated[Password | None, Unset("none")] = None
    """The master key; never shown or logged."""

    password_file: Annotated[AbsolutePath | None, Unset("none")] = None
    """A file that holds the master key; a newline at its end does not count."""
