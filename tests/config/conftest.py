"""Ways to read a configuration that the tests of this folder share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bgpd.config import ConfigurationError, DaemonSettings, Problem, build, load


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a text to a file named ``bgpd.toml`` and return its path."""

    def write_text(text: str) -> Path:
        path = tmp_path / "bgpd.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


@pytest.fixture
def settings(write: Callable[[str], Path]) -> Callable[[str], DaemonSettings]:
    """Return the settings that a TOML text comes to."""
    return lambda text: build(load(write(text)))


@pytest.fixture
def problems(write: Callable[[str], Path]) -> Callable[[str], tuple[Problem, ...]]:
    """Return what is wrong with a TOML text; a text without a problem is a failure."""

    def problems_of(text: str) -> tuple[Problem, ...]:
        with pytest.raises(ConfigurationError) as caught:
            load(write(text))
        return caught.value.problems

    return problems_of
