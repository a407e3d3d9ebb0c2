"""What a protocol lets through in one direction, and how it changes it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, NamedTuple, Protocol, TypeVar

from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey
from rib.route import Destination, Route

K = TypeVar("K", bound=bytes)


class Accepted(NamedTuple):
    """What has become of a route that was let through: what it had, unless it was changed."""

    attributes: AttributeSet
    preference: int
    destination: Destination
    has_own_facts: bool = False
    """Whether a filter set what is no path attribute, even to what it was."""


class Judge(Protocol):
    """Decides about a route to one prefix."""

    def __call__(
        self, route: Route, attributes: AttributeSet, key: PrefixKey, /, *, silent: bool = False
    ) -> Accepted | None:
        """Return what becomes of it; None refuses.

        ``attributes`` are what the route has by now. Silent is a question about what was decided before: then
        nothing is printed or reported.
        """


class Reading(Enum):
    """What a verdict depends on."""

    ROUTE = "the route alone"
    KINDS = "also on the prefix, but there are few kinds of them"
    PREFIX = "on each prefix"


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A verdict on every route; two policies are the same only if they are one object."""

    name: str
    """The filter's name in BIRD's ``show protocols all``."""
    judge: Judge
    reading: Reading = Reading.ROUTE
    kind_of: Callable[[PrefixKey], Hashable] | None = None
    """All prefixes of one kind are judged alike; None if the verdict does not depend on them."""

    ALL: ClassVar["Policy"]
    NONE: ClassVar["Policy"]
    MISSING: ClassVar["Policy"]
    """An external neighbor's direction about which the configuration says nothing (RFC 8212)."""

    def by_kind(self, keys: Sequence[PrefixKey]) -> Iterable[Sequence[PrefixKey]]:
        """Return the prefixes in groups that are judged alike."""
        return (keys,) if self.kind_of is None else grouped(keys, self.kind_of)


def grouped(keys: Iterable[K], kind_of: Callable[[K], Hashable]) -> Iterable[Sequence[K]]:
    """Return what is of one kind together, in the order in which the kinds come first."""
    kinds: dict[Hashable, list[K]] = {}
    for key in keys:
        kinds.setdefault(kind_of(key), []).append(key)
    return kinds.values()


def _accept(
    route: Route,
    attributes: AttributeSet,
    _key: PrefixKey,
    *,
    silent: bool = False,  # noqa: ARG001
) -> Accepted:
    return Accepted(attributes, route.preference, route.destination)


def _reject(_route: Route, _attributes: AttributeSet, _key: PrefixKey, *, silent: bool = False) -> None:  # noqa: ARG001
    return None


Policy.ALL = Policy("ACCEPT", _accept)
Policy.NONE = Policy("REJECT", _reject)
Policy.MISSING = Policy("REJECT (no policy, RFC 8212)", _reject)
