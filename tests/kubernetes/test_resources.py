"""Who reads the configuration gets resources from the API, or in need from the file of an earlier run."""

import asyncio
import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgpd.calico import Resource
from bgpd.kubernetes.resources import ApiAwayError, ClusterResources
from bgpd.kubernetes.settings import KubernetesSettings
from bgpd.kubernetes.state_file import StateFile
from tests.interop.waiting import eventually
from tests.kubernetes.conftest import QUICK
from tests.kubernetes.objects import calico, node, secret
from tests.kubernetes.server import ApiServer

PASSWORD = {"secretKeyRef": {"name": "bgp-secrets", "key": "tor"}}


@pytest.fixture
def resources() -> Iterator[ClusterResources]:
    made = ClusterResources(QUICK)
    yield made
    made.close()


def names(found: object) -> set[str]:
    assert isinstance(found, list)
    return {each.name for each in found if isinstance(each, Resource)}


async def saved(resources: ClusterResources, settings: KubernetesSettings) -> None:
    """Have a daemon read and run until all is in the state file."""
    await asyncio.to_thread(resources.read, settings)
    [source] = resources.sources(settings)
    source.start(lambda _what: None)
    await source.stop()


async def test_a_start_while_the_api_is_away_begins_with_what_was_known(
    api: ApiServer,
    settings: KubernetesSettings,
    resources: ClusterResources,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254", password=PASSWORD))
    api.cluster.put("secrets", secret("bgp-secrets", tor="hidden"))
    await saved(resources, settings)
    api.stop()
    with caplog.at_level(logging.WARNING):
        found = await asyncio.to_thread(resources.read, settings._replace(wait=1))
    assert names([*found]) == {"node1", "tor", "bgp-secrets"}
    assert settings.state_file in caplog.text
    assert "hidden" not in caplog.text


async def test_the_state_file_is_ours_alone_and_of_this_cluster_and_node(
    api: ApiServer,
    settings: KubernetesSettings,
    resources: ClusterResources,
    caplog: pytest.LogCaptureFixture,
) -> None:
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    await saved(resources, settings)
    assert stat.S_IMODE(os.stat(settings.state_file).st_mode) == 0o600
    assert StateFile(settings).read() is not None
    assert StateFile(settings._replace(server="https://10.0.0.9")).read() is None
    assert "another server" in caplog.text
    assert StateFile(settings._replace(node="node2")).read() is None
    assert "another node" in caplog.text


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"format": 2}', '{"format": 1}'])
def test_a_state_file_that_is_none_is_not_used(
    text: str, settings: KubernetesSettings, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(settings.state_file)
    path.write_text(text)
    assert StateFile(settings).read() is None
    assert f"{path} is not used" in caplog.text


@pytest.mark.parametrize("objects", [7, [7]])
def test_a_state_file_without_objects_is_not_used(objects: object, settings: KubernetesSettings) -> None:
    text = {"format": 1, "server": settings.server, "node": settings.node, "objects": objects}
    Path(settings.state_file).write_text(json.dumps(text))
    assert StateFile(settings).read() is None


def test_a_state_file_that_cannot_be_written_is_a_warning_once(
    settings: KubernetesSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    state = StateFile(settings._replace(state_file=str(tmp_path / "file" / "state.json")))
    state.write(({"kind": "Node"},), 1.0)
    state.write(({"kind": "Node"},), 2.0)
    assert len(caplog.records) == 1


def test_without_api_and_state_file_it_says_what_is_missing(
    api: ApiServer, settings: KubernetesSettings, resources: ClusterResources
) -> None:
    api.stop()
    with pytest.raises(ApiAwayError, match=r"connection refused.*no state_file"):
        resources.read(settings._replace(wait=1))


async def test_changes_are_told_once_they_have_settled(
    api: ApiServer, settings: KubernetesSettings, resources: ClusterResources
) -> None:
    await asyncio.to_thread(resources.read, settings)
    [source] = resources.sources(settings)
    told: asyncio.Queue[str] = asyncio.Queue()
    source.start(told.put_nowait)
    for number in range(50):
        api.cluster.put("nodes", node(f"node{number}", f"10.0.0.{number}"))
    assert await told.get() == f"nodes of {api.url} changed"
    while len(await asyncio.to_thread(resources.read, settings)) < 50:
        await told.get()
    assert source.status().objects == 50
    assert source.status().state == "watched"
    await source.stop()


async def test_what_changes_before_anybody_listens_is_told_then(
    api: ApiServer, settings: KubernetesSettings, resources: ClusterResources
) -> None:
    await asyncio.to_thread(resources.read, settings)
    [source] = resources.sources(settings)
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    await asyncio.to_thread(eventually, lambda: source.status().objects)
    told: asyncio.Queue[str] = asyncio.Queue()
    source.start(told.put_nowait)
    assert "nodes" in await told.get()
    await source.stop()


async def test_an_api_that_comes_back_is_told_to_who_began_without(
    api: ApiServer, settings: KubernetesSettings, resources: ClusterResources
) -> None:
    api.cluster.put("nodes", node("node1", "10.0.0.1"))
    await saved(resources, settings)
    api.stop()
    api.cluster.put("nodes", node("node2", "10.0.0.2"))
    late = settings._replace(wait=1)
    assert names(await asyncio.to_thread(resources.read, late)) == {"node1"}
    [source] = resources.sources(late)
    told: asyncio.Queue[str] = asyncio.Queue()
    source.start(told.put_nowait)
    assert source.status().state == "troubled"
    api.start()
    await told.get()
    assert names(await asyncio.to_thread(resources.read, late)) == {"node1", "node2"}
    await source.stop()


async def test_other_settings_are_another_source_and_the_former_one_ends(
    api: ApiServer, settings: KubernetesSettings, resources: ClusterResources
) -> None:
    await asyncio.to_thread(resources.read, settings)
    [former] = resources.sources(settings)
    other = settings._replace(namespace="calico-system")
    await asyncio.to_thread(resources.read, other)
    [now] = resources.sources(other)
    assert now.name != former.name
    await asyncio.to_thread(resources.read, settings)
    [again] = resources.sources(settings)
    assert again not in (former, now)
    assert not resources.sources(None)
