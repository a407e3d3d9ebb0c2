"""The scopes of addresses in BIRD's words (``show interfaces``)."""

import pytest

from kernel_sync.interfaces import IFF_UP, Interface, InterfaceAddress
from messages.families.prefix import parse_address
from tests.show.transcript import converse
from tests.show.world import StillDaemon


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("2001:db8::1", "univ"),
        ("fe80::1", "link"),
        ("fec0::1", "site"),
        ("fd00::1", "site"),
        ("fe0a::2", "undef"),
        ("400::1", "undef"),
        ("::1", "host"),
        ("8.8.8.8", "univ"),
        ("10.0.0.1", "site"),
        ("240.0.0.1", "site"),
        ("127.0.0.1", "host"),
    ],
)
def test_scopes_are_those_of_calicos_bird(address: str, scope: str) -> None:
    daemon = StillDaemon()
    daemon.dialect = "bird"
    daemon.interfaces.set_link(Interface(1, "eth0", IFF_UP, 1500))
    octets = parse_address(address)
    daemon.interfaces.set_address(1, InterfaceAddress(octets, 4 * len(octets)))
    assert f"scope {scope})" in converse(daemon, ["show interfaces"])
