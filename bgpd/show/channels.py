"""What ``show protocols all`` says about a protocol's routes of one family."""

from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

from bgpd.protocols.export_numbers import ExportNumbers
from bgpd.protocols.protocol import Channel, Protocol, RouteCounters
from rib.policy import Policy
from rib.route import PREFERENCES, SourceKind

_NOT_COUNTED: Final = "---"
UNNAMED: Final = "(unnamed)"
"""The name of a filter that is written where it is used."""
_ALWAYS_THERE: Final = ("all", "none")


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


def channel_row(protocol: Protocol, channel: Channel, exported: int) -> ChannelRow:
    """Put together what is known of a channel."""
    source = channel.source
    if source is None:
        totals = RouteTotals(0, 0, exported, 0)
    else:
        imported = source.routes - source.filtered
        totals = RouteTotals(imported, source.filtered, exported, source.preferred)
    policies = (channel.import_policy, channel.export_policy)
    directions = ("import", "export")
    names = map(partial(_filter, protocol), policies, protocol.filter_names, directions)
    input_filter, output_filter = names
    offered_by_peer = protocol.imports_of(channel)
    return ChannelRow(
        channel.family.name,
        PREFERENCES[SourceKind(protocol.kind)] if source is None else source.preference,
        input_filter,
        output_filter,
        totals,
        *(_imports(channel.counters) if offered_by_peer is None else _changes(offered_by_peer)),
        *_changes(protocol.exports_of(channel), has_ignored=offered_by_peer is not None),
    )


def _filter(protocol: Protocol, policy: Policy, name: str, direction: str) -> str:
    """Return the name of a filter as it is written; what says the same as another one's is shared."""
    if policy in (Policy.ALL, Policy.NONE, Policy.MISSING):
        return policy.name
    if name == f"{protocol.name}.{direction}":
        return UNNAMED
    return policy.name if name in _ALWAYS_THERE else name


def _imports(counters: RouteCounters) -> tuple[Changes, Changes]:
    refused = counters.imports_rejected + counters.imports_filtered
    updates = Changes(
        counters.imports_received,
        counters.imports_rejected,
        counters.imports_filtered,
        counters.imports_received - refused - counters.imports_accepted,
        counters.imports_accepted,
    )
    received, accepted = counters.withdraws_received, counters.withdraws_accepted
    return updates, Changes(received, 0, None, received - accepted + counters.imports_filtered, accepted)


def _changes(numbers: ExportNumbers, *, has_ignored: bool = True) -> tuple[Changes, Changes]:
    """Return what became of what was offered, and of what was taken back; only pipes have five columns."""
    updates, rejected, filtered, accepted, withdraws, withdrawn = numbers
    if has_ignored:
        ignored = max(0, withdraws - withdrawn)
        return Changes(updates, rejected, filtered, 0, accepted), Changes(
            withdraws, 0, None, ignored, withdrawn
        )
    return Changes(updates, rejected, filtered, None, accepted), Changes(withdraws, accepted=withdrawn)


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
    yield change_line("Import updates:", row.import_updates)
    yield change_line("Import withdraws:", row.import_withdraws)
    yield change_line("Export updates:", row.export_updates)
    yield change_line("Export withdraws:", row.export_withdraws)


def change_line(name: str, changes: Changes) -> str:
    """Return one line of the counters."""
    columns = (_NOT_COUNTED if count is None else count for count in changes)
    return f"  {name:<20}" + " ".join(f"{column:>10}" for column in columns)
