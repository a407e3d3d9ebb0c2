"""The lab of the interop tests, for a daemon and those who mean it no good."""

from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["lab", "pytest_runtest_makereport"]
