"""Several pytest processes share one selection of tests: whoever is free takes the next one.

``python -m pytest -p tests.sharing --share-in FOLDER ...``: processes with the same selection and the same
folder, empty at first, run each test once between them, however many they are and however long a test takes.
Tests that have a fixture in common, with the same parameters, are taken together.
"""

from hashlib import blake2s
from pathlib import Path
from typing import Final

import pytest

MARKER: Final = "interop"
_CLAIMS = pytest.StashKey["Claims"]()


class Claims:
    """What this process runs: a file in the shared folder says that a test, or several, are taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_ours: dict[str, bool] = {}

    def take(self, name: str) -> bool:
        """Return whether what has this name is ours, by now or from now on."""
        if name not in self._is_ours:
            self._is_ours[name] = self._create(name)
        return self._is_ours[name]

    def _create(self, name: str) -> bool:
        try:
            (self._folder / blake2s(name.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the folder."""
    parser.addoption("--share-in", type=Path, required=True, metavar="FOLDER", help="where tests are taken")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no test taken by this process."""
    config.stash[_CLAIMS] = Claims(config.getoption("--share-in"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over modules that do not mention the marker which all tests must have: loading them takes long."""
    if config.getoption("markexpr") != MARKER or collection_path.suffix != ".py":
        return None
    return True if f"mark.{MARKER}" not in collection_path.read_text() else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Take this test, and those that go with it, when its turn comes; pass over it if another process has it.

    True means that the test is dealt with. After the last one of those that are taken together all fixtures
    are taken down: which test comes next is not known yet.
    """
    name = _taken_as(item)
    if not item.config.stash[_CLAIMS].take(name):
        return True
    if nextitem is None or _taken_as(nextitem) == name:
        return None
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return True


def _taken_as(item: pytest.Item) -> str:
    """Return the name of the test, or, if it has fixtures in common with others, one that they all have."""
    assert isinstance(item, pytest.Function)
    known = item._fixtureinfo.name2fixturedefs
    common = [name for name, found in known.items() if any(each.scope == "module" for each in found)]
    if not common:
        return item.nodeid
    number_of = item.callspec.indices if hasattr(item, "callspec") else {}
    places = [f"{name}={number_of[name]}" for name in common if name in number_of]
    return " ".join((item.nodeid.partition("::")[0], *places))
