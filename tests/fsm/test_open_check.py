"""Which OPENs are acceptable (RFC 4271 §6.2, RFC 6286 §2.2, RFC 7607 §2)."""

from dataclasses import replace

import pytest

from fsm.open_check import check_open
from fsm.settings import Settings
from messages.capabilities import FOUR_OCTET_AS, Capabilities
from messages.errors import NotificationError
from messages.open import Open
from tests.fsm.machines import SETTINGS, peer_open

ANY_AS = replace(SETTINGS, peer_asn=None)
INTERNAL = replace(SETTINGS, peer_asn=SETTINGS.local_asn)
WIDE = Capabilities.of((FOUR_OCTET_AS, 4200000000))
NONE = Capabilities()


@pytest.mark.parametrize(
    ("message", "settings"),
    [
        (peer_open(), SETTINGS),
        (peer_open(), ANY_AS),
        (peer_open(65001, capabilities=NONE), SETTINGS),
        (peer_open(23456, capabilities=WIDE), replace(SETTINGS, peer_asn=4200000000)),
        (peer_open(hold_time=0), SETTINGS),
        (peer_open(hold_time=3), SETTINGS),
        (peer_open(router_id=SETTINGS.router_id), SETTINGS),
        (peer_open(64512, capabilities=NONE), INTERNAL),
        (peer_open(router_id=0xFFFFFFFF), SETTINGS),
    ],
    ids=[
        "the AS we expect",
        "any AS",
        "AS in two octets",
        "AS in four octets",
        "hold time 0",
        "hold time 3",
        "our identifier in another AS (RFC 6286 §2.1)",
        "internal",
        "an identifier that is no host address (RFC 6286 §2.1)",
    ],
)
def test_acceptable(message: Open, settings: Settings) -> None:
    check_open(message, settings)


@pytest.mark.parametrize(
    ("message", "settings", "subcode"),
    [
        (peer_open(65002, capabilities=NONE), SETTINGS, 2),
        (peer_open(65001, capabilities=WIDE), SETTINGS, 2),
        (peer_open(0, capabilities=NONE), ANY_AS, 2),
        (peer_open(65001, capabilities=Capabilities.of((FOUR_OCTET_AS, 0))), ANY_AS, 2),
        (peer_open(router_id=0), SETTINGS, 3),
        (peer_open(64512, router_id=SETTINGS.router_id, capabilities=NONE), INTERNAL, 3),
        (peer_open(hold_time=1), SETTINGS, 6),
        (peer_open(hold_time=2), SETTINGS, 6),
    ],
    ids=[
        "another AS",
        "another AS in four octets",
        "AS 0",
        "AS 0 in four octets",
        "identifier 0",
        "our identifier, internal",
        "hold time 1",
        "hold time 2",
    ],
)
def test_refused(message: Open, settings: Settings, subcode: int) -> None:
    with pytest.raises(NotificationError) as refusal:
        check_open(message, settings)
    assert (refusal.value.code, refusal.value.subcode) == (2, subcode)
    assert refusal.value.reason
