"""What ``dump`` writes, a little in each pass of the event loop."""

import asyncio

import pytest

from bgpd.dump import Dump
from messages.families import IPV4_UNICAST
from messages.families.prefix import parse_address
from tests.control.line_client import until
from tests.show.node import node


async def dumped(*subjects: str) -> list[str]:
    """Return the lines of dumps that were begun at once."""
    lines: list[str] = []
    daemon = node()
    next_hops = daemon.pipeline("master", IPV4_UNICAST).next_hops
    next_hops.resolve(parse_address("10.10.0.4"), daemon.source("tor1"))
    dump = Dump(daemon, asyncio.get_running_loop(), lines.append)
    for subject in subjects:
        dump.begin(subject)
    assert lines == []
    await until(lambda: not dump.is_busy)
    return lines


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("interfaces", "\t10.10.0.1/24 (Primary, scope site)"),
        ("interfaces", "Router ID: 0a0a0001"),
        ("neighbors", "master ipv4\t10.10.0.4 via 10.10.0.4 dev eth0"),
        ("attributes", "\tBGP.large_community: (65001, 1, 2) (4200000000, 3, 4)"),
        ("routes", "Dump of routing table <master>"),
        ("protocols", "  Description:    Top of the rack"),
        ("sockets", "Open files and sockets:"),
        ("events", "Tasks:"),
    ],
)
async def test_a_dump_has_what_the_daemon_knows(subject: str, expected: str) -> None:
    assert expected in await dumped(subject)


async def test_each_set_of_attributes_is_there_once() -> None:
    lines = await dumped("attributes")
    assert lines.count("\tBGP.med: 77") == 1
    assert "Route attributes of table master ipv4 (7 entries)" in lines


async def test_dumps_come_one_after_the_other() -> None:
    both = await dumped("protocols", "sockets")
    assert both.index("Protocols:") < both.index("Open files and sockets:")


async def test_everything_is_dumped_in_birds_order() -> None:
    lines = await dumped("all")
    heads = ["Known network interfaces:", "Known neighbors:", "Protocols:", "Open files and sockets:"]
    assert sorted(heads, key=lines.index) == heads


async def test_lines_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bgpd.dump")
    Dump(node(), asyncio.get_running_loop()).begin("sockets")
    await until(lambda: "Open files and sockets:" in caplog.messages)


async def test_what_waits_to_be_dumped_is_dumped_once_however_often_it_is_asked_for() -> None:
    lines = await dumped("protocols", *["sockets"] * 1000)
    assert lines.count("Open files and sockets:") == 1
