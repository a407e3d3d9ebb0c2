"""Hosts for the daemon as a process: the lab of the interop tests."""

import pytest

from tests.interop.conftest import lab, pytest_runtest_makereport
from tests.interop.lab import Host, Lab

__all__ = ["lab", "pytest_runtest_makereport"]


@pytest.fixture
def host(lab: Lab) -> Host:
    """Return a host that is alone."""
    return lab.host("alone")
