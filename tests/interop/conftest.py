"""The lab as a fixture: made for one test, taken down with its logs shown if the test failed."""

from collections.abc import Generator, Iterator

import pytest

from tests.interop.lab import Lab
from tests.requirements import need_network_namespaces

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, since a fixture is not told."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """An empty topology."""
    need_network_namespaces()
    with Lab() as topology:
        yield topology
        topology.failed = request.node.stash.get(_FAILED, False)
