"""Several pytest processes share one selection of tests: whoever is free takes the next module of them.

``python -m pytest -p tests.sharing --share-in FOLDER ...``: processes with the same selection and the same
folder, empty at first, run each test once between them, however many they are and however long a test takes.
A module is taken as a whole, since its tests may have a fixture in common.
"""

from pathlib import Path

import pytest

_CLAIMS = pytest.StashKey["Claims"]()


class Claims:
    """The modules that this process runs: a file in the shared folder says that a module is taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_ours: dict[str, bool] = {}

    def take(self, module: str) -> bool:
        """Return whether a module is ours, by now or from now on."""
        if module not in self._is_ours:
            self._is_ours[module] = self._create(module)
        return self._is_ours[module]

    def _create(self, module: str) -> bool:
        try:
            (self._folder / module.replace("/", ".")).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the folder."""
    parser.addoption("--share-in", type=Path, required=True, metavar="FOLDER", help="where modules are taken")


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no module taken by this process."""
    config.stash[_CLAIMS] = Claims(config.getoption("--share-in"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Take the module of this test when its turn comes, and pass over the test if another process has it.

    True means that the test is dealt with. After the last test of a module all fixtures are taken down: which
    test comes next is not known yet.
    """
    if not item.config.stash[_CLAIMS].take(_module(item)):
        return True
    if nextitem is None or _module(nextitem) == _module(item):
        return None
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return True


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
