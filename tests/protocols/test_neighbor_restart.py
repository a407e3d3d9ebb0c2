"""The routes of a neighbor that restarts, on the loopback interface (RFC 4724 §4.2)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bgpd.pipeline import Pipeline
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.protocol import ProtocolState
from fsm.state import State
from messages.capabilities import ENHANCED_ROUTE_REFRESH, GracefulRestart, RestartingFamily
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from messages.iana import RouteRefreshSubtype
from messages.notification import Notification, encode_notification
from messages.route_refresh import RouteRefresh, encode_route_refresh
from messages.update import encode_attributes, encode_end_of_rib, pack_announcements
from rib.route import Refusal, Route
from tests.protocols.lone_neighbor import AtHome, neighbor, tables
from tests.rib.building import attributes, group_key, key
from tests.sessions.speakers import PATIENCE, Puppet, puppet_open

P, Q, R, S = key("10.0.0.0/8"), key("10.1.0.0/16"), key("10.2.0.0/16"), key("10.3.0.0/16")
OPEN = ('import = "all"', 'export = "all"', "passive = true", "error_wait = [1, 1]")
PRESERVED = (RestartingFamily(IPV4_UNICAST, forwarding_preserved=True),)
ABLE = GracefulRestart(restarting=False, notification=False, restart_time=120, families=PRESERVED)
LOST = ABLE._replace(families=(RestartingFamily(IPV4_UNICAST, forwarding_preserved=False),))
END_OF_RIB = encode_end_of_rib(IPV4_UNICAST)
BEGIN_REFRESH, END_REFRESH = (
    encode_route_refresh(RouteRefresh(IPV4_UNICAST.afi, IPV4_UNICAST.safi, subtype))
    for subtype in (
        RouteRefreshSubtype.BEGINNING_OF_ROUTE_REFRESH,
        RouteRefreshSubtype.END_OF_ROUTE_REFRESH,
    )
)
CEASE = encode_notification(Notification(6, 2))


def announcement(*prefixes: PrefixKey, med: int = 0) -> bytes:
    context = group_key().context
    encoded = encode_attributes(attributes(65001, next_hop="127.0.0.2", med=med), IPV4_UNICAST, context)
    [message] = pack_announcements(IPV4_UNICAST, encoded, prefixes, context)
    return message


class Story:
    """A neighbor that has announced P and Q, and may go away and come back."""

    def __init__(
        self, protocol: BgpProtocol, home: AtHome, pipeline: Pipeline, stack: AsyncExitStack
    ) -> None:
        self.protocol, self.home, self.pipeline, self.stack = protocol, home, pipeline, stack
        self.puppet: Puppet | None = None

    async def establish(self, restart: GracefulRestart | None = ABLE) -> Puppet:
        self.puppet = await self.stack.enter_async_context(
            await self.home.establish(puppet_open(restart=restart))
        )
        return self.puppet

    async def begin(self, restart: GracefulRestart | None = ABLE) -> Puppet:
        puppet = await self.establish(restart)
        puppet.send(announcement(P, Q), END_OF_RIB)
        await self.until(lambda: self.has(P, Q))
        return puppet

    async def lose(self, *last_words: bytes) -> None:
        """The session ends, after these messages."""
        assert self.puppet is not None
        self.puppet.send(*last_words)
        self.puppet.finish()
        await self.until(lambda: self.protocol.peer.session is None)
        await self.until(lambda: self.protocol.peer.state is State.ACTIVE)

    def has(self, *keys: PrefixKey) -> bool:
        return sorted(self.pipeline.table.slots) == sorted(keys)

    def held(self, key: PrefixKey) -> Route:
        """Return the neighbor's route."""
        (source,) = self.pipeline.table.sources
        route = self.pipeline.table.held(source, key)
        assert route is not None
        return route

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self.turn()

    async def quiet(self) -> None:
        for _ in range(100):
            await self.turn()

    async def turn(self) -> None:
        """Let the others have their turn."""
        await asyncio.sleep(0)


@asynccontextmanager
async def story(folder: Path, *lines: str) -> AsyncIterator[Story]:
    pipelines = tables()
    protocol = neighbor(folder, *OPEN, *lines, pipelines=pipelines)
    async with AtHome(protocol) as home, AsyncExitStack() as stack:
        yield Story(protocol, home, pipelines[IPV4_UNICAST], stack)


async def test_routes_are_there_while_it_is_away(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        await scene.quiet()
        assert scene.has(P, Q)
        assert scene.protocol.state is ProtocolState.START
        lines = [*scene.protocol.details().lines_of_bird()]
        assert lines[3] == "  Neighbor graceful restart active"
        assert lines[4].startswith("  Restart timer:    1")
        assert lines[4].endswith("/-")


@pytest.mark.parametrize(
    ("lines", "restart", "last_words"),
    [
        (('graceful_restart = "off"',), ABLE, ()),
        ((), None, ()),
        ((), ABLE._replace(families=()), ()),
        ((), ABLE, (CEASE,)),
    ],
    ids=["off", "without the capability", "without families", "with a Cease"],
)
async def test_routes_go_with_the_session(
    tmp_path: Path, lines: Sequence[str], restart: GracefulRestart | None, last_words: Sequence[bytes]
) -> None:
    async with story(tmp_path, *lines) as scene:
        await scene.begin(restart)
        await scene.lose(*last_words)
        await scene.until(scene.has)


async def test_end_of_rib_takes_what_was_not_said_again(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        puppet = await scene.establish()
        assert scene.has(P, Q)
        puppet.send(announcement(Q))
        await scene.quiet()
        assert scene.has(P, Q)
        puppet.send(END_OF_RIB)
        await scene.until(lambda: scene.has(Q))
        assert "graceful restart" not in "".join(scene.protocol.details().lines_of_bird())


async def test_a_repeated_route_is_no_news_to_anybody(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        version = scene.pipeline.table.version
        puppet = await scene.establish()
        puppet.send(announcement(P, Q), END_OF_RIB)
        await scene.until(lambda: not scene.protocol.stale.families)
        await scene.until(lambda: not scene.pipeline.is_behind)
        assert (scene.has(P, Q), scene.pipeline.table.version) == (True, version)


async def test_another_route_takes_the_place_of_a_stale_one(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        puppet = await scene.establish()
        puppet.send(announcement(P, med=7), END_OF_RIB)
        await scene.until(lambda: scene.has(P))
        (source,) = scene.pipeline.table.sources
        assert source.routes == 1


async def test_what_is_not_preserved_goes_at_once(tmp_path: Path) -> None:
    """And what is announced meanwhile stays."""
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        puppet = await scene.establish(LOST)
        puppet.send(announcement(Q))
        await scene.until(lambda: scene.has(Q))


async def test_it_may_restart_again_before_end_of_rib(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        await scene.establish()
        await scene.lose(announcement(Q))
        await scene.quiet()
        assert scene.has(P, Q)
        puppet = await scene.establish()
        puppet.send(announcement(P), END_OF_RIB)
        await scene.until(lambda: scene.has(P))


async def test_a_changed_filter_is_for_what_is_kept_as_well(tmp_path: Path) -> None:
    """What is refused now may not be used until the neighbor is back, which may be never."""
    async with story(tmp_path) as scene:
        await scene.begin()
        settings = scene.protocol.settings
        await scene.lose()
        for name, refusal in (("none", Refusal.IMPORT_FILTER), ("all", Refusal.UNRESOLVABLE)):
            scene.protocol.follow(replace(settings, import_filter=name))
            await scene.until(lambda: not scene.pipeline.is_behind)
            assert scene.held(P).refusal is refusal
            assert scene.has(P, Q)


async def test_a_refresh_does_not_begin_before_end_of_rib(tmp_path: Path) -> None:
    """RFC 7313 §4: or End-of-RIB would take what was said before the refresh for stale."""
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        message = puppet_open(restart=ABLE, more=((ENHANCED_ROUTE_REFRESH, True),))
        puppet = await scene.stack.enter_async_context(await scene.home.establish(message))
        puppet.send(announcement(Q), BEGIN_REFRESH, END_OF_RIB)
        await scene.until(lambda: not scene.protocol.stale.families)
        await scene.until(lambda: not scene.pipeline.is_behind)
        assert scene.has(Q)
        puppet.send(BEGIN_REFRESH, announcement(P), END_REFRESH)
        await scene.until(lambda: scene.has(P))


async def test_it_may_come_back_with_another_identifier(tmp_path: Path) -> None:
    """What decides between routes, and who began a reflected one (RFC 4456 §8), is the present one."""
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        message = puppet_open(restart=ABLE, router_id=99)
        puppet = await scene.stack.enter_async_context(await scene.home.establish(message))
        former = scene.held(P)
        puppet.send(announcement(P, Q), END_OF_RIB)
        await scene.until(lambda: not scene.protocol.stale.families)
        await scene.until(lambda: not scene.pipeline.is_behind)
        assert (former.facts.router_id, scene.held(P).facts.router_id) == (1, 99)


async def test_a_cease_before_end_of_rib_takes_everything(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        await scene.establish()
        await scene.lose(CEASE)
        await scene.until(scene.has)
        assert not scene.protocol.stale.families


async def test_the_operator_does_not_wait(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        scene.protocol.disable("enough")
        assert not scene.protocol.has_left
        await scene.protocol.wait_left()
        assert scene.has()
        assert scene.protocol.state is ProtocolState.DOWN


async def test_a_restart_by_hand_begins_with_nothing(tmp_path: Path) -> None:
    async with story(tmp_path) as scene:
        await scene.begin()
        await scene.lose()
        scene.protocol.restart()
        await scene.until(scene.has)
        await scene.begin()


async def test_it_comes_back_too_late(tmp_path: Path) -> None:
    """RFC 4724 §4.2: within the Restart Time that it announced."""
    async with story(tmp_path) as scene:
        await scene.begin(ABLE._replace(restart_time=1))
        await scene.lose()
        assert scene.has(P, Q)
        await scene.until(scene.has)
        await scene.begin()


async def test_the_limit_of_prefixes_is_no_restart(tmp_path: Path) -> None:
    limit = 'max_prefixes = { import = 2, action = "disable" }'
    async with story(tmp_path, limit) as scene:
        puppet = await scene.begin(ABLE._replace(notification=True))
        puppet.send(announcement(key("10.2.0.0/16")))
        await scene.until(scene.has)
        assert await puppet.notification() == Notification(6, 9, bytes([6, 1]) + b"\0\1\1\0\0\0\2")


@pytest.mark.parametrize("action", ["warn", "block", "restart", "disable"])
async def test_what_was_said_before_is_not_counted_with_what_comes_instead(
    tmp_path: Path, action: str
) -> None:
    """A limit is for what a neighbor has, not for what it had and has together (RFC 4486 §4)."""
    async with story(tmp_path, f'max_prefixes = {{ import = 2, receive = 2, action = "{action}" }}') as scene:
        await scene.begin()
        await scene.lose()
        puppet = await scene.establish()
        puppet.send(announcement(R, S))
        await scene.until(lambda: scene.has(P, Q, R, S))
        puppet.send(END_OF_RIB)
        await scene.until(lambda: scene.has(R, S))
        assert scene.protocol.limits_hit(IPV4_UNICAST) == set()


async def test_a_limit_is_for_all_that_is_there_when_everything_has_been_said(tmp_path: Path) -> None:
    async with story(tmp_path, 'max_prefixes = { import = 2, action = "block" }') as scene:
        await scene.begin()
        await scene.lose()
        puppet = await scene.establish()
        puppet.send(announcement(R, S, Q))
        await scene.until(lambda: scene.has(P, Q, R, S))
        puppet.send(END_OF_RIB)
        await scene.until(lambda: len(scene.pipeline.table) == 2 and not scene.has(P, Q))
        puppet.send(announcement(P))
        await scene.quiet()
        assert len(scene.pipeline.table) == 2
        assert scene.protocol.limits_hit(IPV4_UNICAST) == {"imported"}


async def test_who_has_too_much_after_a_restart_is_told_at_the_end(tmp_path: Path) -> None:
    async with story(tmp_path, 'max_prefixes = { import = 2, action = "disable" }') as scene:
        await scene.begin()
        await scene.lose()
        puppet = await scene.establish()
        puppet.send(announcement(P, Q, R), END_OF_RIB)
        await scene.until(lambda: scene.protocol.is_disabled)
        await scene.until(scene.has)
