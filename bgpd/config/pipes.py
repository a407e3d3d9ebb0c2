"""Pipes between tables: ``[[pipes]]``."""

from typing import Annotated, Literal

from pydantic import Field

from bgpd.config.addresses import Families
from bgpd.config.protocol_options import ProtocolOptions
from bgpd.config.values import MASTER, FilterName, Name, Preference, TableName
from bgpd.config.wording import Allowed, Unset

PipeMode = Annotated[Literal["transparent", "opaque"], Allowed('"transparent" or "opaque"')]


class Pipe(ProtocolOptions):
    """Two tables that pass routes to each other, each through a filter."""

    name: Annotated[Name | None, Unset('`"pipe1"`, `"pipe2"`, ...')] = None
    """What the pipe is called in commands and logs."""

    table: TableName = MASTER
    """One of the two tables."""

    peer_table: TableName
    """The other one."""

    mode: PipeMode = "transparent"
    """`"transparent"`: every route of one table that passes the filter is in the other as it is, with all
    that is known about it. `"opaque"`: only the best routes are passed on, as routes of the pipe."""

    import_filter: FilterName = Field(default="all", alias="import")
    """The filter for routes from `peer_table` to `table`."""

    export_filter: FilterName = Field(default="none", alias="export")
    """The filter for routes from `table` to `peer_table`."""

    preference: Preference = 70
    """The preference of the routes an opaque pipe makes."""

    families: Families = ("ipv4", "ipv6")
    """Which routes are passed on."""
