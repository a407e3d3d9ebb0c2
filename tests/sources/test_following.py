"""What a daemon does about sources that change: one whose configuration is what the test says."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from bgpd.cluster.facts import ClusterFacts
from bgpd.config import Configuration, ConfigurationError, DaemonSettings, build
from bgpd.config.faults import Problem
from bgpd.daemon import Daemon
from bgpd.show.view import ReconfigurationError
from bgpd.sources.source import Changed, SourceStatus
from bgpd.sources.sources import Sources

_PATIENCE: Final = 20.0


class Played:
    """A source that changes when the test says so."""

    def __init__(self, name: str, started: list[str]) -> None:
        self.name = name
        self._started = started
        self.changed: Changed = self._not_yet
        self.is_stopped = False

    def _not_yet(self, _what: str) -> None:
        raise AssertionError("nobody looks")

    def start(self, changed: Changed) -> None:
        self.changed = changed
        self._started.append(self.name)

    async def stop(self) -> None:
        self.is_stopped = True

    def status(self) -> SourceStatus:
        return SourceStatus("file", self.name, "watched", 0.0)


class House:
    """A daemon that has neither neighbors nor tables of the kernel, and what it is made from."""

    def __init__(self, folder: Path) -> None:
        self.members = ["node1"]
        self.wanted = ["nodes"]
        """The sources that the next configuration wants."""
        self.broken = ""
        self.read: list[str | None] = []
        """The files that were read, in this order."""
        self.sources: dict[str, Played] = {}
        self.started: list[str] = []
        self._socket = str(folder / "ctl")
        self.daemon = Daemon(self.settings(), self._read)
        self.daemon.take_sources(Sources(lambda settings, _read_at: self._make(settings)))

    def settings(self) -> DaemonSettings:
        members = {f"10.0.0.{number}": name for number, name in enumerate(self.members)}
        facts = ClusterFacts("node1", "mesh", 64512, members=members, sources=tuple(self.wanted))
        plain = replace(build(Configuration()), kernels=(), directs=(), listen=(), metrics=None)
        return replace(plain, router_id=1, socket=self._socket, state_file="", cluster=facts)

    def _read(self, file: str | None) -> DaemonSettings:
        self.read.append(file)
        if self.broken:
            raise ConfigurationError(Problem(self.broken, 3, "[0].name", "missing; name the node"))
        return self.settings()

    def _make(self, settings: DaemonSettings) -> list[Played]:
        assert settings.cluster is not None
        made = [Played(name, self.started) for name in settings.cluster.sources]
        self.sources = {each.name: self.sources.get(each.name, each) for each in made}
        return made

    def change(self, name: str = "nodes") -> None:
        self.sources[name].changed(f"{name} changed")

    def joined(self, name: str) -> None:
        """Change the list of nodes."""
        self.members.append(name)
        self.change()

    @property
    def cluster(self) -> set[str]:
        """The nodes of the configuration in force."""
        assert self.daemon.settings.cluster is not None
        return set(self.daemon.settings.cluster.members.values())

    @property
    def problems(self) -> dict[str, str]:
        return {each.name: each.problem for each in self.daemon.sources if each.problem}

    async def rest(self) -> None:
        """Wait until the daemon does nothing any more to its configuration."""
        async with asyncio.timeout(_PATIENCE):
            while changes := self.daemon._changes:
                await asyncio.gather(*changes, return_exceptions=True)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with at_home(House(tmp_path)) as it:
        yield it


@asynccontextmanager
async def at_home(house: House) -> AsyncIterator[House]:
    running = asyncio.create_task(house.daemon.run())
    async with asyncio.timeout(_PATIENCE):
        await house.daemon._is_begun.wait()
    yield house
    house.daemon.shutdown()
    await running


async def test_a_change_is_read_as_a_signal_would_have_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house.joined("node2")
    await house.rest()
    assert house.cluster == {"node1", "node2"}
    assert house.read == [None]
    said = [record.getMessage() for record in caplog.records]
    assert said.index("nodes changed: reading the configuration again") < said.index("Reconfiguring")
    assert "Cluster: node2 added" in said


async def test_changes_that_come_together_are_read_once(house: House) -> None:
    house.wanted = ["nodes", "others"]
    await house.daemon.reconfigure()
    for name in ("node2", "node3", "node4"):
        house.joined(name)
    house.change("others")
    house.daemon.reload()
    await house.rest()
    assert house.cluster == {"node1", "node2", "node3", "node4"}
    assert len(house.read) <= 3


async def test_what_changes_while_the_configuration_is_read_is_read_again(house: House) -> None:
    loop, read = asyncio.get_running_loop(), house._read

    def interrupted(file: str | None) -> DaemonSettings:
        found = read(file)
        if len(house.read) == 1:
            loop.call_soon_threadsafe(house.joined, "late")
        return found

    house.daemon._read = interrupted
    house.joined("node2")
    await house.rest()
    assert house.cluster == {"node1", "node2", "late"}
    assert len(house.read) == 2


async def test_what_is_broken_changes_nothing_and_is_said_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.broken = "nodes.json"
    for _ in range(3):
        house.joined("node2")
        await house.rest()
    assert house.cluster == {"node1"}
    problem = "nodes.json:3: [0].name: missing; name the node"
    assert house.problems == {"nodes": problem}
    assert [status.state for status in house.daemon.sources] == ["broken"]
    (said,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert said == f"The configuration stays as it was: {problem}"


MENDED: Final[dict[str, Callable[[House], Awaitable[object] | None]]] = {
    "by itself": lambda house: house.change(),
    "by hand": lambda house: house.daemon.reconfigure(),
    "by a signal": lambda house: house.daemon.reload(),
}


@pytest.mark.parametrize("mend", MENDED.values(), ids=MENDED.keys())
async def test_a_problem_is_over_once_the_configuration_is_good(
    house: House, mend: Callable[[House], object]
) -> None:
    house.broken = "nodes.json"
    house.joined("node2")
    await house.rest()
    house.broken = ""
    mend(house)
    await house.rest()
    assert house.problems == {}
    assert house.cluster == {"node1", "node2"}


async def test_another_file_that_is_broken_is_no_problem_of_a_source(house: House) -> None:
    house.broken = "other.toml"
    with pytest.raises(ReconfigurationError):
        await house.daemon.reconfigure("other.toml")
    assert house.problems == {}


async def test_the_file_in_force_is_read_again_and_not_that_of_the_start(house: House) -> None:
    await house.daemon.reconfigure("other.toml")
    house.joined("node2")
    await house.rest()
    assert house.read == ["other.toml", "other.toml"]
    house.broken = "third.toml"
    with pytest.raises(ReconfigurationError):
        await house.daemon.reconfigure("third.toml")
    house.broken = ""
    house.change()
    await house.rest()
    assert house.read[3:] == ["other.toml"]
    await house.daemon.reconfigure()
    house.change()
    await house.rest()
    assert house.read[4:] == [None, None]


async def test_other_sources_are_followed_after_a_reload(house: House) -> None:
    kept, house.wanted = house.sources["nodes"], ["nodes", "more"]
    await house.daemon.reconfigure()
    assert [each.name for each in house.daemon.sources] == ["nodes", "more"]
    assert house.sources["nodes"] is kept
    more, house.wanted = house.sources["more"], ["nodes"]
    house.joined("node2")
    await house.rest()
    assert [each.name for each in house.daemon.sources] == ["nodes"]
    assert (kept.is_stopped, more.is_stopped) == (False, True)
    assert house.started == ["nodes", "more"]


async def test_nothing_is_read_while_a_configuration_is_on_trial(house: House) -> None:
    """The time after which it is put back would be forgotten."""
    await house.daemon.reconfigure(undo_after=1000)
    house.joined("node2")
    await house.rest()
    assert house.cluster == {"node1"}
    (status,) = house.daemon.sources
    assert status.state == "changed"
    assert (
        status.problem == "not read: the configuration in force is to be confirmed first: configure confirm"
    )
    house.daemon.confirm_reconfiguration()
    await house.rest()
    assert house.cluster == {"node1", "node2"}
    assert house.problems == {}


async def test_nothing_is_read_after_an_undo_until_somebody_says_so(house: House) -> None:
    """The file is still the one that was undone."""
    await house.daemon.reconfigure()
    await house.daemon.undo_reconfiguration()
    house.joined("node2")
    await house.rest()
    assert house.cluster == {"node1"}
    house.daemon.confirm_reconfiguration()
    await house.rest()
    assert house.cluster == {"node1"}
    house.daemon.reload()
    await house.rest()
    assert house.cluster == {"node1", "node2"}
    house.joined("node3")
    await house.rest()
    assert house.cluster == {"node1", "node2", "node3"}


async def test_an_undo_that_does_nothing_holds_nothing(house: House) -> None:
    await house.daemon.undo_reconfiguration()
    house.joined("node2")
    await house.rest()
    assert house.cluster == {"node1", "node2"}


async def test_what_is_put_back_by_itself_stays(house: House) -> None:
    await house.daemon.reconfigure(undo_after=0)
    async with asyncio.timeout(_PATIENCE):
        while "put back by an undo" not in house.problems.get("nodes", ""):
            house.change()
            await house.rest()
    assert house.read == [None]


async def test_the_end_is_the_end_of_all_sources(tmp_path: Path) -> None:
    async with at_home(House(tmp_path)) as house:
        (source,) = house.sources.values()
        assert not source.is_stopped
    assert source.is_stopped
