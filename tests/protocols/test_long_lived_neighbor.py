"""The routes of a neighbor that is away for long, on the loopback interface (RFC 9494 §4.2)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from bgpd.protocols.protocol import ProtocolState
from messages.attributes import COMMUNITIES
from messages.capabilities import (
    LONG_LIVED_GRACEFUL_RESTART,
    GracefulRestart,
    LongLivedFamily,
    RestartingFamily,
)
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from messages.iana import WellKnownCommunity
from messages.notification import Notification, encode_notification
from messages.update import encode_attributes, pack_announcements
from rib.long_lived_stale import is_long_lived_stale
from tests.protocols.test_neighbor_restart import END_OF_RIB, Story, story
from tests.rib.building import attributes, group_key, key
from tests.sessions.speakers import Puppet, puppet_open

P, Q = key("10.0.0.0/8"), key("10.1.0.0/16")
FAMILY: Final = RestartingFamily(IPV4_UNICAST, forwarding_preserved=True)
AT_ONCE: Final = GracefulRestart(restarting=False, notification=True, restart_time=0, families=())
BRIEFLY: Final = AT_ONCE._replace(restart_time=1, families=(FAMILY,))
LONG: Final = LongLivedFamily(IPV4_UNICAST, forwarding_preserved=True, stale_time=3600)
CEASE, HARD_RESET = (encode_notification(Notification(6, subcode)) for subcode in (2, 9))


def announcement(*prefixes: PrefixKey, communities: Sequence[int] = ()) -> bytes:
    context = group_key().context
    rows = {COMMUNITIES: tuple(communities)} if communities else {}
    encoded = encode_attributes(attributes(65001, next_hop="127.0.0.2", rows=rows), IPV4_UNICAST, context)
    [message] = pack_announcements(IPV4_UNICAST, encoded, prefixes, context)
    return message


async def establish(
    scene: Story, restart: GracefulRestart = AT_ONCE, family: LongLivedFamily | None = LONG
) -> Puppet:
    families = () if family is None else (family,)
    message = puppet_open(restart=restart, more=((LONG_LIVED_GRACEFUL_RESTART, families),))
    scene.puppet = await scene.stack.enter_async_context(await scene.home.establish(message))
    return scene.puppet


async def begin(scene: Story, restart: GracefulRestart = AT_ONCE) -> Puppet:
    """The neighbor comes for the first time, and announces P and Q."""
    puppet = await establish(scene, restart)
    puppet.send(announcement(P, Q), END_OF_RIB)
    await scene.until(lambda: scene.has(P, Q))
    return puppet


def stale(scene: Story) -> list[PrefixKey]:
    """Return the prefixes that have a long-lived stale route."""
    held = [prefix for prefix in (P, Q) if prefix in scene.pipeline.table.slots]
    return [prefix for prefix in held if is_long_lived_stale(scene.held(prefix).attributes)]


async def test_without_time_for_a_restart_routes_are_stale_at_once(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await begin(scene)
        assert stale(scene) == []
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        assert scene.protocol.state is ProtocolState.START
        lines = [*scene.protocol.details().lines_of_bird()]
        assert lines[3] == "  Neighbor graceful restart active"
        assert lines[4] in {f"  LL stale timer:   {left}/-" for left in (3599, 3600)}


async def test_after_the_time_for_a_restart_they_are_stale(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await begin(scene, BRIEFLY)
        await scene.lose()
        assert (scene.has(P, Q), stale(scene)) == (True, [])
        await scene.until(lambda: stale(scene) == [P, Q])


async def test_after_the_long_lived_stale_time_they_go(tmp_path: Path) -> None:
    async with story(tmp_path, "max_long_lived_stale_time = 1") as scene:
        await begin(scene)
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        await scene.until(scene.has)
        assert not scene.protocol.stale.families


@pytest.mark.parametrize(
    ("lines", "family", "last_words"),
    [
        (('long_lived_graceful_restart = "off"',), LONG, ()),
        (('graceful_restart = "off"',), LONG, ()),
        ((), None, ()),
        ((), LONG._replace(stale_time=0), ()),
        ((), LONG, (HARD_RESET,)),
        (("graceful_restart_notification = false",), LONG, (CEASE,)),
    ],
    ids=["off", "no graceful restart", "no family", "no time", "hard reset", "Cease without N bit"],
)
async def test_routes_go_with_the_session(
    tmp_path: Path, lines: Sequence[str], family: LongLivedFamily | None, last_words: Sequence[bytes]
) -> None:
    async with story(tmp_path, *lines) as scene:
        puppet = await establish(scene, AT_ONCE, family)
        puppet.send(announcement(P, Q), END_OF_RIB)
        await scene.until(lambda: scene.has(P, Q))
        await scene.lose(*last_words)
        await scene.until(scene.has)


async def test_a_cease_is_survived_with_the_n_bit(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await begin(scene)
        await scene.lose(CEASE)
        await scene.until(lambda: stale(scene) == [P, Q])


async def test_what_must_not_be_kept_for_long_goes(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        puppet = await begin(scene)
        puppet.send(announcement(Q, communities=[WellKnownCommunity.NO_LLGR]))
        await scene.until(lambda: COMMUNITIES in scene.held(Q).attributes)
        await scene.lose()
        await scene.until(lambda: scene.has(P))
        assert stale(scene) == [P]


async def test_what_is_said_again_is_fresh_and_the_rest_goes_with_end_of_rib(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await begin(scene)
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        puppet = await establish(scene)
        puppet.send(announcement(P))
        await scene.until(lambda: stale(scene) == [Q])
        puppet.send(END_OF_RIB)
        await scene.until(lambda: scene.has(P))
        assert "graceful restart" not in "".join(scene.protocol.details().lines_of_bird())


async def test_a_second_loss_makes_stale_at_once_and_moves_no_end(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await begin(scene)
        await scene.lose()
        end = scene.protocol.stale.long_lived_timers[IPV4_UNICAST]
        puppet = await establish(scene, BRIEFLY)
        puppet.send(announcement(P))
        await scene.until(lambda: stale(scene) == [Q])
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        assert scene.protocol.stale.long_lived_timers[IPV4_UNICAST].left < end.left
        assert scene.protocol.stale.restart_timer is None


@pytest.mark.parametrize(
    ("restart", "family"),
    [(AT_ONCE, None), (AT_ONCE, LONG._replace(forwarding_preserved=False))],
    ids=["without the family", "without the F bit"],
)
async def test_what_is_not_preserved_goes_at_once(
    tmp_path: Path, restart: GracefulRestart, family: LongLivedFamily | None
) -> None:
    async with story(tmp_path) as scene:
        await begin(scene)
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        puppet = await establish(scene, restart, family)
        puppet.send(announcement(Q))
        await scene.until(lambda: scene.has(Q))
        await scene.until(lambda: stale(scene) == [])


async def test_a_changed_filter_leaves_the_mark(tmp_path: Path) -> None:
    """While the neighbor is back, and has not said everything again."""
    async with story(tmp_path) as scene:
        await begin(scene)
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        await establish(scene)
        scene.protocol.reload(incoming=True, outgoing=False)
        await scene.until(lambda: not scene.pipeline.is_behind)
        assert stale(scene) == [P, Q]


async def test_the_operator_does_not_wait(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await begin(scene)
        await scene.lose()
        await scene.until(lambda: stale(scene) == [P, Q])
        scene.protocol.disable("enough")
        await scene.protocol.wait_left()
        assert scene.has()
        assert not scene.protocol.stale.families
