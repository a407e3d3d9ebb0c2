"""Where the texts inside of a TOML file begin."""

import pytest

from bgpd.config.toml_lines import Beginning, index_strings

CASES = [
    # TOML, the place of the first character of a.b
    ("[a]\nb = 'x'", (2, 6)),
    ('[a]\nb = "x"', (2, 6)),
    ("[a]\n  b   =   'x'", (2, 12)),
    ("[a]\nb = '''x'''", (2, 8)),
    ("[a]\nb = '''\nx'''", (3, 1)),
    ("[a]\nb = '''\r\nx'''", (3, 1)),
    ('[a]\nb = """\nx"""', (3, 1)),
    ("[a]\nb = ''", (2, 6)),
    ("[a]\nb = ''''''", (2, 8)),
    ("a.b = 'x'", (1, 8)),
    ("a = { c = '''\n\n''', b = 'x' }", (3, 11)),
    ("[a]\nc = '''\n\n'''\nb = '''\n\nx'''", (6, 1)),
]


@pytest.mark.parametrize(("text", "place"), CASES)
def test_the_place_of_the_first_character(text: str, place: tuple[int, int]) -> None:
    assert index_strings(text)[("a", "b")] == Beginning(*place)


def test_what_is_no_string_has_no_place() -> None:
    assert index_strings("a = 1\nb = [ 'x', 2 ]") == {("b", 0): Beginning(2, 8)}
