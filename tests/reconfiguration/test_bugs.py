"""A bug of ours in the middle of a reconfiguration: it ends with the new configuration all the same."""

import asyncio
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import time
from typing import Any

import pytest

from bgpd.config import build, validate
from bgpd.protocols.bgp import BgpProtocol
from bgpd.settings import DaemonSettings
from bgpd.show.view import ReconfigurationResult
from bgpd.speaker import Speaker

FILE = """
[router]
id = "192.0.2.1"
asn = 64512
[direct]
interfaces = []
"""
NEIGHBOR = """
[[neighbors]]
name = "{}"
address = "192.0.2.{}"
asn = 64512
passive = true
preference = {}
"""


def configuration(preference: int, **addresses: int) -> DaemonSettings:
    """Return one that touches nothing of this host, with neighbors by name."""
    neighbors = (NEIGHBOR.format(name, last, preference) for name, last in addresses.items())
    settings = build(validate(tomllib.loads(FILE + "".join(neighbors)), "test.toml"))
    return replace(settings, kernels=(), listen=())


@asynccontextmanager
async def speaking(settings: DaemonSettings) -> AsyncIterator[Speaker]:
    speaker = Speaker(settings, time, asyncio.get_running_loop())
    await speaker.start()
    await speaker.meet_neighbors()
    try:
        yield speaker
    finally:
        await speaker.stop()


def hits(monkeypatch: pytest.MonkeyPatch, method: str, *names: str) -> None:
    """Let a method of neighbors with these names raise what nobody expects."""
    plain = getattr(BgpProtocol, method)

    def broken(neighbor: BgpProtocol, *arguments: Any) -> Any:
        if neighbor.name in names:
            raise LookupError("of this test")
        return plain(neighbor, *arguments)

    monkeypatch.setattr(BgpProtocol, method, broken)


def preferences(speaker: Speaker) -> dict[str, int]:
    return {
        each.name: each.settings.preference
        for each in speaker.protocols.values()
        if isinstance(each, BgpProtocol)
    }


async def test_who_cannot_be_changed_in_place_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was done of it by then."""
    async with speaking(configuration(100, a=2, b=3, c=4)) as speaker:
        before = dict(speaker.protocols)
        hits(monkeypatch, "follow", "b")
        outcome = await speaker.reconfigurer.apply(configuration(150, a=2, b=3, c=4))
        assert outcome.result is ReconfigurationResult.DONE
        (remark,) = outcome.remarks
        assert remark.startswith("b: a bug was in the way: LookupError: of this test (")
        assert preferences(speaker) == {"a": 150, "b": 150, "c": 150}
        assert [name for name, each in speaker.protocols.items() if before[name] is not each] == ["b"]
        assert speaker.reconfigurer.problems == [remark]
        monkeypatch.undo()
        await speaker.reconfigurer.apply(configuration(100, a=2, b=3, c=4))
        assert preferences(speaker) == {"a": 100, "b": 100, "c": 100}
        assert speaker.reconfigurer.problems == []


@pytest.mark.parametrize("method", ["leave", "start"])
async def test_the_others_come_and_go(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    async with speaking(configuration(100, gone=2, a=3)) as speaker:
        hits(monkeypatch, method, "gone", "come")
        new = configuration(100, a=3, come=2, other=5)
        new = replace(new, neighbors=tuple(replace(each, asn=64513) for each in new.neighbors))
        outcome = await speaker.reconfigurer.apply(new)
        assert outcome.result is ReconfigurationResult.DONE
        assert preferences(speaker).keys() >= {"a", "other"}
        assert "gone" not in speaker.protocols
        assert speaker.settings == new
        assert len(speaker.reconfigurer.problems) == 1


async def test_a_plan_that_cannot_be_made_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with speaking(configuration(100, a=2)) as speaker:
        former = speaker.settings

        def broken(_settings: DaemonSettings) -> None:
            raise LookupError

        monkeypatch.setattr(speaker, "policies_of", broken)
        with pytest.raises(LookupError):
            await speaker.reconfigurer.apply(configuration(150, a=2, b=3))
        assert speaker.settings is former
        assert preferences(speaker) == {"a": 100}
        monkeypatch.undo()
        await speaker.reconfigurer.apply(configuration(150, a=2, b=3))
        assert preferences(speaker) == {"a": 150, "b": 150}
