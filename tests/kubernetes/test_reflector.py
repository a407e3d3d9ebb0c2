"""After any sequence of answers and faults, what was listed and watched is what the server has."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgpd.kubernetes.answers import AnswerError, Change, Event, Key, Object, Page, Refusal
from bgpd.kubernetes.collections import COLLECTIONS
from bgpd.kubernetes.reflector import MOST_OBJECTS, PAGE, List, Reflector, Watch
from bgpd.kubernetes.store import Store

NODES = COLLECTIONS[0]
GONE = Refusal(410, "Expired", "too old")
DOWN = Refusal(500)


def objects(*names: str) -> Mapping[Key, Object]:
    return {("", name): {"metadata": {"name": name}} for name in names}


def bookmark(version: str) -> Event:
    return Event(Change.BOOKMARK, ("", ""), version, {})


def listed(version: str = "5") -> Reflector:
    reflector = Reflector(NODES)
    reflector.page(Page(objects("a"), version, ""))
    return reflector


def test_a_list_is_asked_for_page_by_page_and_then_watched() -> None:
    reflector = Reflector(NODES)
    assert reflector.next() == List("", PAGE)
    assert reflector.page(Page(objects("a"), "5", "more")) is None
    assert reflector.next() == List("more", PAGE)
    complete = reflector.page(Page(objects("b"), "5", ""))
    assert complete is not None
    assert complete.objects == objects("a", "b")
    assert reflector.next() == Watch("5")


def test_a_watch_goes_on_after_the_last_event_or_bookmark() -> None:
    reflector = listed()
    reflector.event(Event(Change.PUT, ("", "b"), "6", {}))
    assert reflector.next() == Watch("6")
    reflector.event(bookmark("9"))
    assert reflector.next() == Watch("9")


@pytest.mark.parametrize(
    ("refusal", "request_after"),
    [(GONE, List("", PAGE)), (DOWN, Watch("5")), (Refusal(401), Watch("5")), (Refusal(403), Watch("5"))],
)
def test_only_what_is_gone_is_listed_anew(refusal: Refusal, request_after: List | Watch) -> None:
    reflector = listed()
    reflector.refused(refusal)
    assert reflector.next() == request_after


def test_a_page_that_fails_is_asked_again() -> None:
    reflector = Reflector(NODES)
    reflector.page(Page(objects("a"), "5", "more"))
    reflector.refused(DOWN)
    assert reflector.next() == List("more", PAGE)


def test_a_list_that_takes_too_long_begins_again_in_larger_pages_until_it_is_complete() -> None:
    reflector = Reflector(NODES)
    limits = []
    for _ in range(5):
        reflector.page(Page(objects("old"), "5", "more"))
        reflector.refused(GONE)
        request = reflector.next()
        assert isinstance(request, List)
        assert request.following == ""
        limits.append(request.limit)
    assert limits == [500, 2500, 12_500, 12_500, 12_500]
    complete = reflector.page(Page(objects("new"), "6", ""))
    assert complete is not None
    assert complete.objects == objects("new")
    reflector.refused(GONE)
    assert reflector.next() == List("", PAGE)


def test_a_watch_that_ran_out_without_a_word_is_not_believed() -> None:
    reflector = listed()
    assert reflector.next() == Watch("5")
    reflector.ran_out()
    assert reflector.next() == List("", PAGE)


def test_a_watch_that_ran_out_after_a_bookmark_goes_on() -> None:
    reflector = listed()
    assert reflector.next() == Watch("5")
    reflector.event(bookmark("6"))
    reflector.ran_out()
    assert reflector.next() == Watch("6")


def test_more_objects_than_anybody_has_are_refused() -> None:
    reflector = Reflector(NODES)
    many = objects(*map(str, range(MOST_OBJECTS + 1)))
    with pytest.raises(AnswerError, match="more than"):
        reflector.page(Page(many, "5", "more"))
    assert reflector.next() == List("", PAGE)


class Server:
    """The literal server: every version ever, and which are forgotten."""

    def __init__(self) -> None:
        self.states: list[dict[Key, Object]] = [{}]
        self.events: list[Event] = []
        self.oldest = 0

    def change(self, name: str, value: int) -> None:
        """Give an object a value; 0 removes it."""
        key, state = ("", name), dict(self.states[-1])
        version = str(len(self.states))
        if value:
            state[key] = {"value": value}
            self.events.append(Event(Change.PUT, key, version, state[key]))
        else:
            state.pop(key, None)
            self.events.append(Event(Change.REMOVED, key, version, {}))
        self.states.append(state)

    def forget(self, all_but: int) -> None:
        self.oldest = max(self.oldest, len(self.states) - 1 - all_but)

    def answer(self, request: List | Watch, most_events: int) -> Page | list[Event] | Refusal:
        """Pages have two objects; their tokens say where to go on: ``VERSION/POSITION``."""
        if isinstance(request, Watch):
            version = int(request.version)
            return GONE if version < self.oldest else self.events[version:][:most_events]
        latest = f"{len(self.states) - 1}/0"
        version, start = map(int, (request.following or latest).split("/"))
        if version < self.oldest:
            return GONE
        state = sorted(self.states[version].items())
        more = f"{version}/{start + 2}" if state[start + 2 :] else ""
        return Page(dict(state[start : start + 2]), str(version), more)


class Client:
    """What a worker does with the answers."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reflector = Reflector(NODES)
        self.store = Store()

    def ask(self, most_events: int) -> None:
        answer = self._server.answer(self._reflector.next(), most_events)
        if isinstance(answer, Refusal):
            self._reflector.refused(answer)
        elif isinstance(answer, Page):
            complete = self._reflector.page(answer)
            if complete is not None:
                self.store.replace(NODES, complete.objects)
        else:
            for event in answer:
                self.store.apply(NODES, event)
                self._reflector.event(event)

    def fail(self) -> None:
        self._reflector.next()
        self._reflector.refused(DOWN)


CHANGES = st.tuples(st.sampled_from("abcde"), st.integers(0, 3))
STEPS = st.lists(CHANGES | st.integers(0, 4) | st.sampled_from(["fail", "forget", "forget all"]), max_size=60)


@given(STEPS)
def test_the_store_ends_as_the_server_is(steps: list[tuple[str, int] | int | str]) -> None:
    server = Server()
    client = Client(server)
    for step in steps:
        match step:
            case (str(name), int(value)):
                server.change(name, value)
            case int(most_events):
                client.ask(most_events)
            case "fail":
                client.fail()
            case _:
                server.forget(2 if step == "forget" else 0)
        assert client.store.objects([NODES]) in [
            tuple(state[key] for key in sorted(state)) for state in server.states
        ]
    for _ in range(10):
        client.ask(1000)
    assert client.store.objects([NODES]) == tuple(each for _, each in sorted(server.states[-1].items()))
