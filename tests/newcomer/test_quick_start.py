"""Who follows the README, and nothing else, comes from a clone to two daemons with routes in both kernels."""

import re
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest

from tests.newcomer.page import ROOT, Shown, already_installed, blocks_of, installs, section_of
from tests.newcomer.terminal import Terminal
from tests.newcomer.walk import walk
from tests.requirements import need_network_namespaces

BLOCKS: Final = blocks_of(section_of((ROOT / "README.md").read_text(), "## Quick start"))
MINUTES: Final = 5


def shown(command: str) -> str:
    """Return all that the page shows of a command."""
    return "".join(each.output for each in BLOCKS if isinstance(each, Shown) and each.command == command)


def test_the_page_shows_a_session_and_a_route_in_the_kernel_of_each() -> None:
    assert re.search(
        r"^tor1 +BGP .* Established$", shown("bgpdcl -s server.ctl show protocols"), re.MULTILINE
    )
    assert "203.0.113.0/24 via 192.0.2.254 dev eth0 proto bird\n" in shown("ip -n server route")
    assert "10.42.1.0/26 via 192.0.2.1 dev eth0 proto bird\n" in shown("ip -n tor route")


def clone(folder: Path) -> Path:
    """Return a clone of this repository, as it is committed."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


@pytest.mark.interop
@pytest.mark.soak
def test_every_block_does_what_is_shown(tmp_path: Path, soaking: bool) -> None:
    need_network_namespaces()
    assert installs(BLOCKS)
    began = time.monotonic()
    home = clone(tmp_path / "clone") if soaking else ROOT
    with Terminal(tmp_path, network=soaking) as terminal:
        terminal.type(f"cd {home}")
        walk(terminal, BLOCKS if soaking else already_installed(BLOCKS))
    took = time.monotonic() - began
    print(f"from {'clone' if soaking else 'an installed daemon'} to the end of the README: {took:.1f} s")
    assert not soaking or took < MINUTES * 60
