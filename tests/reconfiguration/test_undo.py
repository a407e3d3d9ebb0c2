"""What an undo puts back while neighbors are waited for, in whose favor others are to leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from bgpd.show.view import ReconfigurationResult
from bgpd.speaker import Speaker
from tests.reconfiguration.test_bugs import configuration, speaking

MESH: Final = configuration(100, mesh=2)
REFLECTOR: Final = configuration(100, reflector=3)
OTHER: Final = configuration(150, reflector=3)
IN_PROGRESS, QUEUED, NOTHING, UNQUEUED = (
    ReconfigurationResult.IN_PROGRESS,
    ReconfigurationResult.QUEUED,
    ReconfigurationResult.NOTHING_TO_DO,
    ReconfigurationResult.UNQUEUED,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new neighbor is not there, and is not waited for longer than until the next turn of the loop."""
    monkeypatch.setattr("bgpd.reconfiguration.succession._LONGEST", 0.0)
    monkeypatch.setattr("bgpd.reconfiguration.succession._FOR_OTHERS", 0.0)


@asynccontextmanager
async def on_the_way() -> AsyncIterator[Speaker]:
    """Yield a speaker that has begun with the new neighbor."""
    async with speaking(MESH) as speaker:
        outcome = await speaker.reconfigurer.apply(REFLECTOR)
        assert (outcome.result, [*names(speaker)]) == (IN_PROGRESS, ["mesh", "reflector"])
        yield speaker


def names(speaker: Speaker) -> list[str]:
    return sorted(each.name for each in speaker.settings.neighbors)


async def settled(speaker: Speaker) -> list[str]:
    """Return the neighbors there are when all is done."""
    while tasks := speaker.reconfigurer._tasks:
        await asyncio.gather(*tasks)
    return names(speaker)


async def test_all_of_it_is_undone() -> None:
    async with on_the_way() as speaker:
        reconfigurer = speaker.reconfigurer
        assert await settled(speaker) == ["reflector"]
        assert (await reconfigurer.undo()).result is IN_PROGRESS
        assert await settled(speaker) == ["mesh"]
        assert (await reconfigurer.undo()).result is NOTHING


async def test_an_undo_meanwhile_is_for_good() -> None:
    async with on_the_way() as speaker:
        reconfigurer = speaker.reconfigurer
        assert (await reconfigurer.undo()).result is QUEUED
        assert await settled(speaker) == ["mesh"]
        assert (await reconfigurer.undo()).result is NOTHING


async def test_an_undo_meanwhile_that_is_taken_back() -> None:
    async with on_the_way() as speaker:
        reconfigurer = speaker.reconfigurer
        assert [(await reconfigurer.undo()).result for _ in range(2)] == [QUEUED, UNQUEUED]
        assert await settled(speaker) == ["reflector"]
        assert (await reconfigurer.undo()).result is IN_PROGRESS
        assert await settled(speaker) == ["mesh"]


async def test_what_is_newer_is_undone_alone() -> None:
    async with on_the_way() as speaker:
        reconfigurer = speaker.reconfigurer
        assert (await reconfigurer.apply(OTHER)).result is QUEUED
        assert await settled(speaker) == ["reflector"]
        await reconfigurer.undo()
        assert await settled(speaker) == ["reflector"]
        assert [each.preference for each in speaker.settings.neighbors] == [100]
