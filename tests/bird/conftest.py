"""Writes the files that a test reads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.bird.loading import LoadedBird, load_bird
from bgpd.bird.reading import ReadingResult, read

ReadText = Callable[..., ReadingResult]
LoadText = Callable[..., LoadedBird]


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


@pytest.fixture
def load_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadText:
    """Return what loads a text as ``bird.conf``, and perhaps another one as ``bird6.conf`` with it."""
    monkeypatch.chdir(tmp_path)

    def load_it(text: str, second: str | None = None, bits: int = 32) -> LoadedBird:
        Path("bird.conf").write_bytes(text.encode())
        if second is None:
            return load_bird([("bird.conf", bits)])
        Path("bird6.conf").write_bytes(second.encode())
        return load_bird([("bird.conf", 32), ("bird6.conf", 128)])

    return load_it
