"""The unit of systemd that comes with bgpd: what it relies on is there, and what the page says of it."""

import re
import subprocess
from pathlib import Path
from typing import Final

from bgpd.config import build, load
from bgpd.restart.environment import as_wished
from tests.installation.supervisor.unit import Unit
from tests.requirements import require_programs

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "configs" / "systemd" / "bgpd.service"
UNIT: Final = Unit(FILE)
LOOSEST: Final = 2.0
"""What no version of systemd may find."""


def test_it_stops_gracefully() -> None:
    environment = dict(each.split("=") for each in UNIT.words("Environment"))
    assert as_wished(build(load(None)), environment).stop == "graceful"


def test_the_state_file_outlives_a_restart() -> None:
    """The folder of the control socket is made by systemd, and must not be removed in between."""
    (folder,) = UNIT.words("RuntimeDirectory")
    assert Path(build(load(None)).state_path).parent == Path("/run") / folder
    assert UNIT.text("RuntimeDirectoryPreserve") == "yes"


def test_systemd_hears_of_us() -> None:
    assert UNIT.text("Type") == "notify"
    assert UNIT.seconds("WatchdogSec", 0) > 0


def test_a_wrong_file_is_not_tried_for_ever() -> None:
    """RestartPreventExitStatus= is about the main process, so nothing may fail before it."""
    assert UNIT.words("RestartPreventExitStatus") == ["2"]
    assert UNIT.all("ExecStartPre") == []


def test_its_user_is_made_by_what_is_beside_it() -> None:
    rows = [line.split() for line in FILE.with_name("bgpd.sysusers").read_text().splitlines()]
    assert ["u", UNIT.text("User")] in [row[:2] for row in rows]
    assert UNIT.text("Group") == UNIT.text("User")


def test_systemd_understands_it() -> None:
    require_programs({"systemd-analyze": "systemd"})
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", FILE],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert "bgpd.service" not in checked.stderr
    assert checked.returncode == 0


def test_it_is_as_locked_up_as_the_page_says() -> None:
    """The figure is the same with the same version of systemd only."""
    require_programs({"systemd-analyze": "systemd"})
    page = (ROOT / "docs" / "installing.md").read_text()
    (version,) = re.findall(r"\(systemd (\d+);", page)
    (shown,) = re.findall(r"^→ Overall .*$", page, re.MULTILINE)
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(FILE)]
    lines = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=30
    ).stdout.splitlines()
    assert float(lines[-1].split(":")[1].split()[0]) <= LOOSEST
    ours = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True)
    if ours.stdout.split()[1] == version:
        assert lines[-1] == shown
