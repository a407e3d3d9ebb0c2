"""What is known of a cluster is what its API has, whatever goes wrong in between."""

import logging
from collections.abc import Callable
from random import Random

import pytest

from bgpd.kubernetes.collections import COLLECTIONS
from bgpd.kubernetes.observer import Observer
from tests.interop.waiting import eventually
from tests.kubernetes.conftest import Observe
from tests.kubernetes.faults import FAULTS, forget, restart
from tests.kubernetes.objects import calico, node, secret
from tests.kubernetes.server import ApiServer

KINDS = {each.plural for each in COLLECTIONS}


def names(observer: Observer, kind: str = "Node") -> list[str]:
    found = [each["metadata"] for each in observer.objects() if each["kind"] == kind]
    return [each["name"] for each in found if isinstance(each, dict)]


def annotations_known(observer: Observer) -> dict[str, object]:
    """Return what the nodes say of themselves; fail if one of them is there twice."""
    found = [each for each in observer.objects() if each["kind"] == "Node"]
    known = {each["metadata"]["name"]: each["metadata"]["annotations"] for each in found}  # type: ignore[index]  # JSON
    assert len(known) == len(found)
    return known


def annotations_there(api: ApiServer) -> dict[str, object]:
    _, objects = api.cluster.snapshot()
    return {
        name: {
            key: value
            for key, value in each["metadata"]["annotations"].items()
            if key.startswith("projectcalico.org/")
        }
        for (plural, _, name), each in objects.items()
        if plural == "nodes"
    }


def add_nodes(api: ApiServer, count: int) -> None:
    for number in range(1, count + 1):
        api.cluster.put("nodes", node(f"node{number}", f"10.0.{number >> 8}.{number & 255}"))


def test_what_there_is_comes_in_pages_and_is_complete_when_all_kinds_are(
    api: ApiServer, observe: Observe
) -> None:
    add_nodes(api, 250)
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254", asNumber=64513))
    observer = observe()
    assert observer.wait(20)
    assert sorted(names(observer)) == sorted(f"node{number}" for number in range(1, 251))
    assert names(observer, "BGPPeer") == ["tor"]
    pages = [each for each in api.asked if each.verb == "list" and each.plural == "nodes"]
    assert [each.query["limit"] for each in pages] == ["100"] * 3
    assert {each.plural for each in api.asked} == KINDS


def test_changes_come_by_watching(api: ApiServer, observe: Observe) -> None:
    add_nodes(api, 2)
    observer = observe()
    assert observer.wait(20)
    api.cluster.put("nodes", node("node3", "10.0.0.3"))
    api.cluster.delete("nodes", "node1")
    api.cluster.put("nodes", node("node2", "10.0.0.99"))
    eventually(lambda: annotations_known(observer) == annotations_there(api))
    assert len([each for each in api.asked if each.verb == "list"]) == len(KINDS)


def test_an_object_of_which_nothing_that_matters_has_changed_is_no_news(
    api: ApiServer, observe: Observe
) -> None:
    add_nodes(api, 1)
    observer = observe()
    assert observer.wait(20)
    observer.objects()
    heard: list[str] = []
    observer.listen(lambda collection: heard.append(collection.plural))
    beat = node("node1", "10.0.0.1")
    beat["metadata"]["annotations"]["node.alpha.kubernetes.io/ttl"] = "15"
    api.cluster.put("nodes", beat)
    api.cluster.put("ippools", calico("IPPool", "pool", cidr="10.244.0.0/16"))
    eventually(lambda: heard)
    eventually(lambda: names(observer, "IPPool"))
    assert heard == ["ippools"]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_no_fault_loses_or_doubles_a_node(
    fault: Callable[[ApiServer], None], api: ApiServer, observe: Observe
) -> None:
    add_nodes(api, 130)
    observer = observe()
    assert observer.wait(20)
    seen: list[int] = []
    stays = {f"node{number}" for number in range(1, 121)}
    observer.listen(lambda _collection: seen.append(len(stays - annotations_known(observer).keys())))
    api.cluster.delete("nodes", "node125")
    fault(api)
    api.cluster.put("nodes", node("node200", "10.0.1.200"))
    api.cluster.delete("nodes", "node129")
    eventually(lambda: annotations_known(observer) == annotations_there(api))
    eventually(lambda: not observer.health().problem)
    assert set(seen) == {0}


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
def test_faults_in_any_order_end_with_what_the_api_has(
    seed: int, api: ApiServer, observe: Observe, soaking: bool
) -> None:
    walk = Random(seed)
    add_nodes(api, 110)
    observer = observe()
    assert observer.wait(20)
    lost: list[set[str]] = []
    stays = {f"node{number}" for number in range(1, 101)}

    def look(_collection: object) -> None:
        missing = stays - annotations_known(observer).keys()
        if missing:
            lost.append(missing)

    observer.listen(look)
    there: list[str] = []
    for step in range(400 if soaking else 40):
        roll = walk.random()
        if roll < 0.5:
            there.append(f"walker{step}")
            api.cluster.put("nodes", node(there[-1], f"10.1.{step >> 8}.{step & 255}"))
        elif roll < 0.65 and there:
            api.cluster.delete("nodes", there.pop(walk.randrange(len(there))))
        elif roll < 0.75:
            number = walk.randint(1, 100)
            api.cluster.put("nodes", node(f"node{number}", f"10.2.{step >> 8}.{step & 255}"))
        else:
            walk.choice([*FAULTS.values()])(api)
    api.pause = 0.0
    eventually(lambda: annotations_known(observer) == annotations_there(api), within=60)
    assert not lost


def test_a_kind_that_older_versions_lack_is_empty_and_no_problem(api: ApiServer, observe: Observe) -> None:
    api.refused["bgpfilters"] = 404
    observer = observe()
    assert observer.wait(20)
    assert not observer.health().problem


def test_a_kind_that_is_not_there_for_a_moment_stays_as_it_was(api: ApiServer, observe: Observe) -> None:
    """A server that has just started may not know yet which kinds there are."""
    api.cluster.put("bgpfilters", calico("BGPFilter", "no-default", exportV4=[]))
    observer = observe()
    assert observer.wait(20)
    api.refused["bgpfilters"] = 404
    api.expire()
    eventually(lambda: "404" in observer.health().problem)
    assert names(observer, "BGPFilter") == ["no-default"]


def test_without_the_right_to_watch_a_kind_the_missing_rule_is_named(
    api: ApiServer, observe: Observe, caplog: pytest.LogCaptureFixture
) -> None:
    api.refused["ippools"] = 403
    with caplog.at_level(logging.WARNING):
        observer = observe()
        problem = eventually(lambda: observer.health().problem)
    assert 'resources: ["ippools"]' in problem
    assert 'apiGroups: ["crd.projectcalico.org"]' in problem
    assert not observer.wait(0)
    assert len(caplog.records) == 1


def test_secrets_are_watched_as_long_as_a_peer_names_them(api: ApiServer, observe: Observe) -> None:
    reference = {"secretKeyRef": {"name": "bgp-secrets", "key": "tor"}}
    api.cluster.put("secrets", secret("bgp-secrets", tor="hidden"))
    api.cluster.put("secrets", secret("other", tor="not asked for"))
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254", password=reference))
    observer = observe()
    assert observer.wait(20)
    assert names(observer, "Secret") == ["bgp-secrets"]
    asked = [each for each in api.asked if each.plural == "secrets"]
    assert {each.query["fieldSelector"] for each in asked} == {"metadata.name=bgp-secrets"}
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254"))
    eventually(lambda: not names(observer, "Secret"))
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254", password=reference))
    eventually(lambda: names(observer, "Secret"))


def test_a_secret_that_may_not_be_read_holds_up_nothing_else(api: ApiServer, observe: Observe) -> None:
    reference = {"secretKeyRef": {"name": "bgp-secrets", "key": "tor"}}
    api.refused["secrets"] = 403
    api.cluster.put("bgppeers", calico("BGPPeer", "tor", peerIP="10.0.0.254", password=reference))
    observer = observe()
    assert observer.wait(20)
    assert 'resourceNames: ["bgp-secrets"]' in observer.health().problem


def test_blocks_of_other_nodes_are_passed_over(api: ApiServer, observe: Observe) -> None:
    for number in (1, 2):
        cidr = f"10.244.{number}.0/26"
        api.cluster.put(
            "blockaffinities", calico("BlockAffinity", f"b{number}", node=f"node{number}", cidr=cidr)
        )
    observer = observe()
    assert observer.wait(20)
    assert names(observer, "BlockAffinity") == ["b1"]


def test_an_unknown_ca_is_told_from_a_server_that_is_away(api: ApiServer, observe: Observe) -> None:
    observer = observe(ca_file="")
    assert "certificate can't be trusted" in eventually(lambda: observer.health().problem)
    api.stop()
    eventually(lambda: "connection refused" in observer.health().problem)


def test_an_end_does_not_wait_for_a_server_that_says_nothing(api: ApiServer, observe: Observe) -> None:
    api.is_mute = True
    observer = observe()
    assert observer.wait(20)
    observer.stop()
    assert observer.join(10)


def test_ten_thousand_nodes_are_listed_watched_and_listed_again(api: ApiServer, observe: Observe) -> None:
    add_nodes(api, 10_000)
    observer = observe()
    assert observer.wait(120)
    assert annotations_known(observer) == annotations_there(api)
    api.cluster.delete("nodes", "node5000")
    restart(api)
    forget(api)
    api.cluster.put("nodes", node("node10001", "10.1.0.1"))
    eventually(lambda: annotations_known(observer) == annotations_there(api), within=120)
