"""``include``: where files are looked for, what may go wrong, how errors name the places."""

from pathlib import Path

import pytest

from bgpd.bird.reading import read
from tests.bird.conftest import ReadText

DEVICE = "protocol device {}\n"
MISSING = "No such file or directory"


@pytest.mark.parametrize(
    ("text", "files", "error"),
    [
        ('include "a";', {"a": DEVICE}, None),
        ('include "a";', {"a": "protocol device {}"}, None),
        ('  include\t"a" ;\n', {"a": DEVICE}, None),
        ('include "a"; ;', {"a": DEVICE}, None),
        ('include "./a";', {"a": DEVICE}, None),
        ("# include \"a\";\n/*\ninclude \"b\";\n*/" + DEVICE, {}, None),
        # Relative to the file that includes.
        ('include "sub/a";', {"sub/a": 'include "b";\n', "sub/b": DEVICE}, None),
        # What can't be included.
        ('include "a";', {}, f"bird.conf:1:1 Unable to open included file ./a: {MISSING}"),
        ('include "/no/a";', {}, f"bird.conf:1:1 Unable to open included file /no/a: {MISSING}"),
        ('include "sub";', {"sub/a": ""}, "./sub:1:1 Read error"),
        ('include "";', {}, "bird.conf:1:1 Include with empty argument"),
        # An include is a line of its own.
        (DEVICE + '; include "a";', {"a": ""}, "bird.conf:2:3 syntax error"),
        (DEVICE + 'include "a"\n;', {"a": ""}, "bird.conf:2:1 syntax error"),
        (DEVICE + "include 'a';", {"a": ""}, "bird.conf:2:1 syntax error"),
        # What is behind the file name is not looked at.
        ('include "a"; include "b";', {"a": DEVICE}, None),
        # Patterns.
        ('include "*.inc";', {"b.inc": "eval one;\n", "a.inc": "define one = 1;" + DEVICE}, None),
        ('include "sub/[ab]";', {"sub/a": DEVICE}, None),
        ('include "sub/?";', {"sub/a": DEVICE, "sub/b/c": "nonsense"}, None),
        (DEVICE + 'include "*.inc";', {}, None),
        ('include "no/*";', {}, f"bird.conf:1:1 Unable to match pattern ./no/*: {MISSING}"),
        # The places of errors.
        (DEVICE + 'include "a";', {"a": "\n\n  foo bar;"}, "./a:3:3 syntax error"),
        ('include "a"; foo bar', {"a": DEVICE}, "bird.conf:1:14 syntax error"),
        ('include "sub/a";', {"sub/a": 'include "b";', "sub/b": "foo"}, "./sub/b:1:1 syntax error"),
        ('include "a";\n', {"a": "filter f {"}, "bird.conf:1:0 syntax error"),
        ('include "a";\n*/', {"a": "/* "}, "./a:1:3 Unterminated comment"),
        ('include "a";', {"a": 'include "a";'}, "./a:1:1 Max include depth reached"),
    ],
)  # fmt: skip
def test_include(read_text: ReadText, text: str, files: dict[str, str], error: str | None) -> None:
    assert read_text(text, files).error == error


@pytest.mark.parametrize(("depth", "is_read"), [(8, True), (9, False)])
def test_eight_files_are_inside_of_each_other(read_text: ReadText, depth: int, is_read: bool) -> None:
    files = {str(number): f'include "{number + 1}";' for number in range(2, depth)}
    result = read_text('include "2";', {**files, str(depth): DEVICE})
    assert (result.error is None) is is_read


def test_an_include_stands_anywhere(read_text: ReadText) -> None:
    """Even in a function, where what is included is some of its statements."""
    function = 'function f() {\ninclude "a";\nreturn 0; }\n'
    result = read_text(DEVICE + function + "eval f();", {"a": 'print "in the middle";'})
    assert result == (result.configuration, ("in the middle",), None)


def test_an_absolute_path(read_text: ReadText, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    files = {"elsewhere/a": "foo"}
    place = tmp_path / "elsewhere" / "a"
    assert read_text(f'include "{place}";', files).error == f"{place}:1:1 syntax error"


@pytest.mark.parametrize(
    ("file", "error"),
    [("none", f"Unable to open configuration file none: {MISSING}"), (".", ".:1:1 Read error")],
)
def test_the_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, error: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(file, 32).error == error


def test_text_is_utf_8_and_columns_count_octets(read_text: ReadText) -> None:
    result = read_text(DEVICE.replace("{}", '{ description "ä"; }') + '/* ä */ "ä" foo')
    assert result.configuration.protocols[0].value("description") == "ä"
    assert result.error == "bird.conf:2:10 syntax error"
