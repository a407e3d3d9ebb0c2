"""No place that takes lines is waited for, and none that recovers hides that lines are missing."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bgpd.logs.layouts import bare
from bgpd.logs.outlet import Outlet
from bgpd.logs.syslog_target import SyslogTarget
from bgpd.logs.targets import FileTarget, LossyTarget, StreamTarget
from tests.logs.made import line

_MANY = 3000
"""Lines of 100 octets: far more than a pipe or a socket holds."""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for end in (reader, writer):
        with suppress(OSError):
            os.close(end)


def drained(reader: int) -> list[str]:
    """Read all that is there."""
    os.set_blocking(reader, False)
    octets = b""
    with suppress(BlockingIOError):
        while part := os.read(reader, 1 << 20):
            octets += part
    return octets.decode().split("\n")


def fill(target: LossyTarget) -> None:
    for number in range(_MANY):
        target.write(line(f"{number:<100}|"))


def gap_in(texts: list[str]) -> tuple[int, str, str]:
    """Return how many lines were taken at first, what is said of the gap, and what comes behind it."""
    (at,) = [place for place, text in enumerate(texts) if "were lost here" in text]
    return at, texts[at], texts[at + 1]


def test_a_pipe_that_nobody_reads_holds_up_nobody(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    with os.fdopen(writer, "w", closefd=False) as stream:
        target = StreamTarget(stream, bare)
        fill(target)
        taken = drained(reader)
        assert 100 < len(taken) < _MANY
        assert taken[-1] == ""
        target.write(line("back again"))
        gap, last, _ = drained(reader)
        assert gap == f"{_MANY - len(taken) + 1} lines were lost here: nobody takes them"
        assert last == "back again"
    assert os.get_blocking(writer), "others who write there want to wait"


def test_a_long_line_that_does_not_fit_ends_where_the_next_one_begins(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    outlet = Outlet(writer)
    long = b"x" * 9_000
    while not outlet.write(long):
        pass
    assert set(drained(reader)[-1]) == {"x"}, "the last one was taken in part"
    assert outlet.write(b"next") == ""
    assert outlet.write(b"last") == ""
    assert drained(reader) == ["", "next", "last", ""]


def test_nobody_reads_any_more(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    os.close(reader)
    assert Outlet(writer).write(b"line") == "Broken pipe"


def test_a_descriptor_that_is_closed(pipe: tuple[int, int]) -> None:
    _, writer = pipe
    outlet = Outlet(writer)
    os.close(writer)
    assert outlet.write(b"line")
    outlet.close()


def test_a_full_disk_tears_no_line(tmp_path: Path) -> None:
    """It is full, and has room again: what is missing is told, and a line that was cut stays alone."""
    file = tmp_path / "log"
    target = FileTarget(str(file), bare)
    target.write(line("first"))
    target._outlet.close()
    target._outlet = Outlet(os.open("/dev/full", os.O_WRONLY))
    target.write(line("second"))
    target.write(line("third"))
    target._outlet.close()
    target._outlet = Outlet(os.open(file, os.O_WRONLY | os.O_APPEND))
    target.write(line("fourth"))
    target.close()
    assert file.read_text().splitlines() == [
        "first",
        "2 lines were lost here: No space left on device",
        "fourth",
    ]


def test_a_named_pipe_without_a_reader_is_refused(tmp_path: Path) -> None:
    fifo = tmp_path / "log"
    os.mkfifo(fifo)
    with pytest.raises(OSError, match="No such device or address"):
        FileTarget(str(fifo), bare)


def test_a_named_pipe_that_is_full(tmp_path: Path) -> None:
    fifo = tmp_path / "log"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    target = FileTarget(str(fifo), bare)
    fill(target)
    assert len(drained(reader)) < _MANY
    target.write(line("back again"))
    assert drained(reader)[1:] == ["back again", ""]
    target.close()
    os.close(reader)


# The syslog


class Server:
    """A stand-in for the syslog."""

    def __init__(self, path: Path, kind: int = socket.SOCK_DGRAM) -> None:
        self._path = path
        self.socket = socket.socket(socket.AF_UNIX, kind)
        self.socket.bind(str(path))
        self.socket.setblocking(False)

    def messages(self) -> list[str]:
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(self.socket.recv(1 << 16).decode())
        return found

    def close(self) -> None:
        self.socket.close()
        self._path.unlink(missing_ok=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    every: list[Server] = []

    def make() -> Server:
        every.append(Server(tmp_path / "syslog"))
        return every[-1]

    yield make
    for each in every:
        each.close()


def test_a_message_of_the_syslog(
    server: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.localtime", __import__("time").gmtime)
    at = server()
    target = SyslogTarget("bird", path=str(tmp_path / "syslog"))
    target.write(line("two\nlines"))
    target.write(line("broken", 40))
    target.close()
    assert at.messages() == ["<30>Nov 22 15:49:48 bird: two | lines", "<27>Nov 22 15:49:48 bird: broken"]


def test_a_syslog_that_hangs_holds_up_nobody(server: Callable[[], Server], tmp_path: Path) -> None:
    at = server()
    target = SyslogTarget("bird", path=str(tmp_path / "syslog"))
    fill(target)
    taken = len(at.messages())
    assert 0 < taken < _MANY
    target.write(line("back again"))
    gap, last = at.messages()
    assert gap.endswith(f" bird: {_MANY - taken} lines were lost here: the syslog does not take them")
    assert last.endswith(" bird: back again")
    target.close()


def test_a_syslog_that_is_started_anew(server: Callable[[], Server], tmp_path: Path) -> None:
    target = SyslogTarget("bird", path=str(tmp_path / "syslog"))
    target.write(line("too early"))
    first = server()
    target.write(line("one"))
    assert [text.partition("bird: ")[2] for text in first.messages()] == [
        "1 lines were lost here: there is no syslog",
        "one",
    ]
    first.close()
    second = server()
    target.write(line("two"))
    assert [text.partition("bird: ")[2] for text in second.messages()] == ["two"]
    target.close()


def test_a_syslog_that_takes_a_stream(tmp_path: Path) -> None:
    listening = Server(tmp_path / "syslog", socket.SOCK_STREAM)
    listening.socket.listen()
    target = SyslogTarget("bird", path=str(tmp_path / "syslog"))
    target.write(line("one"))
    target.write(line("two"))
    accepted, _ = listening.socket.accept()
    messages = accepted.recv(1 << 16).decode().split("\0")
    assert [text.partition("bird: ")[2] for text in messages] == ["one", "two", ""]
    target.close()
    accepted.close()
    listening.close()
