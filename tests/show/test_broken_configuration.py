"""What can be asked of a daemon whose configuration was broken when it started."""

import pytest

from bgpd.control.interpreter import Interpreter
from bgpd.show.command import Line
from tests.show.node import node
from tests.show.transcript import lines_of

PROBLEM = "bird.cfg:3:7 syntax error"


def last_line(command: str) -> Line:
    daemon = node()
    daemon.dialect = "bird"
    daemon.configuration_problem = PROBLEM
    *_, last = lines_of(Interpreter(daemon).answer(command))
    return last


@pytest.mark.parametrize(
    "command",
    ["show protocols", "show route", "eval 1", "disable tor1", "json show protocols", "dump routes"],
)
def test_everything_else_says_what_is_wrong(command: str) -> None:
    assert last_line(command) == Line(8002, PROBLEM, last=True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("show status", 13),
        ("configure", 3),
        ("configure check", 20),
        ("configure undo", 3),
        ("restrict", 16),
        ("echo all", 0),
        ("down", 7),
        ("nonsense", 9001),
    ],
)
def test_what_helps_to_mend_it_is_done(command: str, code: int) -> None:
    assert last_line(command).code == code
