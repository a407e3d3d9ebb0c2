"""The state file: replaced as a whole, believed only if it is ours, and never in anybody's way."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.restart.remembered import NOTHING, Remembered, RememberedNeighbor, write
from bgpd.restart.remembered_file import RememberedFile

WHOLE = Remembered(1000.0, "graceful", {"tor1": RememberedNeighbor(keeps=120)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bgpd.ctl.state"


def test_it_comes_back(path: Path) -> None:
    assert RememberedFile(str(path)).write(WHOLE)
    assert RememberedFile(str(path)).read() == WHOLE
    assert path.stat().st_mode & 0o777 == 0o600
    assert [*path.parent.iterdir()] == [path]


def test_none_is_wanted(tmp_path: Path) -> None:
    file = RememberedFile("")
    assert file.write(WHOLE)
    assert file.read() == NOTHING


def test_the_first_start_is_no_news(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert RememberedFile(str(path)).read() == NOTHING
    assert caplog.messages == []


def _directory(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    target = path.with_name("elsewhere")
    target.write_text(write(WHOLE))
    path.symlink_to(target)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _writable(path: Path) -> None:
    path.write_text(write(WHOLE))
    path.chmod(0o666)


def _stranger(path: Path) -> None:
    path.write_text(write(WHOLE))
    if os.geteuid():
        pytest.skip("needs root: files of others")
    os.chown(path, 12345, 12345)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(64 << 20)


def _damaged(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + write(WHOLE).encode())


def _version(path: Path) -> None:
    path.write_text(write(WHOLE).replace('"version":1', '"version":99'))


@pytest.mark.parametrize("make", [_directory, _link, _pipe, _writable, _stranger, _large, _damaged, _version])
def test_it_costs_a_line(path: Path, make: Callable[[Path], None], caplog: pytest.LogCaptureFixture) -> None:
    make(path)
    assert RememberedFile(str(path)).read() == NOTHING
    (line,) = caplog.messages
    assert f"state file {path} is not used: " in line


def test_what_cannot_be_written_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = RememberedFile(str(tmp_path / "gone" / "state"))
    assert [file.write(WHOLE) for _ in range(3)] == [False] * 3
    assert [line.partition("state file ")[2].partition(" ")[2] for line in caplog.messages] == [
        "can't be written: No such file or directory"
    ]
    (tmp_path / "gone").mkdir()
    assert file.write(WHOLE)
    assert file.read() == WHOLE


def test_a_link_is_replaced_and_not_followed(path: Path) -> None:
    _link(path)
    assert RememberedFile(str(path)).write(WHOLE)
    assert not path.is_symlink()
    assert RememberedFile(str(path)).read() == WHOLE
