"""``bgpd install-bird-names``."""

import sys
from pathlib import Path

import pytest

from bgpd.programs import NAMES, installation
from tests.daemon.command import bgpd, outcome
from tests.programs.commands import ended


def test_the_four_commands_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "bird").write_text("an older one")
    (done,) = outcome(bgpd("install-bird-names", folder))
    assert (done.status, done.complaint) == (0, "")
    assert done.output.splitlines() == [str(folder / name) for name in NAMES]
    assert sorted(path.name for path in folder.iterdir()) == ["bird", "bird6", "birdcl", "birdcl6"]
    for name in ("bird", "bird6"):
        assert ended([folder / name, "--version"]) == (0, "", "BIRD version v0.3.3+birdv1.6.8\n")
    missing = ended([folder / "birdcl", "-s", tmp_path / "none", "show", "status"])
    assert missing.status == 1
    assert str(tmp_path / "none") in missing.output + missing.complaint


@pytest.mark.parametrize("folder", ["a folder with blanks", "x" * 120])
def test_an_interpreter_the_kernel_would_not_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """A ``#!`` line has no room for blanks, nor for more than 127 octets (execve(2))."""
    place = tmp_path / folder
    place.mkdir()
    interpreter = place / "python"
    interpreter.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    installation.install(tmp_path)
    assert ended([tmp_path / "bird6", "--version"]).complaint == "BIRD version v0.3.3+birdv1.6.8\n"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (done,) = outcome(bgpd("install-bird-names", tmp_path / "file"))
    assert done.status == 1
    assert done.complaint == f"bgpd: {tmp_path / 'file'}: File exists\n"
