"""Work in the background of which each part begins when the one before is done."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bgpd.protocols.one_by_one import OneByOne


async def test_each_begins_when_the_one_before_is_done() -> None:
    gate, done, works = asyncio.Event(), list[str](), OneByOne()

    def work(name: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def do() -> None:
            await gate.wait()
            done.append(name)

        return do

    is_done = [works.is_done]
    for name in "abc":
        works.begin(work(name))
    await asyncio.sleep(0)
    is_done.append(works.is_done)
    gate.set()
    await works.wait()
    assert [*is_done, works.is_done] == [True, False, True]
    assert done == ["a", "b", "c"]


async def test_what_follows_a_failure_is_done_all_the_same() -> None:
    done, works = list[str](), OneByOne()

    async def fail() -> None:
        failed = asyncio.get_running_loop().create_future()
        failed.cancel()
        await failed

    async def work() -> None:
        done.append("done")

    works.begin(fail)
    works.begin(work)
    await works.wait()
    assert done == ["done"]
