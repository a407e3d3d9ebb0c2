"""The network namespaces of the test with real daemons."""

from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["lab", "pytest_runtest_makereport"]
