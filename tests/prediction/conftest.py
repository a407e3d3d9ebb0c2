"""The lab of the interop tests, with the hosts of random configurations."""

from tests.interop.conftest import lab, pytest_runtest_makereport
from tests.reconfiguration.conftest import hosts

__all__ = ["hosts", "lab", "pytest_runtest_makereport"]
