"""What ``show status`` says of what the configuration is made from beside its file."""

import json

from bgpd.control.interpreter import Interpreter
from bgpd.sources.source import SourceStatus
from tests.show.node import node
from tests.show.transcript import lines_of
from tests.show.world import STARTED

WATCHED = SourceStatus("folder", "/etc/calico", "watched", STARTED, objects=12)
BROKEN = SourceStatus(
    "file", "/etc/nodes.json", "broken", STARTED, "nodes.json: [0]: no name\nnodes.json: [1]: no name"
)


def answer(command: str) -> list[str]:
    daemon = node()
    daemon.sources = (WATCHED, BROKEN)
    return [line.text for line in lines_of(Interpreter(daemon).answer(command))]


def test_each_source_is_a_line_and_its_problem_stands_below() -> None:
    assert [line for line in answer("show status") if "nodes.json" in line or "calico" in line] == [
        "Source folder /etc/calico is watched since 2026-11-22 16:07:21, 12 objects",
        "Source file /etc/nodes.json is broken since 2026-11-22 16:07:21",
        "  nodes.json: [0]: no name",
        "  nodes.json: [1]: no name",
    ]


def test_as_json_each_source_is_an_object() -> None:
    (status,) = [json.loads("".join(answer("json show status")))]
    assert status["cluster_source"] == [
        {
            "kind": "folder",
            "name": "/etc/calico",
            "state": "watched",
            "since": "2026-11-22T16:07:21+00:00",
            "objects": 12,
        },
        {
            "kind": "file",
            "name": "/etc/nodes.json",
            "state": "broken",
            "since": "2026-11-22T16:07:21+00:00",
            "problem": BROKEN.problem,
        },
    ]
