"""Writes the files that a test reads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.bird.reading import ReadingResult, read

ReadText = Callable[..., ReadingResult]


@pytest.fixture
def read_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReadText:
    """Return what reads a text as ``bird.conf``, beside other files whose texts are given by their names."""
    monkeypatch.chdir(tmp_path)

    def read_it(text: str, files: dict[str, str] | None = None, bits: int = 32) -> ReadingResult:
        for name, content in {"bird.conf": text, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
        return read("bird.conf", bits)

    return read_it
