"""JSON in the lines of a reply: cut anywhere, and the same as in one piece."""

import json
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from bgpd.control.document import json_lines
from bgpd.show.command import Line
from bgpd.show.times import Moment


class Row(NamedTuple):
    """Something with a field that is not told."""

    name: str
    left_out: str | None = None


MANY = [Row("x" * 300), Row("y" * 900), Row('"\\é')] * 200


@pytest.mark.parametrize(
    ("document", "plain"),
    [
        ({}, {}),
        ({"a": None}, {}),
        ({"a": None, "b": 1, "c": None}, {"b": 1}),
        ({"a": [], "b": (), "c": {}}, {"a": [], "b": [], "c": {}}),
        ({"a": [Row("x")], "b": (1, [2, None])}, {"a": [{"name": "x"}], "b": [1, [2, None]]}),
        ({"a": Row("x"), "at": Moment(0.0)}, {"a": {"name": "x"}, "at": "1970-01-01T00:00:00+00:00"}),
        ({"ä": {"b": [1]}, "c": "text"}, {"ä": {"b": [1]}, "c": "text"}),
        ({"rows": MANY}, {"rows": [{"name": row.name} for row in MANY]}),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("is_single", [True, False])
def test_documents_are_the_same_in_pieces(
    document: Mapping[str, object], plain: Mapping[str, object], is_single: bool
) -> None:
    rows = [document] if is_single else [document, document]
    lines = [line for line in json_lines(iter(rows), is_single=is_single) if isinstance(line, Line)]
    wanted = plain if is_single else [plain, plain]
    assert "".join(line.text for line in lines) == json.dumps(wanted, separators=(",", ":"))
    assert max(len(line.text) for line in lines) <= 401
