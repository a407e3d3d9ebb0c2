"""A peer that lacks what we require is told what, and seldom asked again (RFC 5492 §3, §5)."""

from dataclasses import replace

import pytest

from fsm.actions import ReportFailure, SendNotification
from fsm.events import NotificationReceived, OpenReceived
from fsm.machine import Machine
from fsm.open_check import check_open
from fsm.state import State
from messages.capabilities import (
    ENHANCED_ROUTE_REFRESH,
    EXTENDED_MESSAGE,
    FOUR_OCTET_AS,
    MULTIPROTOCOL,
    ROUTE_REFRESH,
    Capabilities,
)
from messages.errors import NotificationError
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from messages.notification import Notification
from tests.fsm.machines import CAPABILITIES, NOW, SETTINGS, machine_in, peer_open

REQUIRED = Capabilities.of(
    (MULTIPROTOCOL, IPV4_UNICAST),
    (MULTIPROTOCOL, IPV6_UNICAST),
    (ROUTE_REFRESH, True),
    (FOUR_OCTET_AS, 64512),
    (EXTENDED_MESSAGE, True),
    (ENHANCED_ROUTE_REFRESH, True),
)
DEMANDING = replace(SETTINGS, required=REQUIRED)


def test_a_peer_that_has_everything_is_accepted() -> None:
    """The value of FOUR_OCTET_AS is the peer's own."""
    rest = Capabilities.of(
        (MULTIPROTOCOL, IPV6_UNICAST), (EXTENDED_MESSAGE, True), (ENHANCED_ROUTE_REFRESH, True)
    )
    check_open(peer_open(capabilities=CAPABILITIES + rest), DEMANDING)


@pytest.mark.parametrize(
    ("capabilities", "data", "words"),
    [
        (
            CAPABILITIES,
            "0104 0002 0001 0600 4600",
            "multiprotocol ipv6, extended_message, enhanced_route_refresh",
        ),
        (
            Capabilities(),
            "0104 0001 0001 0104 0002 0001 0200 4104 0000fc00 0600 4600",
            "multiprotocol ipv4, multiprotocol ipv6, route_refresh, four_octet_as 64512, extended_message, "
            "enhanced_route_refresh",
        ),
    ],
    ids=["some", "all"],
)
def test_what_is_missing_is_listed(capabilities: Capabilities, data: str, words: str) -> None:
    with pytest.raises(NotificationError) as refusal:
        check_open(peer_open(capabilities=capabilities), DEMANDING)
    assert (refusal.value.code, refusal.value.subcode) == (2, 7)
    assert (refusal.value.data, refusal.value.reason) == (bytes.fromhex(data), words)


def test_the_operator_reads_what_is_missing() -> None:
    machine = machine_in(
        State.OPEN_SENT, replace(SETTINGS, required=Capabilities.of((EXTENDED_MESSAGE, True)))
    )
    send, _, report = machine.handle(OpenReceived(peer_open()), NOW)
    assert send == SendNotification(Notification(2, 7, b"\6\0"))
    assert isinstance(report, ReportFailure)
    assert str(report.failure) == "BGP Error: Required capability missing (extended_message)"


@pytest.mark.parametrize(
    ("machine", "event"),
    [
        (machine_in(State.OPEN_SENT, DEMANDING), OpenReceived(peer_open())),
        (machine_in(State.OPEN_SENT), NotificationReceived(Notification(2, 7, b"\6\0"))),
        (machine_in(State.OPEN_CONFIRM), NotificationReceived(Notification(2, 7, b"\6\0"))),
    ],
    ids=["we miss it", "the peer misses it", "the peer misses it, later"],
)
def test_the_rest_is_the_longest_at_once(
    machine: Machine, event: OpenReceived | NotificationReceived
) -> None:
    machine.handle(event, NOW)
    assert (machine.state, machine.next_deadline()) == (State.IDLE, NOW + 300)


def test_other_errors_do_not_shorten_the_rest_after_it(established: Machine) -> None:
    wait = established.error_wait
    assert [wait.longest(NOW), wait.next(NOW + 299), wait.next(NOW + 599)] == [300, 300, 60]
