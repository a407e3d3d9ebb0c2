"""Static routes: ``[[static]]`` and ``[statics.NAME]``."""

from typing import Annotated

from pydantic import Field

from bgpd.config.addresses import Families, HostAddress, InterfaceName, Prefix
from bgpd.config.filters import Statements
from bgpd.config.protocol_options import ProtocolOptions
from bgpd.config.section import Section
from bgpd.config.values import MASTER, FilterName, Preference, Switch, TableName, Weight
from bgpd.config.wording import Allowed, Unset


class StaticNextHop(Section):
    """One of several next hops that share the traffic."""

    via: Annotated[HostAddress | None, Unset("the destination is on the link of `dev`")] = None
    """The address of the gateway."""

    dev: Annotated[InterfaceName | None, Unset("the interface whose network has `via`")] = None
    """The interface to send by."""

    onlink: Switch = False
    """Reach `via` by `dev` even if no network of that interface contains it."""

    weight: Weight = 1
    """The share of the traffic, against the weights of the others."""


StaticNextHops = Annotated[
    tuple[StaticNextHop, ...], Field(strict=False), Allowed('a list like [{ via = "192.0.2.1", weight = 2 }]')
]


class StaticDestination(Section):
    """One route that does not change, wherever it belongs to.

    It has exactly one destination: `blackhole`, `unreachable`, `prohibit`, a next hop (`via`, `dev` or
    both), several in `nexthops`, or `recursive`.
    """

    prefix: Prefix
    """Which addresses the route is for."""

    blackhole: Switch = False
    """Discard packets silently."""

    unreachable: Switch = False
    """Answer that the destination cannot be reached."""

    prohibit: Switch = False
    """Answer that communication is prohibited."""

    via: Annotated[HostAddress | None, Unset("no gateway")] = None
    """The address of the gateway, of the family of the prefix."""

    dev: Annotated[InterfaceName | None, Unset("the interface whose network has `via`")] = None
    """The interface to send by; without `via` the destination is on its link."""

    onlink: Switch = False
    """Reach `via` by `dev` even if no network of that interface contains it."""

    nexthops: StaticNextHops = ()
    """Several next hops that share the traffic, each with `via`, `dev`, `onlink` and `weight` (default 1)."""

    recursive: Annotated[HostAddress | None, Unset("no such address")] = None
    """An address of the family of the prefix: the route leads to where the best route of its table to that
    address leads."""

    check_link: Switch = False
    """Do not use a next hop while its interface has no carrier."""

    change: Statements = Field(default="", alias="set")
    """Statements of the filter language that the route is changed by, like `"krt_metric = 5;"`."""


class StaticRoute(StaticDestination):
    """One route that does not change.

    It has exactly one destination: `blackhole`, `unreachable`, `prohibit`, a next hop (`via`, `dev` or
    both), several in `nexthops`, or `recursive`. The routes of one `table` and `preference` are one protocol:
    "static1", "static2", ...
    """

    table: TableName = MASTER
    """The table the route belongs to."""

    preference: Preference = 200
    """Of the routes to a prefix, those with the higher preference win."""


StaticRoutes = Annotated[
    tuple[StaticDestination, ...],
    Field(strict=False),
    Allowed('a list like [{ prefix = "192.0.2.0/24", blackhole = true }]'),
]


class NamedStatic(ProtocolOptions):
    """Static routes of a protocol with a name of its own."""

    table: TableName = MASTER
    """The table the routes belong to."""

    preference: Preference = 200
    """Of the routes to a prefix, those with the higher preference win."""

    families: Families = ("ipv4", "ipv6")
    """Which routes there may be."""

    import_filter: FilterName = Field(default="all", alias="import")
    """The filter for the routes."""

    routes: StaticRoutes = ()
    """The routes, each with the keys of [`[[static]]`](#static) but for `table` and `preference`. Of two to
    one prefix the last one counts."""
