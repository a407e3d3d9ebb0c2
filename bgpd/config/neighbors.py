"""Neighbors and the groups whose settings they share: ``[[neighbors]]`` and ``[groups.NAME]``."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bgpd.config.addresses import FamilyName, HostAddress, NeighborAddress
from bgpd.config.section import Section
from bgpd.config.values import (
    AbsolutePath,
    AsNumber,
    Delay,
    FilterName,
    HoldTime,
    Hops,
    Line,
    Name,
    OwnAsNumber,
    Password,
    Port,
    Seconds,
    Shutdown,
    Switch,
)
from bgpd.config.wording import Allowed, Unset

Families = Annotated[
    tuple[FamilyName, ...], Field(strict=False, min_length=1), Allowed('a list like ["ipv4", "ipv6"]')
]
NextHopMode = Annotated[Literal["self", "keep", "auto"], Allowed('"self", "keep" or "auto"')]
GatewayMode = Annotated[Literal["direct", "recursive"], Allowed('"direct" or "recursive"')]
ErrorWait = Annotated[
    tuple[Seconds, Seconds],
    Field(strict=False),
    Allowed("two numbers of seconds like [60, 300], the first not above the second"),
]


class NeighborOptions(Section):
    """What a neighbor may say for itself or take from its group."""

    planned: ClassVar[Mapping[str, object]] = {
        "role": None,
        "allow_local_as": 0,
        "max_prefixes": None,
        "route_reflector_client": False,
        "cluster_id": None,
        "add_paths": "off",
        "graceful_restart": "off",
        "graceful_restart_time": None,
        "long_lived_graceful_restart": "off",
        "extended_next_hop": False,
        "enhanced_route_refresh": False,
        "send_hold_time": None,
    }

    port: Port = 179
    """The TCP port of the neighbor."""

    source_address: Annotated[HostAddress | None, Unset("the address the kernel chooses")] = None
    """Our address for the session, of the family of the neighbor's address."""

    local_asn: Annotated[OwnAsNumber | None, Unset("`asn` of `[router]`")] = None
    """Our AS number for this neighbor."""

    passive: Switch = False
    """Wait for the neighbor to connect, and never connect to it."""

    families: Annotated[Families | None, Unset("the family of the address")] = None
    """Whose unicast routes are exchanged; several families share one session (RFC 4760)."""

    extended_messages: Switch = True
    """Offer messages of up to 65,535 octets, and send them to a neighbor that offers them too (RFC 8654)."""

    hold_time: HoldTime = 90
    """Seconds of silence after which the session ends; of both sides' values the smaller holds
    (RFC 4271 §4.2). 0: the session lasts without KEEPALIVEs."""

    keepalive_time: Annotated[Seconds | None, Unset("a third of the hold time in use")] = None
    """Seconds between KEEPALIVEs; less than `hold_time`."""

    connect_delay: Delay = 5
    """Seconds to wait before the first attempt to connect."""

    connect_retry: Seconds = 120
    """Seconds between attempts to connect (RFC 4271 §8, ConnectRetryTimer)."""

    error_wait: ErrorWait = (60, 300)
    """Seconds to wait after an error, doubling from the first number to the second while errors continue."""

    error_forget: Seconds = 300
    """Seconds without an error after which the wait is the first number of `error_wait` again."""

    import_filter: Annotated[
        FilterName | None, Unset('`"all"`; nothing from an external neighbor, see `ebgp_requires_policy`')
    ] = Field(default=None, alias="import")
    """The filter for routes the neighbor sends."""

    export_filter: Annotated[FilterName | None, Unset('`"none"`')] = Field(default=None, alias="export")
    """The filter for routes the neighbor is sent."""

    ebgp_requires_policy: Switch = True
    """RFC 8212: with an external neighbor, a direction whose key is not written exchanges nothing.
    `import = "all"` counts as written."""

    keep_filtered: Switch = True
    """Keep routes that were refused: they can be shown, and a changed filter can be applied to them."""

    next_hop: NextHopMode = "auto"
    """The next hop the neighbor is sent. `"self"`: our address. `"keep"`: the route's own where that is
    allowed. `"auto"`: our address to external neighbors, the route's own to internal ones
    (RFC 4271 §5.1.3)."""

    gateway: Annotated[GatewayMode | None, Unset('`"recursive"` with multihop, otherwise `"direct"`')] = None
    """How next hops the neighbor sends are resolved. `"direct"`: they must be on a connected network.
    `"recursive"`: by the best route to them."""

    multihop: Annotated[
        Hops | None, Unset("0 for external neighbors and with `ttl_security`, 64 for internal ones")
    ] = None
    """How far away the neighbor may be. 0: on a connected network, the TTL is 1. N: up to N hops."""

    ttl_security: Switch = False
    """GTSM (RFC 5082): send with TTL 255 and accept only what came over no more hops than allowed.
    The neighbor must do the same."""

    password: Annotated[Password | None, Unset("none")] = None
    """The password of TCP MD5 signatures (RFC 2385); never shown or logged."""

    password_file: Annotated[AbsolutePath | None, Unset("none")] = None
    """A file that holds the password; a newline at its end does not count."""

    shutdown: Shutdown = False
    """Keep the session down. Text is the reason, which the neighbor is told (RFC 9003)."""


class NeighborIdentity(Section):
    """What one neighbor alone can say."""

    name: Annotated[Name | None, Unset('`"bgp1"`, `"bgp2"`, ...')] = None
    """What the neighbor is called in commands and logs."""

    description: Line = ""
    """Free text for people."""

    group: Annotated[Name | None, Unset("none")] = None
    """The group whose settings hold where the neighbor says nothing."""

    address: NeighborAddress
    """The address of the neighbor; a link-local one with its interface, as `fe80::1%eth0`."""

    asn: AsNumber
    """The AS of the neighbor; here or in its group. The same as ours: an internal neighbor (iBGP)."""


class GroupIdentity(Section):
    """What one group alone can say."""

    group: Annotated[Name | None, Unset("none")] = None
    """Another group, whose settings hold where this one says nothing."""

    asn: Annotated[AsNumber | None, Unset("each neighbor writes its own")] = None
    """The AS of the neighbors."""


class Neighbor(NeighborOptions, NeighborIdentity):
    """A BGP speaker to exchange routes with."""

    planned: ClassVar[Mapping[str, object]] = {**NeighborOptions.planned, "range": None}


class Group(NeighborOptions, GroupIdentity):
    """Settings that neighbors share. A key of the neighbor itself goes before the one of its group."""
