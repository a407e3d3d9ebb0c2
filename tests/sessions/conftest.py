"""Fixtures for the tests of sessions."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.interop.lab import Lab
from tests.requirements import need_network_namespaces
from tests.sessions.speakers import Clock


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the running loop, to be turned forward."""
    loop = asyncio.get_running_loop()
    clock = Clock(loop)
    monkeypatch.setattr(loop, "time", clock.time)
    return clock


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Hosts that are network namespaces, for what the loopback interface cannot show."""
    need_network_namespaces()
    with Lab() as topology:
        yield topology
