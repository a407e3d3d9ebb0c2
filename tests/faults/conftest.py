"""A host for a daemon inside of the process of the test, so that it can be given bugs."""

from tests.daemon.conftest import host
from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["host", "lab", "pytest_runtest_makereport"]
