"""The lab of the interop tests."""

from tests.interop.conftest import lab, pytest_runtest_makereport

__all__ = ["lab", "pytest_runtest_makereport"]
