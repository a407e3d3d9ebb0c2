"""Hosts for the programs: the lab of the interop tests."""

from tests.daemon.conftest import host
from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["host", "lab", "pytest_runtest_makereport"]
