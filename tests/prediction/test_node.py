"""``configure check`` of a daemon at work: what it says comes true, and nobody notices that it was asked."""

from collections.abc import AsyncIterator
from pathlib import Path
from time import thread_time
from typing import Final

import pytest

from bgpd.prediction.forecast import OutdatedError
from bgpd.prediction.prediction import Prediction
from messages.families import IPV4_UNICAST
from tests.bench.speaker import SENDS_PATHS
from tests.prediction.node import NEXT_HOP, SPECIAL, Node, path, running, some_routes
from tests.reconfiguration.far import announcement
from tests.reconfiguration.world import until

_MANY: Final = 6_000
ANOTHER: Final = '[[static]]\nprefix = "10.31.0.0/16"\nblackhole = true\n'
RESTARTS: Final = bytes.fromhex("4006007800010180")
"""The capability to restart gracefully within 120 seconds, with IPv4 unicast forwarded on (RFC 4724 §3)."""
_LONGEST_STEP: Final = 0.05
"""Seconds of the processor within which everybody else has to have a turn."""


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path, [*some_routes()], expected=4) as node:
        yield node


async def test_nothing_would_change(node: Node) -> None:
    assert await node.check() == ["Nothing would change"]


async def test_other_words_for_the_same_filter_change_nothing(node: Node) -> None:
    node.change(('from_tor = "accept;"', 'from_tor = "# as ever\\naccept ;"'))
    assert await node.check() == ["Nothing would change"]
    prediction = await node.house.daemon.predict()
    assert prediction is not None
    assert not any(prediction.steps()), "there is no progress where there are no routes to look at"


async def test_another_import_filter_changes_what_others_are_told(node: Node) -> None:
    statements = "if net = 10.20.0.0/16 then reject; if net.len = 24 then bgp_med = 9; accept;"
    node.change(('"accept;"', f'"{statements}"'))
    assert await node.check() == [
        "Protocols",
        "  tor  BGP     changed in place: import_filter from_tor (its text)",
        "Routes",
        "  rack: ipv4, 1 withdrawn",
        "    - 10.20.0.0/16  was from tor: origin IGP, as_path 64512 65001, next_hop 127.0.0.1",
    ]
    await node.house.daemon.reconfigure()
    await until(lambda: "10.20.0.0/16" not in node.rack.told)
    assert node.rack.told.keys() == {"10.21.0.0/16", "10.21.1.0/24", "10.30.0.0/16"}


async def test_another_export_filter_and_other_static_routes(node: Node) -> None:
    node.change(
        ('from_tor = "accept;"', 'from_tor = "accept;"\nto_rack = "bgp_med = 9; accept;"'),
        ('asn = 65002\nimport = "all"\nexport = "all"', 'asn = 65002\nimport = "all"\nexport = "to_rack"'),
        ('[[neighbors]]\nname = "tor"', f'{ANOTHER}[[neighbors]]\nname = "tor"'),
    )
    lines = await node.check()
    assert lines == [
        "Protocols",
        "  static1  Static  changed in place: routes",
        "  rack     BGP     changed in place: export_filter",
        "Routes",
        "  tor: ipv4, 1 added",
        "    + 10.31.0.0/16  from static1: origin IGP, as_path 64512, next_hop 127.0.0.1",
        "  rack: ipv4, 1 added, 4 changed",
        "    + 10.31.0.0/16  from static1: origin IGP, as_path 64512, next_hop 127.0.0.1, med 9",
        "    ~ 10.30.0.0/16  from static1: med 9 added",
        "    ~ 10.20.0.0/16  from tor: med 9 added",
        "    ~ 10.21.0.0/16  from tor: med 9 added",
        "    ~ 10.21.1.0/24  from tor: med 9 added",
    ]


async def test_a_session_that_drops_comes_back_as_it_was(node: Node) -> None:
    node.change(("asn = 65001\n", 'asn = 65001\nrole = "peer"\n'))
    lines = await node.check()
    assert "  tor  BGP     restarted, its session drops: role" in lines
    assert "  tor: its session drops; its routes are taken to come back as they were" in lines
    assert node.tor.sessions == 1


async def test_the_identity_of_the_router_is_a_reason_as_well(node: Node) -> None:
    node.change(('id = "192.0.2.1"', 'id = "192.0.2.9"'))
    lines = await node.check()
    assert "  tor, rack  BGP     restarted, its session drops: router_id of the router" in lines


async def test_a_neighbor_that_is_removed_takes_its_routes_with_it(node: Node) -> None:
    before, _, rack = node.text.partition("[[neighbors]]")
    node.house.files["first"] = before + "[[neighbors]]" + rack.partition("[[neighbors]]")[2]
    found = await node.document()
    assert found["protocols"] == [
        {"name": "tor", "kind": "BGP", "fate": "removed", "drops_session": True, "settings": []}
    ]
    numbers = {each["protocol"]: (each["withdrawn"], each.get("removed")) for each in found["neighbors"]}
    assert numbers == {"tor": (1, True), "rack": (3, None)}


async def test_a_neighbor_that_is_called_otherwise_goes_on(node: Node) -> None:
    node.change(('name = "tor"', 'name = "leaf"'))
    assert await node.check() == [
        "Protocols",
        "  leaf  BGP     renamed from tor, and goes on",
        "Routes",
        "  nobody is told anything else, and the kernel keeps what it has",
    ]


async def test_what_was_not_kept_is_unknown(tmp_path: Path) -> None:
    """A refused route that may be let in by another filter has to be said again (RFC 2918)."""
    async with running(tmp_path, [*some_routes()], expected=4) as node:
        node.change(
            ('"accept;"', '"if net.len = 24 then reject; accept;"'),
            ("asn = 65001", "asn = 65001\nkeep_filtered = false"),
        )
        await node.house.daemon.reconfigure()
        await until(lambda: "10.21.1.0/24" not in node.rack.told)
        node.change(('"accept;"', '"accept; # all"'), ("asn = 65001", "asn = 65001\nkeep_filtered = false"))
        lines = await node.check()
    assert lines[-2:] == [
        "Not known before",
        "  tor: unknown until refreshed: routes that its import filter refused were not kept "
        "(keep_filtered = false)",
    ]


async def test_another_configuration_that_comes_between_is_noticed(node: Node) -> None:
    node.change(('"accept;"', '"bgp_med = 9; accept;"'))
    prediction = await node.house.daemon.predict()
    assert prediction is not None
    steps = prediction.steps()
    next(steps)
    await node.house.daemon.reconfigure()
    with pytest.raises(OutdatedError):
        list(steps)


@pytest.mark.parametrize(
    ("change", "name", "text"),
    [
        (("asn = 65001", "asn = 65009"), "tor", "we would refuse its OPEN: 65009 expected, 65001 received"),
        (("127.0.0.2", "127.0.0.9"), "tor", "it is another neighbor now: 127.0.0.9"),
        (
            ('name = "tor"\naddress = "127.0.0.2"', 'name = "new"\naddress = "127.0.0.7"'),
            "new",
            "it has no session yet, so what it would announce is unknown",
        ),
        (
            ("asn = 65001", 'asn = 65001\nmax_prefixes = { import = 2, action = "block" }'),
            "tor",
            "a limit of prefixes may have its effect: which of them get through depends on their order",
        ),
    ],
    ids=["AS number", "address", "new", "limit"],
)
async def test_what_can_not_be_known_is_said(
    node: Node, change: tuple[str, str], name: str, text: str
) -> None:
    node.change(change)
    assert {"protocol": name, "text": text} in (await node.document())["unknown"]


async def test_a_limit_that_nobody_reaches_is_no_matter(node: Node) -> None:
    limit = 'max_prefixes = { import = 900, export = 900, action = "block" }'
    node.change(("asn = 65001", f"asn = 65001\n{limit}"))
    assert (await node.document())["unknown"] == []


async def test_tables_and_the_daemon_itself_may_change(node: Node) -> None:
    tables = 'tables = ["blue"]\n'
    node.change(("[control]\n", f"{tables}[decision]\nprefer_older = true\n[control]\n"))
    assert await node.check() == [
        "Tables",
        "  blue: added",
        "Only after a restart of the daemon",
        "  [decision] differs: restart the daemon to apply it",
        "Routes",
        "  nobody is told anything else, and the kernel keeps what it has",
    ]


async def test_who_is_switched_off_leaves(node: Node) -> None:
    node.change(("asn = 65001", "asn = 65001\nshutdown = true"))
    lines = await node.check()
    assert "  tor  BGP     disabled, its session drops" in lines
    assert "  rack: ipv4, 3 withdrawn" in lines


async def test_one_of_several_paths_is_refused(tmp_path: Path) -> None:
    """RFC 7911: the routes of one neighbor to a prefix are looked at one by one."""
    paths = [
        path(1, announcement(65001, NEXT_HOP, SPECIAL, "10.20.0.0/16")),
        path(2, announcement(65001, NEXT_HOP, b"", "10.20.0.0/16")),
        path(3, announcement(65001, NEXT_HOP, b"", "10.21.0.0/16")),
    ]
    terms, capabilities = 'add_paths = "receive"\ndefault_med = 99', SENDS_PATHS
    async with running(tmp_path, paths, 3, terms, capabilities) as node:
        node.change(('"accept;"', '"if bgp_med = 7 then reject; accept;"'))
        lines = await node.check()
        assert lines[-2:] == [
            "  rack: ipv4, 1 changed",
            "    ~ 10.20.0.0/16  from tor: community (64512,1) removed",
        ]
        before = node.told()["rack"]
        await node.house.daemon.reconfigure()
        await until(lambda: node.told()["rack"] != before)
        after = node.told()["rack"]
        assert [prefix for prefix in before if before[prefix] != after.get(prefix)] == ["10.20.0.0/16"]


async def test_what_is_kept_of_a_neighbor_that_restarts_is_looked_at_as_well(tmp_path: Path) -> None:
    """RFC 4724 §4.2: its routes are there while it is away."""
    async with running(tmp_path, [*some_routes()], 4, capabilities=RESTARTS) as node:
        node.is_away = True
        node.tor.hang_up()
        await until(lambda: not node.tor.is_up)
        node.change(('"accept;"', '"if net.len = 24 then reject; bgp_med = 9; accept;"'))
        found = await node.document()
        (rack,) = (each for each in found["neighbors"] if each["protocol"] == "rack")
        assert (rack["added"], rack["withdrawn"], rack["changed"]) == (0, 1, 0), "MED goes no farther"
        await node.house.daemon.reconfigure()
        await until(lambda: "10.21.1.0/24" not in node.rack.told)
        assert node.rack.told.keys() == {"10.20.0.0/16", "10.21.0.0/16", "10.30.0.0/16"}


async def test_filters_that_are_tried_print_nothing(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    node.change(('"accept;"', "'print \"seen \", net; if 16 / (net.len - 16) > 0 then accept; reject;'"))
    lines = await node.check()
    assert "  rack: ipv4, 2 withdrawn" in lines
    assert "seen" not in caplog.text
    assert "zero" not in caplog.text


async def test_a_broken_file_is_told_as_ever(node: Node) -> None:
    node.change(('"accept;"', '"accept; reject"'))
    answer = await node.house.ask("configure check")
    assert "Configuration OK" not in answer
    assert node.house.daemon.settings.neighbors[0].name == "tor"


def large_feed() -> list[bytes]:
    """Return thousands of prefixes, in UPDATEs with different attributes."""
    prefixes = [f"100.{64 + number // 250}.{number % 250}.0/24" for number in range(_MANY)]
    return [
        announcement(65001, NEXT_HOP, SPECIAL if start % 200 else b"", *prefixes[start : start + 100])
        for start in range(0, _MANY, 100)
    ]


async def test_however_much_there_is_it_takes_little_at_a_time(tmp_path: Path) -> None:
    async with running(tmp_path, large_feed(), expected=_MANY) as node:
        node.change(
            ('"accept;"', '"if net.len = 24 then bgp_local_pref = 70; bgp_community.add((1,2)); accept;"')
        )
        prediction = await node.house.daemon.predict()
        assert prediction is not None
        versions = [table.version for table in node.house.daemon.tables]
        before, longest, most = thread_time(), 0.0, 0
        for _ in prediction.steps():
            longest = max(longest, thread_time() - before)
            most = max(most, _held(prediction))
            before = thread_time()
        assert longest < _LONGEST_STEP
        assert most < _MANY / 5, "the memory it takes must not grow with the table"
        assert [table.version for table in node.house.daemon.tables] == versions
        (impact,) = prediction.forecast.impacts
        assert (impact.name, impact.changed, len(impact.samples)) == ("rack", _MANY, 5)


def _held(prediction: Prediction) -> int:
    """Return how many prefixes there are beside those in force."""
    shadow = prediction._shadow
    if shadow is None:
        return 0
    return sum(len(each.table.slots) for each in shadow.tables if each.table.family is IPV4_UNICAST)
