"""Neighbors and the groups whose settings they share: ``[[neighbors]]`` and ``[groups.NAME]``."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bgpd.config.addresses import Families, HostAddress, InterfaceName, NeighborAddress, Prefix, RouterId
from bgpd.config.authentication import TcpAo
from bgpd.config.propagation import Propagation
from bgpd.config.protocol_options import Debug
from bgpd.config.section import Section
from bgpd.config.values import (
    AbsolutePath,
    AsNumber,
    Delay,
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

LocalAsMode = Annotated[
    Literal["replace", "no-prepend", "prepend"], Allowed('"replace", "no-prepend" or "prepend"')
]
RequiredCapability = Annotated[
    Literal["ipv4", "ipv6", "route-refresh", "enhanced-route-refresh", "four-octet-as", "extended-messages"],
    Allowed(
        '"ipv4", "ipv6", "route-refresh", "enhanced-route-refresh", "four-octet-as" or "extended-messages"'
    ),
]
RequiredCapabilities = Annotated[
    tuple[RequiredCapability, ...], Field(strict=False), Allowed('a list like ["ipv6", "route-refresh"]')
]
RoleName = Annotated[
    Literal["provider", "rs-server", "rs-client", "customer", "peer"],
    Allowed('"provider", "rs-server", "rs-client", "customer" or "peer"'),
]
DynamicLimit = Annotated[int, Field(ge=1, le=65535), Allowed("a number of neighbors from 1 to 65535")]
GracefulRestartMode = Annotated[Literal["off", "helper", "full"], Allowed('"off", "helper" or "full"')]
RestartTime = Annotated[int, Field(ge=1, le=4095), Allowed("a number of seconds from 1 to 4095")]
StaleTime = Annotated[
    int, Field(ge=1, le=0xFFFFFF), Allowed("a number of seconds from 1 to 16777215, which is half a year")
]
ErrorWait = Annotated[
    tuple[Seconds, Seconds],
    Field(strict=False),
    Allowed("two numbers of seconds like [60, 300], the first not above the second"),
]


class NeighborSession(Section):
    """How a session with a neighbor comes about, and what keeps it up."""

    port: Port = 179
    """The TCP port of the neighbor."""

    source_address: Annotated[HostAddress | None, Unset("the address the kernel chooses")] = None
    """Our address for the session, of the family of the neighbor's address."""

    local_asn: Annotated[OwnAsNumber | None, Unset("`asn` of `[router]`, or the confederation's `id`")] = None
    """Our AS number for this neighbor."""

    local_asn_mode: LocalAsMode = "replace"
    """What an external neighbor with a `local_asn` finds before the AS_PATH. `"replace"`: `local_asn` in the
    place of the router's AS. `"no-prepend"`: `local_asn`, then the router's AS. `"prepend"`: the same, and in
    what it sends `local_asn` is put before the AS_PATH."""

    passive: Switch = False
    """Wait for the neighbor to connect, and never connect to it."""

    families: Annotated[Families | None, Unset("the family of the address")] = None
    """Whose unicast routes are exchanged; several families share one session (RFC 4760)."""

    extended_next_hop: Annotated[Switch | None, Unset("true where both families are exchanged")] = None
    """Offer IPv4 routes with IPv6 next hops (RFC 8950)."""

    capabilities: Switch = True
    """Announce capabilities (RFC 5492). `false` is for a neighbor that cannot bear them; then only IPv4
    unicast and AS numbers of two octets are spoken. One that refuses them (2/4) is tried again without."""

    require_capabilities: RequiredCapabilities = ()
    """What the neighbor must announce; without it the session is refused (2/7)."""

    extended_messages: Switch = True
    """Offer messages of up to 65,535 octets, and send them to a neighbor that offers them too (RFC 8654)."""

    enhanced_route_refresh: Switch = True
    """Offer to mark the beginning and the end of what is sent again, so that nothing stale remains
    (RFC 7313)."""

    role: Annotated[RoleName | None, Unset("none")] = None
    """What this router is to an external neighbor (RFC 9234): a leaked route is neither accepted nor sent.
    A neighbor with a role that does not fit is refused."""

    strict_role: Switch = False
    """Refuse a neighbor that announces no role."""

    hold_time: HoldTime = 90
    """Seconds of silence after which the session ends; of both sides' values the smaller holds
    (RFC 4271 §4.2). 0: the session lasts without KEEPALIVEs."""

    keepalive_time: Annotated[Seconds | None, Unset("a third of the hold time in use")] = None
    """Seconds between KEEPALIVEs; less than `hold_time`."""

    send_hold_time: Annotated[Seconds | None, Unset("480, or twice the hold time if that is more")] = None
    """Seconds for which the neighbor may take nothing of what it is sent; then the session ends
    (RFC 9687)."""

    startup_hold_time: Seconds = 240
    """Seconds to wait for the neighbor's OPEN once there is a TCP connection (RFC 4271 §8.2.2)."""

    delay_open: Delay = 0
    """Seconds to wait with our OPEN for the neighbor's (RFC 4271 §8.1.1, DelayOpenTime); 0: send it at
    once."""

    connect_delay: Delay = 5
    """Seconds to wait before an attempt to connect: the first one, and each after a failure. The neighbor
    may connect meanwhile."""

    connect_retry: Seconds = 120
    """Seconds that an attempt to connect may take (RFC 4271 §8, ConnectRetryTimer)."""

    error_wait: ErrorWait = (60, 300)
    """Seconds to wait after an error, doubling from the first number to the second while errors continue."""

    error_forget: Seconds = 300
    """Seconds without an error after which the wait is the first number of `error_wait` again."""

    multihop: Annotated[
        Hops | None, Unset("64 for internal neighbors, 0 for others and with `ttl_security`")
    ] = None
    """How far away the neighbor may be. 0: on a connected network, the TTL is 1. N: up to N hops."""

    ttl_security: Switch = False
    """GTSM (RFC 5082): send with TTL 255 and accept only what came over no more hops than allowed.
    The neighbor must do the same."""

    password: Annotated[Password | None, Unset("none")] = None
    """The password of TCP MD5 signatures (RFC 2385); never shown or logged."""

    password_file: Annotated[AbsolutePath | None, Unset("none")] = None
    """A file that holds the password; a newline at its end does not count."""

    tcp_ao: Annotated[TcpAo | None, Allowed("a table of keys and values"), Unset("none")] = None
    """A TCP-AO key instead of a password."""

    device: Annotated[InterfaceName | None, Unset("none")] = None
    """The interface or VRF the session is bound to: packets leave and arrive there only."""

    graceful_restart: GracefulRestartMode = "helper"
    """What happens to routes when a session is lost without a word (RFC 4724), or with one that both sides
    have agreed to survive (RFC 8538). `"helper"`: the neighbor's routes stay while it restarts, if it has
    asked for that. `"full"`: the neighbor is asked to keep ours, too. `"off"`: neither."""

    graceful_restart_time: RestartTime = 120
    """Seconds within which this router will be back after a restart: how long the neighbor waits for a
    session before it forgets our routes."""

    graceful_restart_notification: Switch = True
    """Routes survive a session that ends with a NOTIFICATION, or for want of KEEPALIVEs, like one that ends
    without a word, if the neighbor agrees (the N bit of RFC 8538). With `false` only the latter is taken for
    a restart, and a neighbor that is dead is given up with its hold time."""

    stale_time: Seconds = 180
    """Seconds, beyond the time that the neighbor asks for, after which routes that it has not said again go
    whatever it does (RFC 8538 §4.1)."""

    long_lived_graceful_restart: GracefulRestartMode = "helper"
    """What happens to routes when the one who restarts is not back in time (RFC 9494). `"helper"`: the
    neighbor's routes stay as the last choice, for as long as it has asked for. `"full"`: the neighbor is
    asked to keep ours, too. `"off"`: neither. Nothing of it happens with `graceful_restart = "off"`."""

    long_lived_stale_time: StaleTime = 3600
    """Seconds for which the neighbor is asked to keep our routes after the time of a restart is up."""

    max_long_lived_stale_time: Annotated[StaleTime | None, Unset("what the neighbor asks for")] = None
    """Seconds for which the neighbor's routes stay after the time of a restart is up, at most."""

    router_id: Annotated[RouterId | None, Unset("`id` of `[router]`")] = None
    """Our BGP Identifier for this neighbor."""

    shutdown: Shutdown = False
    """Keep the session down until it is enabled. Text is the reason, which `show protocols all` has."""

    debug: Debug = ()
    """What is logged of it: `"states"`, `"routes"`, `"filters"`, `"interfaces"`, `"events"`, `"packets"`."""


class NeighborOptions(Propagation, NeighborSession):
    """What a neighbor may say for itself or take from its group."""

    planned: ClassVar[Mapping[str, object]] = {
        "check_link": False,
    }


class NeighborIdentity(Section):
    """What one neighbor alone can say."""

    name: Annotated[Name | None, Unset('`"bgp1"`, `"bgp2"`, ...')] = None
    """What the neighbor is called in commands and logs."""

    description: Line = ""
    """Free text for people."""

    group: Annotated[Name | None, Unset("none")] = None
    """The group whose settings hold where the neighbor says nothing."""

    address: Annotated[NeighborAddress | None, Unset("must be written, unless there is a `range`")] = None
    """The address of the neighbor; a link-local one with its interface, as `fe80::1%eth0`."""

    range: Annotated[Prefix | None, Unset("none")] = None
    """Instead of `address`: every host of this prefix that connects is such a neighbor, called after its
    address as in `NAME_10_0_0_5`, until its session ends. We never connect to them."""

    limit: DynamicLimit = 100
    """How many neighbors of the `range` there may be at a time."""

    asn: AsNumber
    """The AS of the neighbor; here or in its group. The same as ours: an internal neighbor (iBGP)."""


class GroupIdentity(Section):
    """What one group alone can say."""

    group: Annotated[Name | None, Unset("none")] = None
    """Another group, whose settings hold where this one says nothing."""

    asn: Annotated[AsNumber | None, Unset("each neighbor writes its own")] = None
    """The AS of the neighbors."""


class Neighbor(NeighborOptions, NeighborIdentity):
    """A BGP speaker to exchange routes with, or a range of addresses that such speakers connect from."""


class Group(NeighborOptions, GroupIdentity):
    """Settings that neighbors share. A key of the neighbor itself goes before the one of its group."""
