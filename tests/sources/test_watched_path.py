"""A file that is looked at again and again, under a clock that the test owns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bgpd.sources.source import SourceStatus
from bgpd.sources.watched_path import WatchedPath


class Watched:
    """One path, and what was said of it."""

    def __init__(self, path: Path) -> None:
        self.pauses: list[float] = []
        self.said: list[str] = []
        self.time = 1e12
        """Long after the file was written."""
        self._asleep = asyncio.Event()
        self._next = asyncio.Semaphore(0)
        self.source = WatchedPath(str(path), self.time, lambda: self.time, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._asleep.set()
        await self._next.acquire()

    async def is_asleep(self) -> None:
        await self._asleep.wait()
        self._asleep.clear()

    async def look(self, number: int = 1) -> None:
        """Let it look, so many times."""
        for _ in range(number):
            self.time += 1.0
            self._next.release()
            await self.is_asleep()


@asynccontextmanager
async def watched(path: Path) -> AsyncIterator[Watched]:
    it = Watched(path)
    it.source.start(it.said.append)
    await it.is_asleep()
    yield it
    await it.source.stop()


async def test_a_change_is_told_once_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "nodes.json"
    path.write_text("[]")
    async with watched(path) as it:
        await it.look(3)
        assert not it.said
        path.write_text("[1]")
        await it.look(3)
        assert it.said == [f"{path} changed"]
        assert it.pauses == [1.0, 1.0, 1.0, 1.0, 0.2, 1.0, 1.0]


async def test_what_is_missing_is_a_problem_until_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "nodes.json"
    path.write_text("[]")
    async with watched(path) as it:
        began = it.time
        assert it.source.status() == SourceStatus("file", str(path), "watched", began)
        path.unlink()
        await it.look(2)
        problem = "No such file or directory; what was read last holds until it is back"
        assert it.source.status() == SourceStatus("file", str(path), "missing", began + 1, problem)
        path.write_text("[1]")
        await it.look(2)
        assert it.source.status() == SourceStatus("file", str(path), "watched", began + 3)
        assert it.said == [f"{path} changed"]


async def test_a_folder_says_how_many_files_it_has(tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "c.txt"):
        (tmp_path / name).write_text("{}")
    async with watched(tmp_path) as it:
        status = it.source.status()
        assert (status.kind, status.objects) == ("folder", 2)
        (tmp_path / "a.json").unlink()
        await it.look(2)
        assert it.source.status().objects == 1
        assert it.said == [f"{tmp_path} changed"]


async def test_nothing_is_told_after_the_end(tmp_path: Path) -> None:
    path = tmp_path / "nodes.json"
    path.write_text("[]")
    async with watched(path) as it:
        path.write_text("[1]")
        await it.look()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not it.said
