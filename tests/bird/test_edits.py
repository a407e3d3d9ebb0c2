"""A short search, always the same: edited files are loaded or refused.

``python -m tests.bird.edits`` goes on.
"""

from itertools import islice
from pathlib import Path

import pytest

from tests.bird.edits import edited_files, load

EDITS = 150


def test_no_edit_breaks_anything(tmp_path: Path) -> None:
    errors = [load(file) for file in islice(edited_files(1, tmp_path / "edited"), EDITS)]
    assert len(errors) == EDITS
    refused = sum(error is not None for error in errors)
    assert (
        EDITS / 10 < refused < EDITS - EDITS / 10
    )  # an edit that is always, or never, refused shows nothing


def test_the_same_seed_makes_the_same_edits(tmp_path: Path) -> None:
    def texts(seed: int) -> list[str]:
        files = islice(edited_files(seed, tmp_path / "edited"), 20)
        return ["".join(path.read_text() for path in sorted(file.parent.iterdir())) for file in files]

    assert texts(7) == texts(7)
    assert texts(7) != texts(8)


@pytest.mark.parametrize("text", ["", "\0", "protocol", 'include "*";\n', "{" * 5000, "protocol bgp {" * 300])
def test_files_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bird.cfg"
    path.write_text(text)
    assert load(path) is not None
