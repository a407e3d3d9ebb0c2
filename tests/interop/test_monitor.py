"""``bgpdcl monitor`` sees a session go, and why, and what becomes of its routes."""

import json
import sys
from typing import Any

import pytest

from tests.interop.lab import Lab
from tests.interop.process import Process
from tests.interop.routers import Bird2
from tests.interop.star import Star
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

PREFIX = "198.51.100.0/24"


def rows(monitor: Process) -> list[dict[str, Any]]:
    """Return what was printed so far."""
    return [json.loads(line) for line in monitor.log.read_text().splitlines() if line.endswith("}")]


def sessions(monitor: Process) -> list[tuple[str, str]]:
    return [(row["old"], row["new"]) for row in rows(monitor) if row["kind"] == "session"]


def routes(monitor: Process) -> list[str]:
    return [row["what"] for row in rows(monitor) if row["kind"] == "route" and row["prefix"] == PREFIX]


def test_a_session_that_flaps_and_its_route_are_told(lab: Lab) -> None:
    star = Star.of(lab, [Bird2])
    ((bird, neighbor),) = star.spokes
    star.start()
    bird.announce(PREFIX)
    words = ("-s", star.bgpd.socket, "monitor", "-j", "--past", "-i", "0.2")
    command = (sys.executable, "-m", "bgpd.control.client", *words)
    monitor = star.bgpd.host.spawn("monitor", command, star.bgpd.environment)
    eventually(lambda: ("OpenConfirm", "Established") in sessions(monitor))
    eventually(lambda: routes(monitor), equals=["appeared"])
    bird.disable(star.address, "new line card")
    eventually(lambda: routes(monitor), equals=["appeared", "withdrawn"])
    (down,) = eventually(
        lambda: [row for row in rows(monitor) if row.get("old") == "Established"],
        lambda found: len(found) == 1,
    )
    assert (down["neighbor"], down["address"], down["prefixes"]) == (neighbor.name, neighbor.address, 1)
    assert "Administrative shutdown" in down["reason"]
    assert "new line card" in down["reason"]
    bird.enable(star.address)
    eventually(lambda: routes(monitor), equals=["appeared", "withdrawn", "appeared"])
    assert sessions(monitor).count(("OpenConfirm", "Established")) == 2
