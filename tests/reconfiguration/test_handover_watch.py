"""What is done with those who are kept, as long as they are."""

import asyncio
import gc
from collections.abc import Iterable
from dataclasses import replace

from bgpd.reconfiguration.handover import GRACE_SECONDS, Handover, Sight
from bgpd.reconfiguration.plan import plan
from bgpd.speaker import Speaker
from rib.route import Source
from tests.reconfiguration.test_bugs import speaking
from tests.simulator.modes.configurations import mesh, reflected, settings_of

MESH, STAR = settings_of(mesh(4), 0), settings_of(reflected(4, 3), 0)
ONE, TWO = "Mesh_10_0_1_1", "Mesh_10_0_2_1"
HANDOVER = 300.0
THERE = Sight(3, 0, is_reflected=True)
MISSING = Sight(3, 2, "10.244.1.0/26", is_reflected=True)


def begun() -> Handover:
    return Handover().towards(STAR, plan(MESH, STAR), MESH, 0.0)


def seen(handover: Handover, sight: Sight, moments: Iterable[float]) -> Handover:
    for now in moments:
        handover.see({ONE: sight, TWO: sight}, now)
    return handover


def test_who_goes_is_led_around_us_until_it_has_gone() -> None:
    """Its routes would be told again as good ones, a moment before they are withdrawn."""
    for sight, moments in (
        (THERE, [0, GRACE_SECONDS, 2 * GRACE_SECONDS]),
        (MISSING, [HANDOVER - 5, HANDOVER]),
    ):
        handover = seen(begun(), sight, moments)
        assert {each.held.name for each in handover.ended} == {ONE, TWO}
        assert handover.draining == {ONE, TWO}
        applied = begun().with_stays(STAR, MESH)
        rest = handover.towards(STAR, plan(applied, STAR), applied, moments[-1])
        assert rest.draining == {ONE, TWO}


def sources() -> set[str]:
    gc.collect()
    return {each.name for each in gc.get_objects() if isinstance(each, Source)}


async def left(speaker: Speaker, *names: str) -> None:
    """Wait until neighbors have gone, and nothing is to follow."""
    while speaker.reconfigurer.held or not speaker.protocols.keys().isdisjoint(names):  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(0.1)
    await asyncio.sleep(0)


async def test_nothing_stays_of_who_was_kept() -> None:
    """Not even what was seen of its routes."""
    quick = settings_of(reflected(4, 3, handover=1), 0)
    former, new = (replace(each, listen=(), kernels=()) for each in (MESH, quick))
    async with speaking(former) as speaker:
        await speaker.reconfigurer.apply(new)
        assert {each.name for each in speaker.reconfigurer.held} == {ONE, TWO}
        await left(speaker, ONE, TWO)
        assert not sources() & {ONE, TWO}
