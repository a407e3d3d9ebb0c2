"""What the install script says before it does anything."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.installation.root import REPOSITORY

SCRIPT = REPOSITORY / "configs" / "install" / "install.sh"


def run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", SCRIPT, *words], capture_output=True, text=True, check=False, timeout=60, cwd="/"
    )


def test_its_help_names_each_option() -> None:
    done = run(["--help"])
    assert (done.returncode, done.stderr) == (0, "")
    for option in ("--from", "--prefix", "--python", "--uninstall", "--purge"):
        assert f"  {option}" in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["--frm", "."], 2, "install.sh: what is '--frm'?"),
        (["--prefix"], 1, "--prefix wants a value"),
        (["--prefix", "opt/bgpd"], 1, "--prefix wants a folder of its own"),
        (["--prefix", "/usr"], 1, "--prefix wants a folder of its own"),
        (["--prefix", ""], 1, "--prefix wants a folder of its own"),
        (["--purge"], 1, "--purge goes with --uninstall"),
    ],
)
def test_what_it_does_not_understand_it_says(words: Sequence[str], status: int, complaint: str) -> None:
    """The prefix is removed as a whole by --uninstall: none that others use may be one."""
    done = run(words)
    assert done.returncode == status
    assert complaint in done.stderr


@pytest.mark.parametrize("more", [[], ["--uninstall"]])
def test_a_folder_of_others_is_left_alone(tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "file").write_text("precious")
    done = run(["--prefix", str(tmp_path), *more])
    assert done.returncode == 1
    assert f"{tmp_path} is there and is no virtual environment" in done.stderr
    assert (tmp_path / "file").read_text() == "precious"
