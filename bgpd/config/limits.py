"""How many prefixes a neighbor may send and be sent: ``max_prefixes``."""

from typing import Annotated, Literal

from pydantic import Field

from bgpd.config.section import Section
from bgpd.config.values import Seconds
from bgpd.config.wording import Allowed, Unset

LimitAction = Annotated[
    Literal["warn", "block", "restart", "disable"], Allowed('"warn", "block", "restart" or "disable"')
]
Percent = Annotated[int, Field(ge=1, le=100), Allowed("a number of percent from 1 to 100")]
PrefixCount = Annotated[int, Field(ge=1, le=0xFFFFFFFF), Allowed("a number of prefixes from 1 to 4294967295")]


class MaxPrefixes(Section):
    """How many prefixes are exchanged with the neighbor, in each family, and what happens to more.

    At least one of `import`, `receive` and `export` must be there.
    """

    imported: Annotated[PrefixCount | None, Unset("no limit")] = Field(default=None, alias="import")
    """How many prefixes of one family are accepted. Refused routes that are kept do not count."""

    received: Annotated[PrefixCount | None, Unset("no limit")] = Field(default=None, alias="receive")
    """How many prefixes of one family the neighbor may send; refused ones count as well."""

    exported: Annotated[PrefixCount | None, Unset("no limit")] = Field(default=None, alias="export")
    """How many prefixes of one family the neighbor is sent."""

    action: LimitAction = "warn"
    """`"warn"`: log it. `"block"`: take or send no more, until others are withdrawn. `"restart"`: end the
    session (Cease, RFC 4486 §4) and come back after `restart_after`. `"disable"`: end it until the operator
    enables the neighbor."""

    warn_at: Percent = 75
    """Log a warning at so many percent of a limit, whatever the action."""

    restart_after: Seconds = 60
    """Seconds to stay away with `action = "restart"`."""
