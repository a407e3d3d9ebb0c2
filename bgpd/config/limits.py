"""How many prefixes a neighbor may send: ``max_prefixes``."""

from typing import Annotated, Literal

from pydantic import Field

from bgpd.config.section import Section
from bgpd.config.values import Seconds
from bgpd.config.wording import Allowed

LimitAction = Annotated[
    Literal["warn", "block", "restart", "disable"], Allowed('"warn", "block", "restart" or "disable"')
]
Percent = Annotated[int, Field(ge=1, le=100), Allowed("a number of percent from 1 to 100")]
PrefixCount = Annotated[int, Field(ge=1, le=0xFFFFFFFF), Allowed("a number of prefixes from 1 to 4294967295")]


class MaxPrefixes(Section):
    """How many prefixes the neighbor may send, in each family, and what happens when it sends more.

    Refused routes that are kept do not count.
    """

    imported: PrefixCount = Field(alias="import")
    """How many prefixes of one family are accepted."""

    action: LimitAction = "warn"
    """`"warn"`: log it. `"block"`: take no more, until others are withdrawn. `"restart"`: end the session
    (Cease, RFC 4486 §4) and come back after `restart_after`. `"disable"`: end it until the operator enables
    the neighbor."""

    warn_at: Percent = 75
    """Log a warning at so many percent of the limit, whatever the action."""

    restart_after: Seconds = 60
    """Seconds to stay away with `action = "restart"`."""
