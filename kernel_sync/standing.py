"""How a route of ours stands: what the daemon wants of the kernel, what is there, and why they differ."""

from collections.abc import Iterator
from enum import StrEnum
from errno import EEXIST
from typing import NamedTuple

from kernel_sync.fib import Fib
from kernel_sync.types import KernelRoute
from messages.families.prefix import PrefixKey


class Standing(StrEnum):
    """Where one route stands; the value is what operators read."""

    INSTALLED = "installed"
    WAITING = "waiting"
    """Another form of it is there; it is about to be replaced."""
    MISSING = "missing"
    """It is not there at all; it is about to be written."""
    CONFLICT = "conflict"
    """A route of another program has its place."""
    GUARDED = "guarded"
    """It would cut this host off, so it is not written."""
    FOUGHT = "fought over"
    """Another program took it out again and again, so it is left alone for a while."""
    REFUSED = "refused"
    """The kernel does not take it."""
    STRAY = "stray"
    """Nobody wants it: an earlier process left it, or somebody put it there with our protocol number."""


class RouteState(NamedTuple):
    """One prefix of ours."""

    key: PrefixKey
    standing: Standing
    wanted: KernelRoute | None
    actual: KernelRoute | None
    problem: str


def states(fib: Fib) -> Iterator[RouteState]:
    """Yield how each route stands, but for those that are kept out; the table may change meanwhile."""
    for key in [*fib.wanted]:
        wanted = fib.wanted.get(key)
        if wanted is not None:
            actual = fib.actual.get(key, wanted)
            yield RouteState(key, _standing(fib, key, actual), wanted, actual, fib.problem(key) or "")
    for key, unwanted in [*fib.actual.items()]:
        if unwanted is not None and key not in fib.wanted:
            yield RouteState(key, Standing.STRAY, None, unwanted, "")
    for key, strays in [*fib.strays.items()]:
        for stray in [*strays.values()]:
            yield RouteState(key, Standing.STRAY, fib.wanted.get(key), stray, "")


def _standing(fib: Fib, key: PrefixKey, actual: KernelRoute | None) -> Standing:
    if fib.is_written(key):
        return Standing.INSTALLED
    if key in fib.fights.resting:
        return Standing.FOUGHT
    failure = fib.problems.get(key)
    if failure is not None:
        return Standing.CONFLICT if failure.errno == EEXIST else Standing.REFUSED
    return Standing.MISSING if actual is None else Standing.WAITING
