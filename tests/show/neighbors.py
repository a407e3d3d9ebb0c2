"""What two neighbors have to tell: one that is established, and one that does not come up."""

from bgpd.protocols.bgp_capabilities import capability_rows
from bgpd.protocols.neighbor_details import (
    LimitRow,
    NeighborDetails,
    NotificationRow,
    RefusalRow,
    SessionRow,
    TrafficRow,
    TransitionRow,
)
from bgpd.sessions.countdown import Countdown
from bgpd.show.times import Moment
from messages.capabilities import Capabilities

STARTED = 1795363641.0
"""2026-11-22 16:07:21 UTC."""

_SESSION = SessionRow(
    neighbor_id="10.10.0.4",
    neighbor_caps=("refresh", "AS4"),
    kind=("external", "AS4"),
    source_address="10.10.0.1",
    initiator="local",
    local_capabilities=tuple(
        capability_rows(Capabilities.decode(bytes.fromhex("0104 00010001 0200 4104 0000fc00 4600")))
    ),
    neighbor_capabilities=tuple(
        capability_rows(Capabilities.decode(bytes.fromhex("0104 00010001 0200 4104 0000fde9 ef020102")))
    ),
)


def established() -> NeighborDetails:
    """Return a neighbor that came up at its second attempt, and has a limit and much to say."""
    return NeighborDetails(
        bgp_state="Established",
        neighbor_address="10.10.0.4",
        neighbor_as=65001,
        local_as=64512,
        authentication="TCP MD5 (RFC 2385)",
        session=_SESSION,
        limits=(LimitRow("ipv4", "imported", 2, 1000, "restart", 75, 60),),
        timers={
            "hold": Countdown(66.4, 90),
            "keepalive": Countdown(12.0, 30),
            "send_hold": Countdown(479.6, 480),
        },
        last_error=None,
        error_in_short=None,
        draining=True,
        remarks=('nothing is sent: no export filter is written (RFC 8212); write export = "all" or "none"',),
        messages={"OPEN": TrafficRow(1, 2), "UPDATE": TrafficRow(1234567890, 0)},
        malformed_attributes=3,
        sessions_lost=2,
        last_sent=NotificationRow(
            Moment(STARTED + 1), 2, 2, "Bad peer AS", "65009 expected, 65001 received", "fde9"
        ),
        last_received=NotificationRow(
            Moment(STARTED + 2), 6, 2, "Administrative shutdown", "Umbau " + "☕" * 83, "00"
        ),
        last_refusal=RefusalRow(
            Moment(STARTED + 3), "a session is established", "Connection collision resolution"
        ),
        transitions=(
            TransitionRow(Moment(STARTED), "Idle", "Connect", "Started", None),
            TransitionRow(Moment(STARTED + 4), "OpenConfirm", "Established", "KEEPALIVE received", "local"),
        ),
    )


def active() -> NeighborDetails:
    """Return a neighbor that never answered."""
    return NeighborDetails(
        bgp_state="Active",
        neighbor_address="fe80::6%eth0",
        neighbor_as=65003,
        local_as=64512,
        authentication=None,
        session=None,
        limits=(),
        timers={"connect_delay": Countdown(3.2, 5)},
        last_error="Socket: Connection refused",
        error_in_short="Socket: Connection refused",
        draining=False,
        remarks=(),
        messages={"OPEN": TrafficRow(0, 0)},
        malformed_attributes=0,
        sessions_lost=0,
        last_sent=None,
        last_received=None,
        last_refusal=None,
        transitions=(),
    )
