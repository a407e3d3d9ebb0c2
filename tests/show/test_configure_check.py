"""``configure check``: what is said of a prediction, and when."""

import json

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.kernel.places import Place
from bgpd.prediction.forecast import (
    Doubt,
    Effect,
    Fate,
    Forecast,
    Impact,
    Progress,
    ProtocolChange,
    Sample,
    Told,
)
from bgpd.show.command import Line
from kernel_sync.types import KernelRoute, NextHop, RouteKind
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, NEXT_HOP, AsPath
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, parse_address, parse_prefix
from tests.show.node import node
from tests.show.transcript import lines_of
from tests.show.world import StillDaemon, StillPrediction

READING = Line(2, "Reading configuration from /etc/bgpd/bgpd.toml")
OK = Line(20, "Configuration OK", last=True)


def key(text: str) -> PrefixKey:
    return parse_prefix(text)[1]


def attributes(local_pref: int) -> AttributeSet:
    next_hop = parse_address("10.10.0.1")
    return AttributeSet.of({AS_PATH: AsPath.of(65001), NEXT_HOP: next_hop, LOCAL_PREF: local_pref})


def via(gateway: str) -> KernelRoute:
    return KernelRoute(RouteKind.UNICAST, (NextHop(parse_address(gateway), 2),))


CHANGED = Sample(
    key("10.1.0.0/16"), Effect.CHANGED, (Told("far1", attributes(100)),), (Told("far1", attributes(200)),)
)
GONE = Sample(key("10.2.0.0/16"), Effect.WITHDRAWN, (Told("far1", attributes(100)),))
LED_ELSEWHERE = Sample(key("10.1.0.0/16"), Effect.CHANGED, had=via("10.10.0.2"), has=via("10.10.0.3"))
MAIN = Place(IPV4_UNICAST, 254, 12)
FORECAST = Forecast(
    waiting=["[decision] differs: restart the daemon to apply it"],
    protocols=[
        ProtocolChange("far1", "BGP", Fate.RESTARTED, drops_session=True, settings=["hold_time"]),
        ProtocolChange("node_a", "BGP", Fate.RENAMED, former_name="mesh_a"),
        ProtocolChange("static1", "Static", Fate.CHANGED, settings=["routes"]),
    ],
    new_tables=["blue"],
    impacts=[
        Impact("node_a", IPV4_UNICAST, 0, 7, 1, [GONE, CHANGED]),
        Impact("node_b", IPV4_UNICAST, 0, 7, 1, [GONE, CHANGED]),
        Impact("kernel1", IPV4_UNICAST, 0, 0, 1, [LED_ELSEWHERE], MAIN),
    ],
    doubts=[Doubt("far2", "unknown until refreshed")],
    assumptions=[Doubt("far1", "its routes come back")],
)
TEXT = """\
Protocols
  far1     BGP     restarted, its session drops: hold_time
  node_a   BGP     renamed from mesh_a, and goes on
  static1  Static  changed in place: routes
Tables
  blue: added
Only after a restart of the daemon
  [decision] differs: restart the daemon to apply it
Routes
  node_a, node_b: ipv4, 7 withdrawn, 1 changed
    - 10.2.0.0/16  was from far1: as_path 65001, next_hop 10.10.0.1, local_pref 100
    ~ 10.1.0.0/16  from far1: local_pref 100 -> 200
    and 6 more
  kernel1 (table 254): ipv4, 1 changed
    ~ 10.1.0.0/16 via 10.10.0.2 dev eth0 proto bird
      -> 10.1.0.0/16 via 10.10.0.3 dev eth0 proto bird
Not known before
  far2: unknown until refreshed
Taken for granted
  far1: its routes come back
""".splitlines()


def daemon_that_foresees(forecast: Forecast, steps: tuple[Progress | None, ...] = ()) -> StillDaemon:
    daemon = node()
    daemon.prediction = StillPrediction(forecast, steps)
    return daemon


def answer(daemon: StillDaemon, command: str) -> list[Line]:
    return list(lines_of(Interpreter(daemon).answer(command)))


def document(daemon: StillDaemon, command: str) -> dict[str, object]:
    *chunks, last = answer(daemon, f"json {command}")
    assert last == Line(0, "", last=True)
    found = json.loads("".join(chunk.text for chunk in chunks))
    assert isinstance(found, dict)
    return found


def test_what_would_change_is_said_before_the_end() -> None:
    first, *lines, last = answer(daemon_that_foresees(FORECAST), "configure check")
    assert (first, last) == (READING, OK)
    assert [line.text for line in lines] == TEXT


def test_neighbors_for_whom_the_same_changes_are_named_together() -> None:
    crowd = [Impact(f"node_{number}", IPV4_UNICAST, 1, 0, 0, []) for number in range(9)]
    lines = answer(daemon_that_foresees(Forecast(impacts=crowd)), "configure check")
    assert Line(2, "  node_0, node_1, node_2 and 6 more: ipv4, 1 added") in lines


def test_protocols_of_which_the_same_is_said_are_named_together() -> None:
    changes = [ProtocolChange(f"node_{number}", "BGP", Fate.REMOVED) for number in range(9)]
    doubts = [Doubt(f"node_{number}", "it is silent") for number in range(4)]
    forecast = Forecast(protocols=changes, doubts=doubts)
    lines = [line.text for line in answer(daemon_that_foresees(forecast), "configure check")]
    assert "  node_0, node_1, node_2 and 6 more  BGP     removed" in lines
    assert "  node_0, node_1, node_2 and 1 more: it is silent" in lines


def test_nothing_is_something_to_say_as_well() -> None:
    assert answer(node(), "configure check") == [READING, Line(2, "Nothing would change"), OK]


def test_what_is_about_the_daemon_alone_is_a_change() -> None:
    daemon = daemon_that_foresees(Forecast(of_daemon=["[router] stop"]))
    texts = [line.text for line in answer(daemon, "configure check")]
    assert "Nothing would change" not in texts
    assert texts[1:3] == ["The daemon itself", "  [router] stop changed"]
    assert document(daemon, "configure check")["of_daemon"] == ["[router] stop"]


def test_protocols_may_change_without_any_route() -> None:
    changes = [ProtocolChange("far1", "BGP", Fate.CHANGED, settings=["description"])]
    lines = answer(daemon_that_foresees(Forecast(protocols=changes)), "configure check")
    assert lines[-2].text == "  nobody is told anything else, and the kernel keeps what it has"


def test_it_says_nothing_that_bird_does_not_say_unless_it_is_asked() -> None:
    daemon = daemon_that_foresees(FORECAST)
    daemon.dialect = "bird"
    assert answer(daemon, "configure check") == [READING, OK]
    assert daemon.done == ["check None"], "it must not take longer than with BIRD either"
    lines = answer(daemon, "configure check changes")
    assert [line.text for line in lines[1:-1]] == TEXT


@pytest.mark.parametrize("dialect", ["bgpd", "bird"])
def test_a_broken_file_is_the_same_error_as_ever(dialect: str) -> None:
    daemon = node()
    daemon.dialect = dialect  # type: ignore[assignment]  # one of the two
    daemon.broken = "/etc/bird.cfg:103:26 Template or protocol name expected"
    assert answer(daemon, "configure check changes") == [READING, Line(8002, daemon.broken, last=True)]


def test_while_another_configuration_is_applied_nothing_can_be_said() -> None:
    daemon = node()
    daemon.prediction = None
    first, line, last = answer(daemon, "configure check")
    assert "can't be said now" in line.text
    assert (first, last) == (READING, OK)


def test_long_work_says_how_far_it_is_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 0.5, 2.0, 3.9, 4.5])
    steps = (Progress(1000, 9000), None, Progress(2000, 9000), Progress(3000, 9000), Progress(4000, 9000))
    daemon = daemon_that_foresees(FORECAST, steps)
    monkeypatch.setattr(daemon, "now", lambda: next(seconds))
    said = [line.text for line in answer(daemon, "configure check") if "looked at" in line.text]
    assert said == ["2,000 of 9,000 prefixes looked at", "4,000 of 9,000 prefixes looked at"]


def test_json_has_all_of_it_and_no_progress() -> None:
    found = document(daemon_that_foresees(FORECAST, (Progress(1, 2),)), "configure check")
    assert found["message"] == "Configuration OK"
    assert found["nothing_changes"] is False
    assert found["takes_restart"] == ["[decision] differs: restart the daemon to apply it"]
    assert found["protocols"] == [
        {
            "name": "far1",
            "kind": "BGP",
            "fate": "restarted",
            "drops_session": True,
            "settings": ["hold_time"],
        },
        {
            "name": "node_a",
            "kind": "BGP",
            "fate": "renamed",
            "drops_session": False,
            "settings": [],
            "former_name": "mesh_a",
        },
        {
            "name": "static1",
            "kind": "Static",
            "fate": "changed",
            "drops_session": False,
            "settings": ["routes"],
        },
    ]
    assert found["unknown"] == [{"protocol": "far2", "text": "unknown until refreshed"}]
    assert found["assumed"] == [{"protocol": "far1", "text": "its routes come back"}]


def test_json_has_the_samples() -> None:
    found = document(daemon_that_foresees(FORECAST), "configure check")
    neighbors, kernel = found["neighbors"], found["kernel"]
    assert isinstance(neighbors, list)
    assert isinstance(kernel, list)
    assert [each["protocol"] for each in neighbors] == ["node_a", "node_b"]
    assert neighbors[0] == {
        "protocol": "node_a",
        "family": "ipv4",
        "added": 0,
        "withdrawn": 7,
        "changed": 1,
        "samples": [
            {"prefix": "10.2.0.0/16", "effect": "withdrawn", "before": ["far1"], "after": [], "changes": []},
            {
                "prefix": "10.1.0.0/16",
                "effect": "changed",
                "before": ["far1"],
                "after": ["far1"],
                "changes": [{"attribute": "local_pref", "before": "100", "after": "200"}],
            },
        ],
    }
    assert kernel[0]["kernel_table"] == 254
    assert kernel[0]["samples"] == [
        {
            "prefix": "10.1.0.0/16",
            "effect": "changed",
            "before": "10.1.0.0/16 via 10.10.0.2 dev eth0 proto bird",
            "after": "10.1.0.0/16 via 10.10.0.3 dev eth0 proto bird",
        }
    ]
