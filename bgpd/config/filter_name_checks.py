"""The rules about the names of filters: who uses one that there is not."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches

from bgpd.config.faults import Fault, KeyPath
from bgpd.config.filters import ALWAYS_THERE
from bgpd.config.values import is_filter_name
from bgpd.config.wording import quoted


def check_filter_names(tables: Iterable[tuple[KeyPath, object]], known: Collection[str]) -> Iterator[Fault]:
    """Find filters that are used but not there; the tables may have anything wrong with them."""
    for path, table in tables:
        for key in ("import", "export"):
            name = table.get(key) if isinstance(table, Mapping) else None
            if isinstance(name, str) and is_filter_name(name) and name not in known:
                yield Fault((*path, key), _unknown(name, known))


def _unknown(name: str, known: Collection[str]) -> str:
    similar = get_close_matches(name, sorted(known), n=1)
    if similar:
        return f"unknown filter {quoted(name)}; did you mean {quoted(similar[0])}?"
    written = sorted(set(known).difference(ALWAYS_THERE))
    *first, last = map(quoted, [*ALWAYS_THERE, *written])
    return f"unknown filter {quoted(name)}; there are {', '.join(first)} and {last}"
