"""``eval`` in BIRD's words: what is printed, and why something failed, is in the log."""

import pytest

from tests.show.node import node
from tests.show.transcript import converse


@pytest.mark.parametrize(
    ("expression", "answer", "logged"),
    [
        ("twice(2)", "0023 4", ["INFO twice 2"]),
        ("1/0", "8008 runtime error", ["ERROR filters, line 1: Mother told me not to divide by 0"]),
        ("net", "8008 runtime error", ["ERROR filters, line 1: No route to access"]),
        (
            "twice(1) / 0",
            "8008 runtime error",
            ["INFO twice 1", "ERROR filters, line 1: Mother told me not to divide by 0"],
        ),
        ("nosuch", "9001 nosuch: variable expected.", []),
        ("1 +", "9001 syntax error", []),
    ],
)
def test_the_log_has_what_the_answer_has_not(expression: str, answer: str, logged: list[str]) -> None:
    daemon = node()
    daemon.dialect = "bird"
    assert converse(daemon, [f"eval {expression}"]) == f"C: eval {expression}\nS: {answer}\n"
    assert daemon.logged == logged
