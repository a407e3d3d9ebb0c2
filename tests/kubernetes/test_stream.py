"""The octets of a watch become the same events, however they are cut."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.kubernetes.answers import AnswerError, Event, Refusal
from bgpd.kubernetes.stream import EventStream


def line(number: int) -> bytes:
    content = {"metadata": {"name": f"node{number}", "resourceVersion": str(number)}, "é\n": "\n"}
    return json.dumps({"type": "ADDED", "object": content}).encode() + b"\n"


def versions(stream: EventStream, octets: bytes) -> list[str]:
    events = [*stream.feed(octets)]
    assert all(isinstance(event, Event) for event in events)
    return [event.version for event in events if isinstance(event, Event)]


@given(st.integers(0, 6), st.lists(st.integers(0, 700), max_size=12))
def test_where_it_is_cut_does_not_matter(count: int, cuts: list[int]) -> None:
    octets = b"".join(map(line, range(count)))
    stream = EventStream()
    places = sorted({0, len(octets), *(cut for cut in cuts if cut < len(octets))})
    found = [each for start, end in pairwise(places) for each in versions(stream, octets[start:end])]
    assert found == [str(number) for number in range(count)]
    assert not stream.is_in_line


@given(st.integers(1, len(line(1)) - 1))
def test_an_event_that_is_cut_off_was_never_said(length: int) -> None:
    stream = EventStream()
    assert versions(stream, line(0) + line(1)[:length]) == ["0"]
    assert stream.is_in_line


def test_what_comes_before_a_broken_line_is_good() -> None:
    stream = EventStream()
    events = stream.feed(line(1) + b"{]\n" + line(2))
    first = next(events)
    assert isinstance(first, Event)
    assert first.version == "1"
    with pytest.raises(AnswerError):
        next(events)


def test_empty_lines_are_no_events() -> None:
    assert versions(EventStream(), b"\n \r\n" + line(1)) == ["1"]


@pytest.mark.parametrize("ends", [True, False])
def test_a_line_has_an_end(ends: bool) -> None:
    stream = EventStream(longest_line=100)
    assert not [*stream.feed(b"x" * 100)]
    with pytest.raises(AnswerError, match="more than 100 octets"):
        [*stream.feed(b"x" + b"\n" * ends)]


def test_an_error_is_what_it_says() -> None:
    octets = b'{"type":"ERROR","object":{"code":410,"reason":"Expired","message":"too old"}}\n'
    assert [*EventStream().feed(octets)] == [Refusal(410, "Expired", "too old")]
