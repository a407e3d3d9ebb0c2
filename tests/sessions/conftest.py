"""Fixtures for the tests of sessions."""

import asyncio

import pytest

from tests.sessions.speakers import Clock


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the running loop, to be turned forward."""
    loop = asyncio.get_running_loop()
    clock = Clock(loop)
    monkeypatch.setattr(loop, "time", clock.time)
    return clock
