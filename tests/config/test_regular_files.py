"""What is no file in spite of its name: a configuration never waits for it, nor reads it for ever."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import ConfigurationError, Problem, load
from bgpd.config.filter_tests import load_tests
from bgpd.config.passwords import PasswordFileError, read_password
from bgpd.config.regular_files import read_regular_file

Problems = Callable[[str], tuple[Problem, ...]]


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """Return a named pipe that nobody writes to."""
    path = tmp_path / "pipe.filter"
    os.mkfifo(path)
    return path


def test_a_file_behind_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"accept;")
    (tmp_path / "link").symlink_to("file")
    assert read_regular_file(tmp_path / "link") == b"accept;"


def test_a_pipe_among_filter_files_is_told(pipe: Path, problems: Problems) -> None:
    (problem,) = problems('[filter_files]\npaths = ["*.filter"]')
    assert (problem.line, problem.key) == (2, "filter_files.paths[#1]")
    assert problem.message.startswith(f'"{pipe}" cannot be read: Not a regular file; ')


def test_a_device_among_filter_files_is_told(tmp_path: Path, problems: Problems) -> None:
    (tmp_path / "zero.filter").symlink_to("/dev/zero")
    (problem,) = problems('[filter_files]\npaths = ["zero.filter"]')
    assert "cannot be read: Not a regular file" in problem.message


def test_a_socket_among_filter_files_is_told(tmp_path: Path, problems: Problems) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.filter"))
        (problem,) = problems('[filter_files]\npaths = ["socket.filter"]')
    assert "cannot be read: No such device or address" in problem.message


def test_a_file_of_any_size_is_not_read(tmp_path: Path, problems: Problems) -> None:
    with (tmp_path / "large.filter").open("wb") as file:
        file.truncate(1 << 40)
    (problem,) = problems('[filter_files]\npaths = ["large.filter"]')
    assert "cannot be read: Larger than 64 MiB" in problem.message


def test_no_other_file_is_waited_for(pipe: Path, tmp_path: Path) -> None:
    """The configuration itself, the one that tests of filters are about, and passwords."""
    with pytest.raises(ConfigurationError, match="cannot be read: Not a regular file"):
        load(pipe)
    tests = tmp_path / "tests.toml"
    tests.write_text('configuration = "pipe.filter"')
    with pytest.raises(ConfigurationError, match="cannot be read: Not a regular file"):
        load_tests(tests)
    with pytest.raises(PasswordFileError, match="Not a regular file"):
        read_password(str(pipe))
