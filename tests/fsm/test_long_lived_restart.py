"""Long-lived graceful restart: what is offered and agreed on, and whose routes are kept (RFC 9494 §3, §4)."""

from dataclasses import replace
from typing import Final, Literal

import pytest

from fsm.long_lived_restart import NOT_AGREED, LongLived, offered_stale_times, takes_stale_routes
from fsm.negotiation import announced_capabilities, negotiate
from fsm.restart import Restart
from fsm.restart_state import RestartState
from fsm.settings import Settings
from messages.capabilities import (
    FOUR_OCTET_AS,
    GRACEFUL_RESTART,
    LONG_LIVED_GRACEFUL_RESTART,
    MULTIPROTOCOL,
    Capabilities,
    GracefulRestart,
    LongLivedFamily,
    RestartingFamily,
)
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from messages.notification import Notification, hard_reset
from tests.fsm.machines import SETTINGS, peer_open

Mode = Literal["off", "helper", "full"]
BOTH: Final = (IPV4_UNICAST, IPV6_UNICAST)
RESTART: Final = GracefulRestart(
    restarting=False,
    notification=True,
    restart_time=60,
    families=tuple(RestartingFamily(family, forwarding_preserved=True) for family in BOTH),
)
IPV4: Final = LongLivedFamily(IPV4_UNICAST, forwarding_preserved=True, stale_time=7200)
IPV6: Final = LongLivedFamily(IPV6_UNICAST, forwarding_preserved=False, stale_time=600)
CEASE: Final = Notification(6, 2)


def ours(mode: Mode = "helper", restart: Mode = "helper", state: RestartState | None = None) -> Settings:
    return replace(
        SETTINGS,
        families=BOTH,
        graceful_restart=restart,
        long_lived_graceful_restart=mode,
        long_lived_stale_time=3600,
        restart_state=state or RestartState(),
    )


def theirs(
    *families: LongLivedFamily, restart: GracefulRestart | None = RESTART, knows: bool = True
) -> Capabilities:
    capabilities = Capabilities.of(*((MULTIPROTOCOL, family) for family in BOTH), (FOUR_OCTET_AS, 65001))
    if restart is not None:
        capabilities += Capabilities.of((GRACEFUL_RESTART, restart))
    if knows:
        capabilities += Capabilities.of((LONG_LIVED_GRACEFUL_RESTART, families))
    return capabilities


def agreed(settings: Settings, capabilities: Capabilities) -> Restart:
    announced = announced_capabilities(settings)
    restart = negotiate(peer_open(capabilities=capabilities), settings, announced).restart
    assert restart is not None
    return restart


@pytest.mark.parametrize(
    ("mode", "restart", "octets"),
    [
        ("off", "full", None),
        ("helper", "off", None),
        ("full", "off", None),
        ("helper", "helper", "4700"),
        ("helper", "full", "4700"),
        ("full", "helper", "470e 000101 80 000e10 000201 80 000e10"),
        ("full", "full", "470e 000101 80 000e10 000201 80 000e10"),
    ],
)
def test_what_is_offered(mode: Mode, restart: Mode, octets: str | None) -> None:
    """RFC 9494 §3, §4.1: never without the other capability; a helper's is empty, as BIRD's."""
    announced = announced_capabilities(ours(mode, restart))
    value = announced.get(LONG_LIVED_GRACEFUL_RESTART)
    assert (value is None) == (octets is None)
    if value is not None and octets is not None:
        alone = Capabilities.of((LONG_LIVED_GRACEFUL_RESTART, value))
        assert alone.encode() == bytes.fromhex(octets)


@pytest.mark.parametrize("lost", [(), BOTH[:1], BOTH])
def test_what_our_absence_has_left(lost: tuple[Family, ...]) -> None:
    """RFC 9494 §3: the F bit, at the time of each OPEN."""
    state = RestartState()
    settings = ours("full", state=state)
    state.lost.update(lost)
    rows = tuple(LongLivedFamily(family, family not in lost, 3600) for family in BOTH)
    assert offered_stale_times(settings) == rows


@pytest.mark.parametrize(
    ("mode", "peers", "expected"),
    [
        ("off", theirs(IPV4, IPV6), NOT_AGREED),
        ("helper", theirs(knows=False), NOT_AGREED),
        ("helper", theirs(), NOT_AGREED),
        ("full", theirs(), LongLived(is_helped=True)),
        (
            "helper",
            theirs(IPV6, IPV4),
            LongLived({IPV4_UNICAST: 7200, IPV6_UNICAST: 600}, frozenset({IPV4_UNICAST})),
        ),
        ("full", theirs(IPV6), LongLived({IPV6_UNICAST: 600}, is_helped=True)),
        ("helper", theirs(IPV4._replace(stale_time=0)), LongLived(preserved=frozenset({IPV4_UNICAST}))),
        ("helper", theirs(LongLivedFamily((25, 70), True, 9)), NOT_AGREED),
    ],
)
def test_what_both_agree_on(mode: Mode, peers: Capabilities, expected: LongLived) -> None:
    assert agreed(ours(mode), peers).long_lived == expected


def test_without_graceful_restart_there_is_none() -> None:
    """RFC 9494 §4.1: then the capability is disregarded."""
    settings = ours()
    peers = theirs(IPV4, restart=None)
    negotiated = negotiate(peer_open(capabilities=peers), settings, announced_capabilities(settings))
    assert negotiated.restart is None
    assert not takes_stale_routes(peers)


@pytest.mark.parametrize("mode", ["off", "helper", "full"])
def test_who_takes_stale_routes(mode: Mode) -> None:
    """RFC 9494 §4.3: whoever has sent the capability, be it empty."""
    settings = ours(mode)
    assert takes_stale_routes(announced_capabilities(settings)) == (mode != "off")


@pytest.mark.parametrize(
    ("peers", "kept"),
    [
        (theirs(IPV4, IPV6), BOTH),
        (theirs(IPV6, restart=RESTART._replace(families=RESTART.families[:1])), BOTH),
        (theirs(IPV6, restart=RESTART._replace(restart_time=0)), BOTH[1:]),
        (theirs(IPV4, restart=RESTART._replace(restart_time=0, families=())), BOTH[:1]),
        (theirs(restart=RESTART._replace(restart_time=0)), ()),
    ],
)
def test_whose_routes_are_kept(peers: Capabilities, kept: tuple[Family, ...]) -> None:
    """RFC 9494 §4.2: also without any time for a restart; and with a NOTIFICATION as RFC 8538 §4 has it."""
    restart = agreed(ours(), peers)
    ends = (None, CEASE, hard_reset(CEASE))
    assert [restart.retained(end) for end in ends] == [kept, kept, ()]


@pytest.mark.parametrize(("mode", "is_helped"), [("helper", False), ("full", True)])
def test_who_is_asked_to_keep_ours(mode: Mode, is_helped: bool) -> None:
    assert agreed(ours(mode), theirs()).is_helped is is_helped


@pytest.mark.parametrize(
    ("mode", "restart", "knows", "seconds"),
    [
        ("off", "helper", True, 0),
        ("helper", "helper", True, 0),
        ("helper", "full", True, 120),
        ("full", "helper", True, 3600),
        ("full", "full", True, 120 + 3600),
        ("full", "full", False, 120),
        ("full", "helper", False, 0),
    ],
)
def test_for_how_long_the_peer_keeps_ours(mode: Mode, restart: Mode, knows: bool, seconds: int) -> None:
    """RFC 9494 §4.2: one time after the other."""
    settings = ours(mode, restart)
    announced = announced_capabilities(settings)
    negotiated = negotiate(peer_open(capabilities=theirs(knows=knows)), settings, announced)
    assert negotiated.helped_for == seconds
