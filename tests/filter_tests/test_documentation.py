"""The examples in ``docs/filters.md`` work, and print what is shown there."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from bgpd.__main__ import main
from bgpd.config import load
from bgpd.config.filter_reference import reference
from bgpd.control.interpreter import Interpreter
from bgpd.policies import Policies
from tests.show.rack import rack
from tests.show.transcript import lines_of

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", (DOCS / "filters.md").read_text(), re.MULTILINE | re.DOTALL)
FILES = {block.partition("\n")[0].removeprefix("# "): block for block in BLOCKS if block.startswith("# ")}


class Example(NamedTuple):
    command: str
    output: str


EXAMPLES = [Example(*block.removeprefix("$ ").split("\n", 1)) for block in BLOCKS if block.startswith("$ ")]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command of the page prints; the daemon has the filters of the last configuration."""
    program, *arguments = shlex.split(command)
    if program == "bgpd":
        main(arguments)
        captured = capsys.readouterr()
        return captured.out + captured.err
    daemon = rack()
    daemon.policies = Policies(load(Path("daemon.toml")).definitions)
    answer = Interpreter(daemon).answer(" ".join(arguments))
    lines = [line.text for line in lines_of(answer)]
    return "".join(f"{line}\n" for line in lines if line)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.command for example in EXAMPLES])
def test_shown_output_is_real(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    Path("daemon.toml").write_text('[filter_files]\npaths = ["filters/*.filter"]\n')
    assert run(example.command, capsys) == example.output


def test_there_are_examples() -> None:
    assert len(FILES) >= 6
    assert len(EXAMPLES) >= 8


def test_the_reference_is_what_the_tables_say() -> None:
    assert (DOCS / "filter-reference.md").read_text() == reference()
