"""Long lines go on in another."""

import pytest

from bgpd.show.folding import folded


@pytest.mark.parametrize("line", ["", "  short", "    " + "x" * 466])
def test_a_line_that_fits_stays_as_it_is(line: str) -> None:
    assert list(folded(line)) == [line]


@pytest.mark.parametrize("word", ["word", "☕" * 7, "x" * 200, "x" * 2000, "☕" * 600])
@pytest.mark.parametrize("indent", ["", "    "])
def test_nothing_is_lost_and_nothing_is_too_long(word: str, indent: str) -> None:
    line = indent + " ".join([word] * 300)
    lines = list(folded(line))
    assert len(lines) > 1
    assert max(len(part.encode()) for part in lines) <= 470
    assert all(part.startswith(indent + "    ") for part in lines[1:])
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")


def test_lines_are_cut_at_blanks() -> None:
    first, second = folded("  " + " ".join(["0123456789"] * 50))
    assert first == "  " + " ".join(["0123456789"] * 42)
    assert second == "      " + " ".join(["0123456789"] * 8)
