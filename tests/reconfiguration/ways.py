"""The ways from one configuration to another."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final

from bgpd.protocols.protocol import Protocol, ProtocolError
from bgpd.settings import DaemonSettings
from tests.reconfiguration.house import House, settings_of
from tests.reconfiguration.texts import Written
from tests.reconfiguration.world import FARS, World, until

_FLAP: Final = (
    "ip address add 10.10.9.1/24 dev two; ip link set two down; ip link set two up;"
    "ip address del 10.10.9.1/24 dev two"
)
_SOMETIMES: Final = 0.3

Way = Callable[[House, World], Awaitable[None]]


@dataclass(frozen=True)
class Journey:
    """How the daemon was taken there."""

    way: str
    sessions: dict[str, int]
    """How many sessions the neighbors had had who have no reason to lose theirs."""


async def change(
    world: World, house: House, before: Written, after: Written, texts: Sequence[Written]
) -> Journey:
    """Take the daemon from one configuration to another, one way or another."""
    others = world.random.sample(texts, 2)
    house.files |= {"before": before.text, "first": after.text, "x": others[0].text, "y": others[1].text}
    way = world.random.choice(WAYS)
    sessions: dict[str, int] = {}
    if way in _DIRECT:
        unmoved = _unmoved(settings_of(before.text), settings_of(after.text))
        sessions = {name: far.sessions for name, far in world.fars.items() if name in unmoved and far.is_up}
    world.ports = tuple({*world.ports, *after.ports})
    await way(house, world)
    world.ports = after.ports
    return Journey(way.__name__, sessions)


def _unmoved(old: DaemonSettings, new: DaemonSettings) -> set[str]:
    """Return the neighbors that can't notice, but for the routes."""
    if old.router_id != new.router_id:
        return set()
    before = {each.address: each for each in old.neighbors}
    names = {each.name for each in old.neighbors}
    return {
        FARS[now.address]
        for now in new.neighbors
        if now.address in FARS and not now.disabled and (was := before.get(now.address)) is not None
        if all(getattr(was, name) == getattr(now, name) for name in _OF_SESSIONS)
        if now.name == was.name or now.name not in names
    }


_OF_SESSIONS: Final = (
    "address",
    "range_bits",
    "asn",
    "local_asn",
    "families",
    "table",
    "router_id",
    "add_path_send",
    "role",
    "shutdown",
)
"""What nobody can have otherwise without a new session, as far as the files here have it."""


async def plainly(house: House, _world: World) -> None:
    await house.daemon.reconfigure()


async def twice(house: House, _world: World) -> None:
    await asyncio.gather(house.daemon.reconfigure(), house.daemon.reconfigure())


async def with_a_time(house: House, _world: World) -> None:
    await house.daemon.reconfigure(undo_after=1)
    house.daemon.confirm_reconfiguration()


async def over_others(house: House, _world: World) -> None:
    daemon = house.daemon
    await asyncio.gather(daemon.reconfigure("x"), daemon.reconfigure("y"), daemon.reconfigure())


async def softly_over_another(house: House, world: World) -> None:
    await house.daemon.reconfigure("x", soft=True)
    await asyncio.sleep(world.random.choice((0, 0.05)))
    await house.daemon.reconfigure()


async def and_back(house: House, _world: World) -> None:
    """To another one, whose time is over at once; only then on."""
    await house.daemon.reconfigure("x", undo_after=0)
    await asyncio.sleep(0.1)
    await house.daemon.reconfigure()


async def too_far(house: House, _world: World) -> None:
    """Beyond, and then undone."""
    for name in ("first", "x"):
        await house.daemon.reconfigure(name)
        await until(lambda: not house.daemon.is_reconfiguring)
    await house.daemon.undo_reconfiguration()


async def with_operators(house: House, world: World) -> None:
    """Somebody restarts, reloads, and switches off and on whatever there is, meanwhile."""
    daemon, random = house.daemon, world.random
    configurations = (settings_of(house.files[name]) for name in ("before", "first"))
    disabled = {each.name for settings in configurations for each in settings.protocols if each.disabled}
    task = daemon.reconfigure()
    while not task.done():
        for protocol in [*daemon.protocols.values()]:
            if protocol.name not in disabled and random.random() < _SOMETIMES:
                with suppress(ProtocolError):
                    _operate(protocol, random)
        await asyncio.sleep(0)
    await task


def _operate(protocol: Protocol, random: Random) -> None:
    match random.randrange(3):
        case 0:
            protocol.restart()
        case 1:
            protocol.reload(incoming=True, outgoing=True)
        case 2:
            protocol.disable()
            protocol.enable()


async def with_interfaces(house: House, _world: World) -> None:
    """An interface and an address come and go meanwhile."""
    process = await asyncio.create_subprocess_exec("sh", "-c", _FLAP)
    await house.daemon.reconfigure()
    await process.wait()


async def with_lost_sessions(house: House, world: World) -> None:
    for far in world.fars.values():
        far.hang_up()
    await house.daemon.reconfigure()


async def in_a_storm(house: House, world: World) -> None:
    """All of it at once; what was asked for last is what counts."""
    daemon, random = house.daemon, world.random
    tasks: list[asyncio.Task[object]] = []
    for _ in range(12):
        match random.randrange(5):
            case 0:
                tasks.append(daemon.reconfigure(random.choice(("x", "y")), soft=random.random() < _SOMETIMES))
            case 1:
                daemon.reload()
            case 2:
                tasks.append(daemon.undo_reconfiguration())
            case 3:
                tasks.append(daemon.reconfigure("x", undo_after=0))
                daemon.confirm_reconfiguration()
            case 4:
                random.choice([*world.fars.values()]).hang_up()
        await asyncio.sleep(random.choice((0, 0, 0.01, 0.03)))
    await asyncio.gather(*tasks)
    await asyncio.sleep(0.1)  # the time of some may just be over
    await house.daemon.reconfigure()


_DIRECT: Final[Sequence[Way]] = (plainly, twice, with_a_time, with_interfaces)
"""Those with nothing between the two that neighbors might notice."""
WAYS: Final[Sequence[Way]] = (
    *_DIRECT,
    plainly,
    over_others,
    softly_over_another,
    and_back,
    too_far,
    with_operators,
    with_lost_sessions,
    in_a_storm,
)
