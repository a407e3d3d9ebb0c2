"""What the API says is understood, or refused as what it is not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.kubernetes.answers import (
    AnswerError,
    Change,
    Event,
    Refusal,
    event_of,
    page_of,
    refusal_of,
)

NODE = {"metadata": {"name": "node1", "resourceVersion": "7"}}


def page(**changes: Any) -> bytes:
    return json.dumps({"metadata": {"resourceVersion": "5"}, "items": [NODE], **changes}).encode()


def test_a_page_has_its_objects_by_namespace_and_name() -> None:
    found = page_of(page(metadata={"resourceVersion": "5", "continue": "abc"}))
    assert (found.version, found.following) == ("5", "abc")
    assert found.objects == {("", "node1"): NODE}


@pytest.mark.parametrize(
    ("octets", "complaint"),
    [
        (b"", "no JSON"),
        (page()[:-1], "no JSON"),
        (b"[" * 100_000, "nested"),
        (b"[]", "the list is no object"),
        (page(metadata={}), "resourceVersion"),
        (page(metadata="x"), "resourceVersion"),
        (page(items={}), "no items"),
        (page(items=[7]), "an item of the list is no object"),
        (page(items=[{"metadata": {}}]), "without metadata.name"),
    ],
)
def test_what_is_no_page_is_refused(octets: bytes, complaint: str) -> None:
    with pytest.raises(AnswerError, match=complaint):
        page_of(octets)


def test_no_items_are_an_empty_page() -> None:
    assert page_of(page(items=None)).objects == {}


EVENTS = [
    ("ADDED", Change.PUT),
    ("MODIFIED", Change.PUT),
    ("DELETED", Change.REMOVED),
]


@pytest.mark.parametrize(("kind", "change"), EVENTS)
def test_an_event_says_what_became_of_its_object(kind: str, change: Change) -> None:
    line = json.dumps({"type": kind, "object": NODE}).encode()
    assert event_of(line) == Event(change, ("", "node1"), "7", NODE)


def test_a_bookmark_needs_no_name() -> None:
    line = b'{"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "9"}}}'
    event = event_of(line)
    assert isinstance(event, Event)
    assert (event.change, event.version) == (Change.BOOKMARK, "9")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"7", "the event is no object"),
        (b'{"type": "ADDED"}', "the object of the event is no object"),
        (b'{"type": "ADDED", "object": {"metadata": {"name": "a"}}}', "resourceVersion"),
        (b'{"type": "ADDED", "object": {"metadata": {"resourceVersion": "1"}}}', "metadata.name"),
        (b'{"type": "RENAMED", "object": {}}', "type of the event"),
        (b'{"type": [], "object": {}}', "type of the event"),
    ],
)
def test_what_is_no_event_is_refused(line: bytes, complaint: str) -> None:
    with pytest.raises(AnswerError, match=complaint):
        event_of(line)


TOO_LARGE = {"reason": "Timeout", "code": 504, "details": {"causes": [{"reason": "ResourceVersionTooLarge"}]}}


@pytest.mark.parametrize(
    ("status", "is_gone"),
    [
        ({"code": 410, "reason": "Expired"}, True),
        ({"code": 410, "reason": "Gone"}, True),
        ({"code": 410}, True),
        (TOO_LARGE, True),
        ({"code": 500, "reason": "InternalError"}, False),
        ({"code": 504, "reason": "Timeout"}, False),
        ({"code": "410"}, False),
        ({}, False),
        ({"details": {"causes": 7}}, False),
        ({"details": {"causes": [7]}}, False),
    ],
)
def test_an_error_in_a_watch_is_a_refusal(status: dict[str, Any], is_gone: bool) -> None:
    refusal = event_of(json.dumps({"type": "ERROR", "object": status}).encode())
    assert isinstance(refusal, Refusal)
    assert refusal.is_gone == is_gone


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code": 200, "message": 7}'])
def test_a_refusal_may_have_any_body(body: bytes) -> None:
    assert refusal_of(503, body, 7.0) == Refusal(503, "", "", 7.0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "object", "metadata", "items", "code", "details", "causes", "name"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(JSON)
def test_whatever_comes_is_read_or_refused(value: object) -> None:
    octets = json.dumps(value).encode()
    for read in (page_of, event_of, lambda octets: refusal_of(500, octets)):
        try:
            read(octets)
        except AnswerError as error:
            assert str(error)  # noqa: PT017 - either is right
