"""Ways to read the file of a cluster on one of its nodes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import ConfigurationError, DaemonSettings, build, load
from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["complaints", "file", "lab", "on", "pytest_runtest_makereport"]

On = Callable[[str, str], DaemonSettings]
Complaints = Callable[..., list[str]]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a text to ``cluster.toml`` and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "cluster.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def on(file: Callable[[str], Path]) -> On:
    """Return the settings that a text comes to on a node."""
    return lambda text, node: build(load(file(text), node))


@pytest.fixture
def complaints(file: Callable[[str], Path]) -> Complaints:
    """Return what is wrong with a text, each as file:line: key: message, without the folder."""

    def complaints_of(text: str, node: str = "node1") -> list[str]:
        path = file(text)
        with pytest.raises(ConfigurationError) as caught:
            load(path, node)
        return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]

    return complaints_of
