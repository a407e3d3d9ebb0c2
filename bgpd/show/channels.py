"""What ``show protocols all`` says about a protocol's routes of one family."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Channel, RouteCounters
from rib.route import PREFERENCES, SourceKind

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
    export_updates: Changes
    export_withdraws: Changes


def channel_row(kind: str, channel: Channel, exported: int) -> ChannelRow:
    """Put together what is known of a channel; ``kind`` is its protocol's."""
    source = channel.source
    if source is None:
        totals = RouteTotals(0, 0, exported, 0)
    else:
        imported = source.routes - source.filtered
        totals = RouteTotals(imported, source.filtered, exported, source.preferred)
    return ChannelRow(
        channel.family.name,
        PREFERENCES[SourceKind(kind)] if source is None else source.preference,
        channel.import_policy.name,
        channel.export_policy.name,
        totals,
        *_imports(channel.counters),
        *(_exports(channel.counters) if kind == SourceKind.BGP.value else (Changes(), Changes())),
    )


def _imports(counters: RouteCounters) -> tuple[Changes, Changes]:
    updates = Changes(
        counters.imports_received,
        counters.imports_rejected,
        counters.imports_filtered,
        0,
        counters.imports_accepted,
    )
    received, accepted = counters.withdraws_received, counters.withdraws_accepted
    return updates, Changes(received, 0, None, received - accepted, accepted)


def _exports(counters: RouteCounters) -> tuple[Changes, Changes]:
    """What is sent is worked out per group of neighbors, so only what a neighbor was told is counted."""
    return Changes(accepted=counters.sent.announced), Changes(accepted=counters.sent.withdrawn)


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
    yield _change_line("Export updates:", row.export_updates)
    yield _change_line("Export withdraws:", row.export_withdraws)


def _change_line(name: str, changes: Changes) -> str:
    columns = (_NOT_COUNTED if count is None else count for count in changes)
    return f"  {name:<20}" + " ".join(f"{column:>10}" for column in columns)
