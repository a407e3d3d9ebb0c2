"""An event loop whose turns a test takes itself, and two tables behind pipelines."""

from collections import deque
from collections.abc import Callable

from bgpd.pipeline import Pipeline
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, make_key
from rib.loc_rib import Batch
from rib.route import Route
from rib.table import Table


class Turns:
    """Callbacks wait until the test runs them."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], object]] = deque()

    def call_soon(self, callback: Callable[[], object], /) -> None:
        self.waiting.append(callback)

    def run(self, turns: int = 1000) -> int:
        """Run callbacks until none is left; return how many ran."""
        done = 0
        while self.waiting and done < turns:
            self.waiting.popleft()()
            done += 1
        return done


class Successors:
    """What becomes of the routes of a source, whatever the prefix."""

    kind_of = None

    def __init__(self, successor: Callable[[Route], Route | None]) -> None:
        self._successor = successor

    def renew(self, route: Route, _key: PrefixKey) -> Route | None:
        return self._successor(route)


class Reader:
    """A session that can be told to wait."""

    def __init__(self) -> None:
        self.reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


class Listener:
    """A follower that keeps what it is told."""

    def __init__(self, *, follows_all: bool = False) -> None:
        self.follows_all = follows_all
        self.batches: list[Batch] = []

    def follow(self, batch: Batch) -> None:
        self.batches.append(batch)


def keys(count: int) -> list[PrefixKey]:
    return [make_key(number.to_bytes(4), 32) for number in range(1 << 24, (1 << 24) + count)]


def pipeline(turns: Turns, name: str = "master") -> Pipeline:
    """Return a pipeline at rest."""
    made = Pipeline(Table(name, IPV4_UNICAST), turns)
    turns.run()
    return made
