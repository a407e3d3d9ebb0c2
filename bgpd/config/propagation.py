"""What is exchanged with a neighbor, and what happens to it on the way: keys of ``[[neighbors]]``."""

from typing import Annotated, Literal

from pydantic import Field

from bgpd.config.addresses import ClusterId
from bgpd.config.limits import MaxPrefixes
from bgpd.config.section import Section
from bgpd.config.values import MASTER, FilterName, Metric, Preference, Switch, TableName
from bgpd.config.wording import Allowed, Unset

NextHopMode = Annotated[Literal["self", "keep", "auto"], Allowed('"self", "keep" or "auto"')]
GatewayMode = Annotated[Literal["direct", "recursive"], Allowed('"direct" or "recursive"')]
AddPaths = Annotated[Literal["off", "receive", "send", "both"], Allowed('"off", "receive", "send" or "both"')]
SentPaths = Annotated[
    Annotated[int, Field(ge=2, le=255)] | Literal["all"],
    Allowed('a number of paths from 2 to 255, or "all"'),
]
PrivateAsMode = Annotated[Literal["off", "remove", "replace"], Allowed('"off", "remove" or "replace"')]
OwnAsCount = Annotated[int, Field(ge=0, le=255), Allowed("a number from 0 to 255")]
PrependCount = Annotated[int, Field(ge=0, le=32), Allowed("a number from 0 to 32")]


class Propagation(Section):
    """Which routes are exchanged with a neighbor, and what they become."""

    table: TableName = MASTER
    """The table whose routes are exchanged with the neighbor."""

    preference: Preference = 100
    """Of the routes to a prefix, those with the higher preference win, before any attribute is compared."""

    import_filter: Annotated[
        FilterName | None, Unset('`"all"`; nothing from an external neighbor, see `ebgp_requires_policy`')
    ] = Field(default=None, alias="import")
    """The filter for routes the neighbor sends."""

    export_filter: Annotated[FilterName | None, Unset('`"none"`')] = Field(default=None, alias="export")
    """The filter for routes the neighbor is sent."""

    ebgp_requires_policy: Switch = True
    """RFC 8212: with an external neighbor, a direction whose key is not written exchanges nothing.
    `import = "all"` counts as written."""

    max_prefixes: Annotated[MaxPrefixes | None, Allowed("a table of keys and values"), Unset("no limit")] = (
        None
    )
    """How many prefixes the neighbor may send and be sent."""

    keep_filtered: Switch = True
    """Keep routes that were refused: they can be shown, and a changed filter can be applied to them."""

    route_reflector_client: Switch = False
    """Reflect routes (RFC 4456): this internal neighbor is sent the routes of other internal neighbors, and
    its own go to all of them."""

    cluster_id: Annotated[ClusterId | None, Unset("`cluster_id` of `[router]`")] = None
    """The cluster of this internal neighbor, for a reflector with several clusters."""

    route_server_client: Switch = False
    """Be a route server to this external neighbor (RFC 7947): AS_PATH, next hop and MULTI_EXIT_DISC pass
    unchanged."""

    add_paths: AddPaths = "off"
    """Take several routes to a prefix from the neighbor (`"receive"`), offer them (`"send"`), or `"both"`
    (RFC 7911)."""

    send_paths: SentPaths = "all"
    """How many routes to a prefix are sent with `add_paths`, the best ones first."""

    allow_local_as: OwnAsCount = 0
    """How often our AS may be in the AS_PATH of a route that is accepted; otherwise the route is a loop
    (RFC 4271 §9.1.2)."""

    enforce_first_as: Switch = False
    """Refuse routes whose AS_PATH does not begin with the AS of the external neighbor (RFC 4271 §6.3). A
    route server does not put its AS there."""

    as_override: Switch = False
    """Replace the AS of this external neighbor by ours in what it is sent, so that it does not take its own
    routes from another site for loops."""

    remove_private_as: PrivateAsMode = "off"
    """What happens to private AS numbers (RFC 6996) in the AS_PATH that this external neighbor is sent:
    `"remove"` them, or `"replace"` each by our AS, which keeps the length."""

    prepend: PrependCount = 0
    """How many more times than once our AS is put before the AS_PATH that this external neighbor is sent."""

    default_med: Metric = 0
    """What a route without MULTI_EXIT_DISC counts as having."""

    default_local_pref: Metric = 100
    """What a route without LOCAL_PREF counts as having, as those of external neighbors are."""

    accept_blackhole: Switch = False
    """Discard packets to a prefix that comes with the community BLACKHOLE (RFC 7999), and do not tell other
    ASes of it. A filter should check that the neighbor may ask for that."""

    long_lived_stale_inside: Switch = False
    """Send long-lived stale routes also to an internal neighbor that knows nothing of them: with LOCAL_PREF 0
    and the community NO_EXPORT (RFC 9494 §4.6). Otherwise it is told that they are gone."""

    next_hop: NextHopMode = "auto"
    """The next hop the neighbor is sent. `"self"`: our address. `"keep"`: the route's own where that is
    allowed. `"auto"`: our address to external neighbors, unless the route's own is on the link to them; the
    route's own to internal neighbors and within a confederation (RFC 4271 §5.1.3)."""

    gateway: Annotated[
        GatewayMode | None, Unset('`"recursive"` with multihop and in a confederation, otherwise `"direct"`')
    ] = None
    """How next hops the neighbor sends are resolved. `"direct"`: they must be on a connected network.
    `"recursive"`: by the best route to them."""
