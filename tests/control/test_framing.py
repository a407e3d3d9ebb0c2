"""BIRD's reply lines."""

import pytest

from bgpd.control.framing import Framing
from bgpd.show.command import Line


def encoded(*lines: Line) -> list[bytes]:
    """Return lines as one connection sends them."""
    framing = Framing()
    return [framing.encode(line) for line in lines]


def test_a_line_with_the_code_of_the_one_before_is_short() -> None:
    assert encoded(Line(1007, "a"), Line(1007, "b"), Line(1008, "c")) == [b"1007-a\n", b" b\n", b"1008-c\n"]


def test_the_last_line_has_its_code_whatever_was_before() -> None:
    assert encoded(Line(1010, "a"), Line(1010, "b", last=True)) == [b"1010-a\n", b"1010 b\n"]


def test_the_short_form_reaches_over_the_end_of_an_answer() -> None:
    assert encoded(Line(1010, "a", last=True), Line(1010, "b")) == [b"1010 a\n", b" b\n"]


def test_an_empty_last_line_keeps_its_blank() -> None:
    assert encoded(Line(0, "", last=True)) == [b"0000 \n"]


@pytest.mark.parametrize(
    ("is_last", "expected"), [(False, b"8000-<line overflow>\n"), (True, b"8000 <line overflow>\n")]
)
def test_a_line_that_clients_cannot_read_is_replaced(is_last: bool, expected: bytes) -> None:
    assert encoded(Line(1006, "x" * 600, last=is_last)) == [expected]


def test_no_line_is_longer_than_512_octets() -> None:
    lengths = {len(line) for size in range(490, 520) for line in encoded(Line(1006, "x" * size))}
    assert max(lengths) <= 512
    assert len(encoded(Line(1006, "§" * 250))[0]) == 5 + 500 + 1


def test_the_code_after_an_overflow_is_written_out() -> None:
    _, overflow, after = encoded(Line(1006, "a"), Line(1006, "x" * 600), Line(1006, "b"))
    assert (overflow, after) == (b"8000-<line overflow>\n", b"1006-b\n")


def test_a_text_cannot_end_its_line() -> None:
    """A neighbor's shutdown communication, for instance (RFC 9003 §2)."""
    assert encoded(Line(1006, "a\n0000 \r\x1b[31m\tb")) == [b"1006-a?0000 ??[31m\tb\n"]
