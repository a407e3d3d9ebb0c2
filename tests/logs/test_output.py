"""From records to files, standard error and whoever listens."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bgpd import logs
from bgpd.config import Configuration, DaemonSettings, build
from bgpd.logs.classes import ALL
from bgpd.logs.echo import ECHO
from bgpd.logs.output import DUMP_LOGGER, LogOutput
from bgpd.settings import LogSettings

LOG = logging.getLogger("bgpd.tests")
SETTINGS = build(Configuration())


def settings(*places: LogSettings) -> DaemonSettings:
    return replace(SETTINGS, logs=places, dialect="bird")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the log of the process as it was."""
    root, ours = logging.getLogger(), logging.getLogger("bgpd")
    before = root.level, ours.level
    yield
    for handler in [*root.handlers]:
        if isinstance(handler, LogOutput):
            root.removeHandler(handler)
            handler.close()
    root.setLevel(before[0])
    ours.setLevel(before[1])


def test_bird_without_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """With -d every line is ``bird: ...``, until the configuration says otherwise."""
    logs.set_up(debug=True, dialect="bird")
    LOG.info("Started")
    LOG.debug("for nobody")
    logs.follow(settings())
    LOG.warning("Still here")
    logs.follow(settings(LogSettings("stderr", "", ALL)))
    LOG.info("Reconfigured")
    *lines, last = capsys.readouterr().err.splitlines()
    assert lines == ["bird: Started", "bird: Still here"]
    assert last.endswith(" <INFO> Reconfigured")


def test_our_own_dialect(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(debug=False)
    LOG.debug("for nobody")
    LOG.info("Started")
    logs.set_up("json", debug=True)
    LOG.debug("for who debugs")
    text, entry = capsys.readouterr().err.splitlines()
    assert text.endswith(" <INFO> Started")
    assert json.loads(entry) | {"time": ""} == {
        "time": "",
        "level": "debug",
        "logger": "bgpd.tests",
        "message": "for who debugs",
    }


def test_files_take_their_classes(tmp_path: Path) -> None:
    everything, faults = tmp_path / "all", tmp_path / "faults"
    places = (
        LogSettings("file", str(everything), ALL),
        LogSettings("file", str(faults), frozenset({"error", "bug"})),
    )
    logs.set_up(debug=True, dialect="bird")
    logs.follow(settings(*places))
    LOG.info("Started")
    LOG.error("Netlink: No buffer space available")
    assert [line[20:] for line in everything.read_text().splitlines()] == [
        "<INFO> Started",
        "<ERR> Netlink: No buffer space available",
    ]
    assert [line[20:] for line in faults.read_text().splitlines()] == [
        "<ERR> Netlink: No buffer space available"
    ]


def test_a_file_that_was_moved_is_made_anew(tmp_path: Path) -> None:
    """Log files are turned by moving them, and nobody need tell us."""
    file = tmp_path / "log"
    logs.set_up(debug=True, dialect="bird")
    logs.follow(settings(LogSettings("file", str(file), ALL)))
    LOG.info("one")
    file.rename(tmp_path / "old")
    LOG.info("two")
    LOG.info("three")
    file.unlink()
    LOG.info("four")
    assert (tmp_path / "old").read_text()[20:] == "<INFO> one\n"
    assert file.read_text()[20:] == "<INFO> four\n"


def test_a_folder_that_went_away_leaves_the_file_that_is_open(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    logs.set_up(debug=True, dialect="bird")
    logs.follow(settings(LogSettings("file", str(folder / "log"), ALL)))
    LOG.info("one")
    folder.rename(tmp_path / "old")
    LOG.info("two")
    assert [line[20:] for line in (tmp_path / "old" / "log").read_text().splitlines()] == [
        "<INFO> one",
        "<INFO> two",
    ]


def test_a_file_that_cannot_be_had(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "missing" / "log"
    logs.set_up(debug=True, dialect="bird")
    logs.follow(settings(LogSettings("file", str(file), ALL), LogSettings("stderr", "", ALL)))
    assert capsys.readouterr().err.endswith(
        f" <ERR> Unable to open log file `{file}': No such file or directory\n"
    )


def test_a_full_disk_stops_nobody() -> None:
    logs.set_up(debug=True, dialect="bird")
    logs.follow(settings(LogSettings("file", "/dev/full", ALL)))
    LOG.info("Started")


def test_who_listens_is_told_every_line() -> None:
    heard: list[tuple[str, str]] = []

    def listen(class_name: str, text: str) -> None:
        heard.append((class_name, text))

    logs.set_up(debug=True, dialect="bird")
    LOG.info("too early")
    ECHO.register(listen)
    LOG.info("Reconfigured")
    LOG.error("Netlink: File exists")
    ECHO.unregister(listen)
    ECHO.unregister(listen)
    LOG.info("too late")
    assert heard == [("info", "Reconfigured"), ("error", "Netlink: File exists")]


def test_dumps_are_no_log_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """In BIRD's dialect they go to the debug output as they are, in ours they are lines like others."""
    output = io.StringIO()
    logs.set_up(debug=True, dialect="bird", debug_output=output)
    logging.getLogger(DUMP_LOGGER).debug("Protocols:")
    assert (output.getvalue(), capsys.readouterr().err) == ("Protocols:\n", "")
    logs.set_up(debug=True)
    logging.getLogger(DUMP_LOGGER).info("Protocols:")
    assert capsys.readouterr().err.endswith(" <INFO> Protocols:\n")
