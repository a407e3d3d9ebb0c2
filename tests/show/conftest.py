"""Times in the expected texts are UTC."""

import time
from collections.abc import Iterator

import pytest

from bgpd.show.times import _local


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Print times as a host in UTC does."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    _local.cache_clear()
    yield
    monkeypatch.undo()
    time.tzset()
