"""What ``show protocols all`` says about a protocol's routes of one family."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Channel, RouteCounters
from rib.route import PREFERENCES, Refusal, Route, Slot, Source, SourceKind, routes_of
from rib.table import Table

_SLICE: Final = 20_000
"""Slots counted between two pauses."""

_NOT_COUNTED: Final = "---"


class RouteTotals(NamedTuple):
    """How many routes there are now."""

    imported: int
    filtered: int
    exported: int
    preferred: int


class Changes(NamedTuple):
    """How often something happened; None where it cannot or is not counted."""

    received: int | None = None
    rejected: int | None = None
    filtered: int | None = None
    ignored: int | None = None
    accepted: int | None = None


class ChannelRow(NamedTuple):
    """One family of a protocol."""

    family: str
    preference: int
    input_filter: str
    output_filter: str
    routes: RouteTotals
    import_updates: Changes
    import_withdraws: Changes


def is_filtered(route: Route) -> bool:
    """Tell whether a route was refused on arrival; one without a way to its next hop is not."""
    return route.refusal is not None and route.refusal is not Refusal.UNRESOLVABLE


def count_refused(table: Table, counts: dict[Source, int]) -> Iterator[None]:
    """Add up the refused routes of every source, with pauses."""
    slots: Iterator[Slot] = iter(list(table.slots.values()))
    while counted := Counter(islice(slots, _SLICE)):
        for slot, count in counted.items():
            for route in filter(is_filtered, routes_of(slot)):
                counts[route.source] = counts.get(route.source, 0) + count
        yield


def channel_row(kind: str, channel: Channel, refused: Mapping[Source, int], exported: int) -> ChannelRow:
    """Put together what is known of a channel; ``kind`` is its protocol's."""
    source = channel.source
    if source is None:
        totals = RouteTotals(0, 0, exported, 0)
    else:
        filtered = refused.get(source, 0)
        totals = RouteTotals(source.routes - filtered, filtered, exported, source.preferred)
    return ChannelRow(
        channel.family.name,
        PREFERENCES[SourceKind(kind)] if source is None else source.preference,
        channel.import_policy.value,
        channel.export_policy.value,
        totals,
        *_changes(channel.counters),
    )


def _changes(counters: RouteCounters) -> tuple[Changes, Changes]:
    updates = Changes(
        counters.imports_received,
        counters.imports_rejected,
        counters.imports_filtered,
        0,
        counters.imports_accepted,
    )
    received, accepted = counters.withdraws_received, counters.withdraws_accepted
    return updates, Changes(received, 0, None, received - accepted, accepted)


def channel_lines(row: ChannelRow, *, counted: bool) -> Iterator[str]:
    """Return BIRD's lines, without their indentation; a protocol that is down has no counters."""
    yield f"Preference:     {row.preference}"
    yield f"Input filter:   {row.input_filter}"
    yield f"Output filter:  {row.output_filter}"
    if not counted:
        return
    routes = row.routes
    filtered = f"{routes.filtered} filtered, " if routes.filtered else ""
    yield (
        f"Routes:         {routes.imported} imported, {filtered}"
        f"{routes.exported} exported, {routes.preferred} preferred"
    )
    yield "Route change stats:     received   rejected   filtered    ignored   accepted"
    yield _change_line("Import updates:", row.import_updates)
    yield _change_line("Import withdraws:", row.import_withdraws)
    # What is sent is worked out per group of neighbors, not per neighbor, so there is nothing to count.
    yield _change_line("Export updates:", Changes())
    yield _change_line("Export withdraws:", Changes())


def _change_line(name: str, changes: Changes) -> str:
    columns = (_NOT_COUNTED if count is None else count for count in changes)
    return f"  {name:<20}" + " ".join(f"{column:>10}" for column in columns)
