"""A configuration that is wrong, and the options that only look at one."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.version import VERSION
from tests.daemon.command import Ended, bgpd, inside, outcome

NOWHERE = "/proc/no/such/folder/bgpd.ctl"
"""Should a file be taken after all, the daemon fails here and does not begin to work on this host."""
NEIGHBOR = '[[neighbors]]\naddress = "192.0.2.1"\nasn = 65001\n'
BROKEN = {
    "unknown key": ("[router]\nasm = 64512", '2: router.asm: unknown key; did you mean "asn"?'),
    "wrong type": (
        f'{NEIGHBOR}hold_time = "90"',
        '4: neighbors[192.0.2.1].hold_time: "90" is not allowed; write 0, or a number of seconds',
    ),
    "bad prefix": (
        '[[static]]\nprefix = "192.0.2.0/33"\nblackhole = true',
        '2: static[192.0.2.0/33].prefix: "192.0.2.0/33" is not a prefix; write one like "192.0.2.0/24"',
    ),
    "host bits set": (
        '[[static]]\nprefix = "192.0.2.1/24"\nblackhole = true',
        '2: static[192.0.2.1/24].prefix: "192.0.2.1/24" has host bits set; write "192.0.2.0/24"',
    ),
    "duplicate neighbor": (
        NEIGHBOR + NEIGHBOR,
        '5: neighbors[192.0.2.1].address: "192.0.2.1" is taken by number 1 of this list; remove one',
    ),
    "unknown filter": (
        f'{NEIGHBOR}import = "from_tor"',
        '4: neighbors[192.0.2.1].import: unknown filter "from_tor"; there are "all" and "none"',
    ),
    "AS 0": (
        "[router]\n\nasn = 0",
        "3: router.asn: 0 is not allowed; write an AS number from 1 to 4294967295",
    ),
    "missing address": (
        '[[neighbors]]\nname = "tor1"\nasn = 65001',
        '1: neighbors[tor1].address: missing; write an address like "192.0.2.1"',
    ),
    "not TOML": (
        "[router]\nasn 64512",
        "2: not TOML: Expected '=' after a key in a key/value pair",
    ),
    "metrics at a port only": (
        '[metrics]\nlisten = "9179"',
        '2: metrics.listen: "9179" is not allowed; write an address and a port',
    ),
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a configuration file."""

    def write_text(text: str) -> Path:
        path = tmp_path / "bgpd.toml"
        path.write_text(text)
        return path

    return write_text


def refused(path: Path, wrapper: tuple[str, ...] = ()) -> list[str]:
    """Return the lines on standard error, which are the same when the daemon is started and with --check."""
    (started,) = outcome([*wrapper, *bgpd("-c", path, "-s", NOWHERE)])
    (checked,) = (
        outcome([*wrapper, *bgpd("-c", path, "--check")]) if wrapper else [inside("-c", path, "--check")]
    )
    assert started == checked
    assert (started.status, started.output) == (2, "")
    return started.complaint.splitlines()


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_the_complaint_names_file_key_and_remedy(
    text: str, message: str, write: Callable[[str], Path]
) -> None:
    path = write(text)
    (line,) = refused(path)
    assert line.startswith(f"{path}:{message}")


def test_a_file_this_user_may_not_read(write: Callable[[str], Path]) -> None:
    path = write("")
    path.chmod(0)
    rights = "-dac_override,-dac_read_search"
    wrapper = ("setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}") if os.geteuid() == 0 else ()
    assert refused(path, wrapper) == [
        f"{path}: cannot be read: Permission denied; name a file this user may read, or none for the defaults"
    ]


def test_all_problems_are_reported_at_once(write: Callable[[str], Path]) -> None:
    path = write(f'[router]\nasn = 0\nport = "bgp"\n{NEIGHBOR}hold_time = 2\nimport = "mine"\n[extras]\n')
    keys = [line.removeprefix(f"{path}:").split(": ")[:2] for line in refused(path)]
    assert keys == [
        ["2", "router.asn"],
        ["3", "router.port"],
        ["7", "neighbors[192.0.2.1].hold_time"],
        ["8", "neighbors[192.0.2.1].import"],
        ["9", "extras"],
    ]


def test_a_good_file_is_checked_and_nothing_started(write: Callable[[str], Path]) -> None:
    path = write(NEIGHBOR)
    ended = inside("-c", path, "-s", NOWHERE, "--check")
    assert (ended.status, ended.complaint) == (0, "")
    assert ended.output.endswith(f"{path}: configuration OK, 1 neighbor\n")


def test_the_printed_configuration_says_the_same_when_it_is_loaded(write: Callable[[str], Path]) -> None:
    static = '[[static]]\nprefix = "2001:db8::/32"\nprohibit = true'
    path = write(f'{NEIGHBOR}import = "all"\n[kernel.ipv4]\ntable = 100\n{static}')
    (first,) = outcome(bgpd("-c", path, "--print-config"))
    path = write(first.output)
    again, checked = inside("-c", path, "--print-config"), inside("-c", path, "--check")
    assert (first.status, first.complaint) == (0, "")
    assert again == first
    assert checked.status == 0
    assert "table = 100" in first.output


def test_help_shows_how_it_is_used() -> None:
    ended = inside("--help")
    assert (ended.status, ended.complaint) == (0, "")
    examples = ended.output.partition("examples:\n")[2]
    assert len(re.findall(r"^  bgpd -", examples, re.MULTILINE)) >= 3


def test_version() -> None:
    assert outcome(bgpd("--version")) == [Ended(0, f"bgpd {VERSION}\n", "")]


def test_an_unknown_option_is_wrong_usage() -> None:
    ended = inside("--colour")
    assert (ended.status, ended.output) == (2, "")
    assert "unrecognized arguments: --colour" in ended.complaint
