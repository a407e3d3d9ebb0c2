"""How long we rest, when changes are read, what of an object is kept, and how refusals read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.kubernetes.answers import Change, Event, Refusal
from bgpd.kubernetes.collections import COLLECTIONS, secret
from bgpd.kubernetes.problems import refusal_words
from bgpd.kubernetes.rest import Pace, Rest
from bgpd.kubernetes.settling import Settling
from bgpd.kubernetes.trimming import Trimming, trimmed
from tests.kubernetes.objects import calico, node

BY_PLURAL = {each.plural: each for each in COLLECTIONS}
NODES, BLOCKS = BY_PLURAL["nodes"], BY_PLURAL["blockaffinities"]


@pytest.mark.parametrize(
    ("chance", "rests"),
    [(0.0, [1, 2, 4, 8, 15, 15]), (0.5, [1.5, 3, 6, 12, 22.5, 22.5]), (1.0, [2, 4, 8, 16, 30, 30])],
)
def test_rests_double_up_to_the_longest(chance: float, rests: list[float]) -> None:
    rest = Rest(Pace(), lambda: chance)
    assert [rest.next() for _ in rests] == rests


@given(st.lists(st.booleans(), max_size=30), st.floats(0, 1), st.floats(0, 1e6))
def test_a_rest_is_never_shorter_than_the_first_nor_longer_than_all(
    failures: list[bool], chance: float, wish: float
) -> None:
    pace = Pace()
    rest = Rest(pace, lambda: chance)
    for fails in failures:
        if fails:
            assert pace.first <= rest.next() <= pace.longest
        else:
            rest.succeeded()
            assert not rest.is_tired
    assert rest.next(wish) <= max(60.0, pace.longest)
    assert rest.is_tired


def test_who_has_brought_something_begins_anew_and_a_wish_of_the_server_counts() -> None:
    rest = Rest(Pace(), lambda: 0.0)
    rest.next()
    rest.next()
    rest.succeeded()
    assert rest.next() == 1.0
    assert rest.next(17.0) == 17.0


def test_changes_in_a_row_are_read_once_and_not_too_late() -> None:
    settling = Settling(Pace(quiet=0.2, patience=1.0))
    assert settling.due is None
    settling.changed(10.0)
    assert settling.due == pytest.approx(10.2)
    settling.changed(10.15)
    assert settling.due == pytest.approx(10.35)
    settling.changed(10.95)
    assert settling.due == pytest.approx(11.0)
    settling.read()
    assert settling.due is None


def test_of_a_node_only_what_calico_reads_is_kept() -> None:
    full = node("node1", "10.0.0.1", {"rack": "a"}, ASNumber="64513")
    full["metadata"]["resourceVersion"] = "7"
    assert trimmed(NODES, full) == {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": "node1",
            "labels": {"kubernetes.io/hostname": "node1", "rack": "a"},
            "annotations": {
                "projectcalico.org/IPv4Address": "10.0.0.1/24",
                "projectcalico.org/ASNumber": "64513",
            },
        },
    }


@pytest.mark.parametrize("metadata", [None, 7, {"name": "a", "annotations": 7}, {"annotations": {}}])
def test_objects_that_are_odd_are_kept_without_what_is_odd(metadata: object) -> None:
    assert trimmed(NODES, {"metadata": metadata})["kind"] == "Node"


@pytest.mark.parametrize(
    ("own", "change"), [("node1", Change.PUT), ("node2", Change.REMOVED), ("", Change.PUT)]
)
def test_a_block_of_another_node_is_none(own: str, change: Change) -> None:
    block = calico("BlockAffinity", "b", node="node1", cidr="10.244.1.0/26")
    event = Trimming(own).event(BLOCKS, Event(Change.PUT, ("", "b"), "7", block))
    assert event.change is change


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "token_file"),
        (403, 'apiGroups: [""], resources: ["nodes"], verbs: ["list", "watch"] in a ClusterRole'),
        (404, "is Calico installed"),
        (429, "too much to do"),
        (500, "answers 500 InternalError: etcd is away"),
    ],
)
def test_refusals_say_what_to_do(status: int, words: str) -> None:
    refusal = Refusal(status, "InternalError", "etcd\nis \x1baway")
    assert words in refusal_words(NODES, refusal).replace("\x1b", "")
    assert refusal_words(NODES, refusal).isprintable()


def test_the_right_to_one_secret_is_named_as_such() -> None:
    words = refusal_words(secret("kube-system", "bgp"), Refusal(403))
    assert 'resourceNames: ["bgp"]' in words
    assert "in a Role of namespace kube-system" in words


@pytest.mark.parametrize(
    ("plural", "path"),
    [("nodes", "/api/v1/nodes"), ("ippools", "/apis/crd.projectcalico.org/v1/ippools")],
)
def test_collections_are_where_the_api_has_them(plural: str, path: str) -> None:
    assert BY_PLURAL[plural].path == path


def test_secrets_are_in_a_namespace() -> None:
    assert secret("kube-system", "bgp").path == "/api/v1/namespaces/kube-system/secrets"


def test_the_rights_that_are_asked_for_are_those_that_are_needed() -> None:
    text = (Path(__file__).parents[2] / "configs" / "kubernetes" / "rbac.yaml").read_text()
    listed = re.findall(r"resources: \[(.*)\]", text)
    named = {name for each in listed for name in re.findall(r'"(.*?)"', each)}
    assert named == {"secrets", *BY_PLURAL}
