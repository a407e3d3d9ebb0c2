"""What the comparison overlooks, and what it does not."""

from io import StringIO

import pytest

from tests.interop.drop_in.normalized import masked, normalized, routes_in_order
from tests.interop.drop_in.raw import Conversation, FramingError, Line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("static1  Static   master   up     16:07:21    ", "static1  Static   master   up     09:00:00    "),
        ("Last reboot on 2026-11-22 16:07:21", "Last reboot on 2027-01-01 00:00:00"),
        ("    Hold timer:       142/240", "    Hold timer:       7/240"),
        ("    Export updates:             13          6", "    Export updates:              9          7"),
        (
            "  Routes:         4 imported, 5 exported, 3 preferred",
            "  Routes:         4 imported, 4 exported, 3 preferred",
        ),
        ("Routing tables:     21 kB", "Routing tables:   1024 kB"),
    ],
)
def test_what_depends_on_chance_is_the_same(one: str, other: str) -> None:
    assert masked(one) == masked(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("static1  Static   master   up     16:07:21    ", "static1  Static   master   down   16:07:21    "),
        ("    Hold timer:       142/240", "    Hold timer:       142/90"),
        ("    Import updates:             13          6", "    Import updates:             12          6"),
        ("    Export updates:             13          6", "    Export updates:             13        ---"),
        ("    Export updates:             13          6", "    Export updates:         13          6"),
        (
            "  Routes:         4 imported, 5 exported, 3 preferred",
            "  Routes:         3 imported, 5 exported, 3 preferred",
        ),
    ],
)
def test_all_else_is_not(one: str, other: str) -> None:
    assert masked(one) != masked(other)


def test_networks_may_come_in_any_order_but_not_their_best_routes() -> None:
    best = "10.0.0.0/8         via 10.1.1.1 on eth0 [a 10:00:00] * (100) [i]"
    second = "                   via 10.1.1.2 on eth0 [b 10:00:00] (100) [i]"
    third = "                   via 10.1.1.0 on eth0 [c 10:00:00] (100) [i]"
    other = "11.0.0.0/8         blackhole [static1 10:00:00] * (200)"
    expected = routes_in_order([best, second, third, other])
    assert routes_in_order([other, best, third, second]) == expected
    no_longer_best = best.replace("] * (", "] (")
    assert routes_in_order([no_longer_best, second.replace("] (", "] * ("), third, other]) != expected


def test_codes_are_compared() -> None:
    assert normalized("show static", [Line("1009", "x"), Line("0000", "", is_last=True)]) == [
        "1009-x",
        "0000 ",
    ]
    assert normalized("show static", [Line("1009", "x", is_last=True)]) == ["1009 x"]


@pytest.mark.parametrize(
    "text",
    [
        " a blank before there was a code\n0000 \n",
        "0001 BIRD ready.\n1009-one\n1009-two\n0000 \n",
        "0001 BIRD ready.\n+a line of the log\n0000 \n",
        "0001 BIRD ready.\n100 too short\n",
    ],
)
def test_lines_that_no_client_reads_so(text: str) -> None:
    with pytest.raises(FramingError):
        Conversation(StringIO(text)).reply()
