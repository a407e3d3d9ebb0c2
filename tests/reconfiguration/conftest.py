"""The lab of the interop tests, and the two hosts on which random configurations are tried."""

import pytest

from tests.daemon.conftest import host
from tests.interop.conftest import lab, pytest_runtest_makereport
from tests.interop.lab import Host, Lab

__all__ = ["host", "lab", "pytest_runtest_makereport"]

_FARS = ("10.9.0.2", "10.9.0.3", "10.9.0.66")


@pytest.fixture
def hosts(lab: Lab) -> tuple[Host, Host]:
    """Return the daemon's host, with two interfaces, and the one that all neighbors are on."""
    near, far = lab.host("near"), lab.host("far")
    for interface in ("one", "two"):
        near.ip("link", "add", interface, "type", "veth", "peer", "name", interface, "netns", far.namespace)
    near.ip("address", "add", "10.9.0.1/24", "dev", "one")
    near.ip("address", "add", "10.10.0.1/24", "dev", "two")
    for address in _FARS:
        far.ip("address", "add", f"{address}/24", "dev", "one")
    for each in (near, far):
        for interface in ("one", "two"):
            each.ip("link", "set", interface, "up")
    near.ip("route", "add", "10.60.0.0/16", "via", "10.9.0.2", "protocol", "186")
    near.ip("route", "add", "10.61.0.0/16", "via", "10.9.0.2", "protocol", "186", "table", "101")
    return near, far
