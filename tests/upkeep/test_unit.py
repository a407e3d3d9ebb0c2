"""The unit of systemd that comes with bgpd: what it relies on is there."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from bgpd.config import build, load
from bgpd.restart.environment import as_wished
from tests.requirements import skip_package_missing

UNIT: Final = Path(__file__).parents[2] / "configs" / "systemd" / "bgpd.service"


def settings(key: str) -> list[str]:
    """Return the values of a key."""
    lines = UNIT.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{key}=")]


def test_it_stops_gracefully() -> None:
    environment = dict(each.split("=") for each in settings("Environment"))
    assert as_wished(build(load(None)), environment).stop == "graceful"


def test_the_state_file_outlives_a_restart() -> None:
    """The folder of the control socket is made by systemd, and must not be removed in between."""
    (folder,) = settings("RuntimeDirectory")
    assert Path(build(load(None)).state_path).parent == Path("/run") / folder
    assert settings("RuntimeDirectoryPreserve") == ["yes"]


def test_systemd_hears_of_us() -> None:
    assert settings("Type") == ["notify"]
    assert int(settings("WatchdogSec")[0]) > 0


def test_systemd_understands_it() -> None:
    if shutil.which("systemd-analyze") is None:
        skip_package_missing("systemd")
    checked = subprocess.run(
        ["systemd-analyze", "verify", UNIT], capture_output=True, text=True, check=False, timeout=30
    )
    assert "bgpd.service" not in checked.stderr
