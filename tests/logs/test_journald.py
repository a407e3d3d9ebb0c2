"""What the journal of systemd is told, by a stand-in for its socket."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from struct import Struct
from typing import TextIO

import pytest

from bgpd.config import Configuration, DaemonSettings, build
from bgpd.logs.about import LogEvent, about
from bgpd.logs.classes import ALL, TRACE
from bgpd.logs.journald import JournalTarget, is_journal, with_priority
from bgpd.logs.layouts import bare
from bgpd.logs.output import LogOutput, Style
from bgpd.logs.targets import StreamTarget
from bgpd.settings import LogSettings
from tests.logs.made import line

_LENGTH = Struct("<Q")
_SETTINGS = build(Configuration())


class Journal:
    """Reads entries as systemd-journald does."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)

    def entries(self) -> list[dict[str, str]]:
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(dict(_fields(self.socket.recv(1 << 20))))
        return found


def _fields(entry: bytes) -> Iterator[tuple[str, str]]:
    while entry:
        first, _, entry = entry.partition(b"\n")
        name, equals, value = first.partition(b"=")
        if not equals:
            (length,) = _LENGTH.unpack(entry[:8])
            value, entry = entry[8 : 8 + length], entry[8 + length :]
            assert entry[:1] == b"\n"
            entry = entry[1:]
        yield name.decode(), value.decode()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal")
    yield made
    made.socket.close()


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "stream").open("w") as opened:
        yield opened


def target(tmp_path: Path, stream: TextIO) -> JournalTarget:
    return JournalTarget(StreamTarget(stream, with_priority(bare)), path=str(tmp_path / "journal"))


def test_an_entry_has_fields(tmp_path: Path, journal: Journal, stream: TextIO) -> None:
    extra = about(LogEvent.KERNEL_REFUSED, protocol="kernel1", neighbor="10.0.0.2", prefix="10.1.0.0/16")
    to = target(tmp_path, stream)
    to.write(line("kernel1: 10.1.0.0/16:\nno\x1b[2J", logging.ERROR, extra))
    to.close()
    assert journal.entries() == [
        {
            "MESSAGE": r"kernel1: 10.1.0.0/16: | no\x1b[2J",
            "PRIORITY": "3",
            "SYSLOG_IDENTIFIER": "bgpd",
            "CODE_FILE": "/opt/bgpd/rooms.py",
            "CODE_LINE": "12",
            "CODE_FUNC": "door",
            "BGPD_CLASS": "error",
            "BGPD_LOGGER": "bgpd.tests",
            "BGPD_EVENT": "kernel_refused",
            "BGPD_PROTOCOL": "kernel1",
            "BGPD_NEIGHBOR": "10.0.0.2",
            "BGPD_PREFIX": "10.1.0.0/16",
        }
    ]


def test_a_traceback_is_a_field_of_several_lines(tmp_path: Path, journal: Journal, stream: TextIO) -> None:
    to = target(tmp_path, stream)
    try:
        raise ZeroDivisionError("by\nBGPD_CLASS=forged")
    except ZeroDivisionError as error:
        to.write(line("tor1: a bug", error=error))
    to.close()
    (entry,) = journal.entries()
    assert (entry["MESSAGE"], entry["BGPD_CLASS"], entry["PRIORITY"]) == ("tor1: a bug", "bug", "2")
    assert entry["BGPD_TRACE"].startswith("Traceback (most recent call last):\n")
    assert entry["BGPD_TRACE"].endswith("ZeroDivisionError: by\nBGPD_CLASS=forged")


@pytest.mark.parametrize("text", ["x" * 1_000_000, "\n" * 1_000_000 + "x", "\udc80" * 300_000])
def test_a_line_of_any_length_fits(tmp_path: Path, journal: Journal, stream: TextIO, text: str) -> None:
    to = target(tmp_path, stream)
    try:
        raise ValueError(text)
    except ValueError as error:
        to.write(line(text, error=error))
    to.close()
    (entry,) = journal.entries()
    assert "more characters" in entry["MESSAGE"] + entry["BGPD_TRACE"]


def test_a_journal_that_hangs_holds_up_nobody(tmp_path: Path, journal: Journal, stream: TextIO) -> None:
    to = target(tmp_path, stream)
    for number in range(3000):
        to.write(line(f"{number:<100}|"))
    taken = len(journal.entries())
    assert 0 < taken < 3000
    to.write(line("back again"))
    to.close()
    gap, last = journal.entries()
    assert gap["MESSAGE"] == f"{3000 - taken} lines were lost here: the journal does not take them"
    assert (gap["BGPD_EVENT"], last["MESSAGE"]) == ("lines_lost", "back again")


def test_while_there_is_no_journal_lines_go_to_standard_error(tmp_path: Path, stream: TextIO) -> None:
    to = target(tmp_path, stream)
    to.write(line("tor1: Connected", TRACE))
    to.write(line("two\nlines", logging.WARNING))
    to.close()
    assert (tmp_path / "stream").read_text() == "<7>tor1: Connected\n<4>two | lines\n"


@pytest.mark.parametrize("wrong", [(0, 1), (1, 0)])
def test_whether_a_stream_is_the_journal(stream: TextIO, wrong: tuple[int, int]) -> None:
    found = os.fstat(stream.fileno())
    device, inode = wrong
    assert is_journal(stream, {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
    assert not is_journal(stream, {"JOURNAL_STREAM": f"{found.st_dev + device}:{found.st_ino + inode}"})
    assert not is_journal(stream, {"JOURNAL_STREAM": "rubbish"})
    assert not is_journal(stream, {})


_STDERR = LogSettings("stderr", "", ALL)


@pytest.mark.parametrize(
    ("style", "settings", "shown"),
    [
        ("text", _SETTINGS, "<6>Started"),
        ("text", replace(_SETTINGS, logs=(_STDERR,)), "<6>Started"),
        ("json", _SETTINGS, '<6>{"time": '),
        ("text", replace(_SETTINGS, logs=(_STDERR,), dialect="bird"), "20"),
    ],
)
def test_who_writes_to_the_journal(
    monkeypatch: pytest.MonkeyPatch, stream: TextIO, style: Style, settings: DaemonSettings, shown: str
) -> None:
    """Without its socket, as on this host, all of them write to standard error; BIRD's lines are BIRD's."""
    found = os.fstat(stream.fileno())
    monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
    monkeypatch.setattr("sys.stderr", stream)
    output = LogOutput(style, dialect=settings.dialect)
    output.follow(settings)
    output.handle(line("Started").record)
    output.close()
    assert Path(stream.name).read_text().startswith(shown)
