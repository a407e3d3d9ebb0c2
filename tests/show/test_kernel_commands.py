"""``show kernel``, ``kernel show``, ``kernel diff`` and ``kernel flush`` beyond their text."""

from errno import EBUSY

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.show.command import Line
from kernel_sync.flush import MarkedRoute
from kernel_sync.types import ALL_TABLES, Failure
from messages.families import IPV4_UNICAST
from messages.families.prefix import make_key
from tests.show.kernel_host import BLACKHOLE, FELIX, add_kernel, answer, host, key, via
from tests.show.test_json import ask
from tests.show.transcript import converse
from tests.show.world import StillDaemon, StillKernel


def last(daemon: StillDaemon, command: str) -> str:
    """Return the last line of the text."""
    return converse(daemon, [command]).splitlines()[-1]


def test_a_table_reports_counts_and_times() -> None:
    daemon = host()
    kernel1 = daemon.protocols["kernel1"]
    assert isinstance(kernel1, StillKernel)
    kernel1.waits = "tor1 (no session)"
    row = ask("show kernel kernel1", daemon)[0]
    assert row["name"] == "kernel1"
    assert (row["family"], row["table"], row["protocol"]) == ("ipv4", 254, 12)
    assert row["strays"] == 22
    assert row["adopting"] is True
    assert row["waits_for"] == "tor1 (no session)"
    assert "last_check" not in row
    assert "; waiting for tor1 (no session)" in converse(daemon, ["show kernel kernel1"])


def test_the_last_errors_are_dated() -> None:
    daemon = host()
    kernel1 = daemon.protocols["kernel1"]
    assert isinstance(kernel1, StillKernel)
    kernel1.kernel._report()
    (row,) = ask("show kernel kernel1", daemon)
    assert {
        "at": "2026-11-22T16:09:59+00:00",
        "prefix": "10.244.5.0/26",
        "problem": "File exists: an alien route, proto static",
    } in row["last_errors"]
    text = converse(daemon, ["show kernel kernel1"])
    assert "2026-11-22 16:09:59  10.244.5.0/26: File exists: an alien route, proto static" in text


def test_a_route_that_another_program_changed_is_shown_both_ways() -> None:
    (row,) = ask("kernel diff 10.244.7.0/26", host())
    assert row["standing"] == "waiting"
    assert row["wanted"]["next_hops"] == [
        {"gateway": "10.10.0.5", "interface": "eth0", "weight": 1, "onlink": False}
    ]
    assert row["actual"]["next_hops"][0]["gateway"] == "10.10.0.6"


def test_every_standing_is_told_of() -> None:
    rows = ask("kernel diff", host())
    assert {row["standing"] for row in rows} == {
        "refused",
        "conflict",
        "fought over",
        "waiting",
        "missing",
        "stray",
        "guarded",
    }
    (felix,) = [row for row in rows if "kernel" not in row]
    assert (felix["prefix"], felix["table"], felix["protocol"]) == ("10.42.0.0/26", 100, FELIX)
    assert felix["actual"] == {"kind": "blackhole", "metric": 0, "scope": "universe"}


def test_a_route_with_everything() -> None:
    rows = {row["prefix"]: row["actual"] for row in ask("kernel show 10.244.2.5", host())}
    assert rows["0.0.0.0/0"]["metrics"] == {"mtu": 1400}


def test_a_long_table_leaves_turns_to_others() -> None:
    daemon = StillDaemon()
    kernel = add_kernel(daemon, "kernel1", IPV4_UNICAST)
    kernel.set([make_key(bytes((10, *number.to_bytes(2))), 24) for number in range(5000)], BLACKHOLE)
    while answer(kernel):
        pass
    answers = list(Interpreter(daemon).answer("kernel diff"))
    assert answers.count(None) >= 10
    assert answers[-1] == Line(67, "5000 routes, all as wanted", last=True)


def test_what_is_flushed_is_gone_and_what_is_wanted_stays() -> None:
    daemon = host()
    assert ask("kernel flush dry-run", daemon)["found"] == 23
    document = ask("kernel flush", daemon)
    assert (document["dry_run"], document["found"], len(document["routes"])) == (False, 23, 20)
    assert document["stay"] == {"kernel1": 10, "kernel2": 2}
    kernel1 = daemon.protocols["kernel1"]
    assert isinstance(kernel1, StillKernel)
    answer(kernel1.kernel)
    assert last(daemon, "kernel flush dry-run") == "S: 0068 0 routes would be removed"
    assert "10.99." not in converse(daemon, ["kernel show"])
    assert "10.244.2.0/26 via 10.10.0.2 dev tunl0" in converse(daemon, ["kernel show"])


@pytest.mark.parametrize("words", ["table 254", "protocol 12", "protocol 12 table main"])
def test_a_number_in_a_table_that_a_running_protocol_writes_is_its_own(words: str) -> None:
    """Of both families: what is at work for one of them was put there on purpose."""
    daemon = host()
    mark = MarkedRoute(IPV4_UNICAST, 254, key("10.50.0.0/16"), BLACKHOLE)
    daemon.marked.routes[mark] = 12
    converse(daemon, [f"kernel flush {words}"])
    assert mark in daemon.marked.routes


def test_in_every_table_those_of_running_protocols_are_spared() -> None:
    daemon = host()
    spared = MarkedRoute(IPV4_UNICAST, 100, key("10.50.0.0/16"), BLACKHOLE)
    daemon.marked.routes[spared] = 12
    assert ask("kernel flush protocol 12 table all", daemon)["found"] == 25
    assert spared in daemon.marked.routes
    with daemon.marked_routes(IPV4_UNICAST, ALL_TABLES, 12) as routes:
        assert [marked for some in routes.find() for marked in some] == [spared]


def test_a_protocol_that_was_disabled_looks_after_nothing() -> None:
    daemon = host()
    assert last(daemon, "kernel flush table 100 protocol 80") == "S: 0068 1 route removed"


def test_what_cannot_be_removed_is_told() -> None:
    daemon = host()
    daemon.marked.refused[key("10.42.1.0/26")] = Failure(EBUSY, "Device or resource busy")
    text = converse(daemon, ["kernel flush table 200"])
    assert "S: 8060-blackhole 10.42.1.0/26 table 200 proto bird: Device or resource busy\n" in text
    assert text.endswith("S: 0068 2 routes removed\n")


def test_without_the_right_the_command_fails() -> None:
    daemon = host()
    daemon.marked.may_write = False
    assert last(daemon, "kernel flush table 200").startswith("S: 8060 cannot change kernel routes")
    assert last(daemon, "kernel flush table 200 dry-run") == "S: 0068 3 routes would be removed"


def test_a_host_without_kernel_protocols() -> None:
    daemon = StillDaemon()
    assert last(daemon, "show kernel") == "S: 8003 No protocols match"
    assert last(daemon, "kernel show") == "S: 0067 no routes"
    assert last(daemon, "kernel flush") == "S: 0068 0 routes removed"


def test_only_kernel_protocols_have_tables() -> None:
    daemon = host()
    daemon.add_protocol("static1", "Static", IPV4_UNICAST)
    assert last(daemon, "show kernel static1") == "S: 9001 static1 is not a kernel protocol"
    assert last(daemon, 'show kernel "s*"') == "S: 8003 No kernel protocols match"
    assert last(daemon, "kernel show static1") == "S: 9001 static1 is not a kernel protocol"


def test_an_interface_that_is_gone_has_its_number() -> None:
    daemon = StillDaemon()
    kernel = add_kernel(daemon, "kernel1", IPV4_UNICAST)
    kernel.set([key("10.1.0.0/16")], via("10.0.0.1", interface=99))
    assert "10.1.0.0/16 via 10.0.0.1 dev #99 proto bird   missing" in converse(daemon, ["kernel show"])
