"""Rows of a list that are the same where no two may be."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from bgpd.config.faults import Fault, KeyPath
from bgpd.config.section import Section
from bgpd.config.wording import quoted

S = TypeVar("S", bound=Section)


def check_duplicates(
    rows: Iterable[tuple[KeyPath, S]], key: str, identity: Callable[[S], object]
) -> Iterator[Fault]:
    """Find rows whose identity an earlier one has; ``key`` is to blame, and nothing is the identity None."""
    first: dict[object, KeyPath] = {}
    for path, row in rows:
        value = identity(row)
        if value is not None and first.setdefault(value, path) != path:
            written = quoted(str(getattr(row, key)))
            ordinal = int(first[value][-1]) + 1
            yield Fault(
                (*path, key), f"{written} is taken by number {ordinal} of this list; {_DIFFERENTLY[key]}"
            )


_DIFFERENTLY: Final = {
    "name": "write another name",
    "address": "remove one of the two, or give them different ports or source addresses",
    "range": "remove one of the two",
    "prefix": "write one route with several nexthops, or remove one of the two",
}
