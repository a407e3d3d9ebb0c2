"""``show protocols all`` as BIRD has it: one paragraph for all families, and what it makes of limits."""

import pytest

from bgpd.protocols.protocol import Channel, Protocol, RouteCounters
from bgpd.show.bird_channels import bird_channel, bird_channel_lines
from bgpd.show.channels import channel_row
from messages.families import IPV4_UNICAST, IPV6_UNICAST
from rib.policy import Policy
from tests.show.world import StillDaemon, StillProtocol


def lines_of(protocol: Protocol) -> list[str]:
    """Return the paragraph."""
    rows = [channel_row(protocol, channel, 3) for channel in protocol.channels]
    return [*bird_channel_lines(protocol, bird_channel(protocol, rows), iter(()), recovers=False)]


def counters(**numbers: int) -> RouteCounters:
    """Return some of the numbers."""
    made = RouteCounters()
    for name, number in numbers.items():
        setattr(made, name, number)
    return made


def made(kind: str, *channels: Channel) -> StillProtocol:
    """Return a protocol with these channels."""
    protocol = StillDaemon().add_protocol("some", kind)
    protocol.channels = channels
    return protocol


def test_families_are_added_up() -> None:
    each = [
        Channel(family, None, Policy.ALL, Policy.NONE, counters(imports_received=4, imports_accepted=3))
        for family in (IPV4_UNICAST, IPV6_UNICAST)
    ]
    lines = lines_of(made("BGP", *each))
    assert "Routes:         0 imported, 6 exported, 0 preferred" in lines
    assert "  Import updates:              8          0          0          2          6" in lines


def test_what_a_limit_refuses_is_ignored() -> None:
    numbers = counters(imports_received=3, imports_rejected=1, imports_accepted=2)
    lines = lines_of(made("BGP", Channel(IPV4_UNICAST, None, Policy.ALL, Policy.ALL, numbers)))
    assert "  Import updates:              3          0          0          1          2" in lines
    assert "  Import withdraws:            0          0        ---          0          0" in lines


def test_a_refused_route_counts_as_a_withdrawn_one_too() -> None:
    numbers = counters(imports_received=4, imports_filtered=1, imports_accepted=3)
    lines = lines_of(made("BGP", Channel(IPV4_UNICAST, None, Policy.ALL, Policy.ALL, numbers)))
    assert "  Import updates:              4          0          1          0          3" in lines
    assert "  Import withdraws:            0          0        ---          1          0" in lines


@pytest.mark.parametrize(
    ("written", "shown"),
    [("all", "ACCEPT"), ("none", "REJECT"), ("some.import", "(unnamed)"), ("learned", "learned")],
)
def test_a_kernel_protocol_that_learns_nothing_has_its_filter(written: str, shown: str) -> None:
    protocol = made("Kernel", Channel(IPV4_UNICAST, None, Policy.NONE, Policy.ALL, RouteCounters()))
    protocol.filter_names = (written, "all")
    assert f"Input filter:   {shown}" in lines_of(protocol)


def test_the_device_protocol_has_numbers_too() -> None:
    lines = lines_of(made("Device"))
    assert lines[:4] == [
        "Preference:     240",
        "Input filter:   ACCEPT",
        "Output filter:  REJECT",
        "Routes:         0 imported, 0 exported, 0 preferred",
    ]
    assert lines[-1] == "  Export withdraws:            0        ---        ---        ---          0"
