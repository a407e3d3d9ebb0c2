"""Whether the host ends, by what can be read of it."""

from struct import pack

import pytest

from bgpd.restart.host_shutdown import HostFacts, host_ends, why_it_ends

NOW = 1795363799.0


def scheduled(seconds: float, mode: str = "poweroff") -> str:
    """Return the file of a shutdown in so many seconds."""
    return f"USEC={int((NOW + seconds) * 1e6)}\nWARN_WALL=1\nMODE={mode}\n"


def utmp(*levels: str, rest: bytes = b"") -> bytes:
    """Return a file in which the runlevel changes; other records are between those."""
    records = [pack("hi376x", kind, ord(level) + 256 * ord("N")) for level in levels for kind in (1, 8)]
    return b"".join(records) + rest


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (HostFacts(), ""),
        (HostFacts(manager="running"), ""),
        (HostFacts(manager="degraded"), ""),
        (HostFacts(manager="stopping"), "systemd is stopping"),
        (HostFacts(manager="offline"), ""),
        (HostFacts(scheduled=scheduled(5)), "a poweroff is due"),
        (HostFacts(scheduled=scheduled(-5, "reboot")), "a reboot is due"),
        (HostFacts(scheduled=scheduled(600)), ""),
        (HostFacts(scheduled=scheduled(5, "dry-poweroff")), ""),
        (HostFacts(scheduled="USEC=\nMODE=reboot"), ""),
        (HostFacts(scheduled="nonsense"), ""),
        (HostFacts(utmp=utmp("5")), ""),
        (HostFacts(utmp=utmp("5", "6")), "runlevel 6"),
        (HostFacts(utmp=utmp("0")), "runlevel 0"),
        (HostFacts(utmp=utmp("3", rest=b"half a record")), ""),
        (HostFacts(utmp=b"\1"), ""),
    ],
)
def test_facts(facts: HostFacts, expected: str) -> None:
    assert why_it_ends(facts, NOW) == expected


async def test_a_host_that_runs_tests_does_not_end() -> None:
    assert await host_ends() == ""
