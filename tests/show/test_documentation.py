"""The output in ``docs/explain.md`` is what the commands print."""

import re
from pathlib import Path

import pytest

from bgpd.control.interpreter import Interpreter
from tests.show.rack import rack
from tests.show.transcript import lines_of

PAGE = Path(__file__).parents[2] / "docs" / "explain.md"
SHOWN = re.findall(r"^```\n\$ bgpdcl (.*?)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_shown_output_is_real(command: str, output: str) -> None:
    lines = [line.text for line in lines_of(Interpreter(rack()).answer(command))]
    assert output.rstrip("\n") == "\n".join(lines).rstrip("\n")


def test_there_is_output() -> None:
    assert len(SHOWN) >= 5
