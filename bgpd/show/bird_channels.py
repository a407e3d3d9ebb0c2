"""What BIRD's ``show protocols all`` says about a protocol's routes; all are of one family there."""

from collections.abc import Iterator, Sequence
from typing import Final

from bgpd.protocols.protocol import Protocol, ProtocolState
from bgpd.show.channels import UNNAMED, Changes, ChannelRow, RouteTotals, change_line
from rib.policy import Policy
from rib.route import PREFERENCES

_PIPE: Final = "Pipe"
_KERNEL: Final = "Kernel"
_HEADING: Final = "Route change stats:     received   rejected   filtered    ignored   accepted"
_NO_CHANGES: Final = (
    Changes(0, 0, 0, 0, 0),
    Changes(0, 0, None, 0, 0),
    Changes(0, 0, 0, None, 0),
    Changes(received=0, accepted=0),
)
_PREFERENCES: Final = {kind.value: preference for kind, preference in PREFERENCES.items()} | {"Device": 240}


def bird_channel(protocol: Protocol, rows: Sequence[ChannelRow]) -> ChannelRow:
    """Return what is true of all families together."""
    if not rows:
        return ChannelRow(
            "",
            _PREFERENCES[protocol.kind],
            "ACCEPT",
            "REJECT",
            RouteTotals(0, 0, 0, 0),
            *_NO_CHANGES,
        )
    first, *others = rows
    total = first._replace(input_filter=_input_filter(protocol, first))
    for row in others:
        total = total._replace(
            routes=RouteTotals(*map(sum, zip(total.routes, row.routes, strict=True))),
            import_updates=_sum(total.import_updates, row.import_updates),
            import_withdraws=_sum(total.import_withdraws, row.import_withdraws),
            export_updates=_sum(total.export_updates, row.export_updates),
            export_withdraws=_sum(total.export_withdraws, row.export_withdraws),
        )
    return total._replace(import_updates=_as_ignored(protocol, total.import_updates))


def _input_filter(protocol: Protocol, row: ChannelRow) -> str:
    """Return the filter of a kernel protocol as it is written even if nothing is learned."""
    name = protocol.filter_names[0]
    if protocol.kind != _KERNEL or row.input_filter != Policy.NONE.name or name == "none":
        return row.input_filter
    if name == "all":
        return Policy.ALL.name
    return UNNAMED if name == f"{protocol.name}.import" else name


def _as_ignored(protocol: Protocol, updates: Changes) -> Changes:
    """Count what a limit has refused as BIRD does; only what pipes are offered is rejected."""
    if protocol.kind == _PIPE:
        return updates
    return updates._replace(rejected=0, ignored=(updates.ignored or 0) + (updates.rejected or 0))


def _sum(one: Changes, other: Changes) -> Changes:
    return Changes(*(None if a is None or b is None else a + b for a, b in zip(one, other, strict=True)))


def bird_channel_lines(
    protocol: Protocol, row: ChannelRow, limits: Iterator[str], *, recovers: bool
) -> Iterator[str]:
    """Return the lines, without their indentation; a protocol that is down has no counters.

    While the daemon ``recovers`` from a restart it is said of all protocols what they do for that.
    """
    yield f"Preference:     {row.preference}"
    yield f"Input filter:   {row.input_filter}"
    yield f"Output filter:  {row.output_filter}"
    if recovers:
        yield "GR recovery:   " + "".join(f" {word}" for word in protocol.recovery.split())
    yield from limits
    if protocol.state is ProtocolState.DOWN:
        return
    routes = row.routes
    filtered = f"{routes.filtered} filtered, " if protocol.keeps_filtered else ""
    preferred = f", {routes.preferred} preferred" if protocol.kind != _PIPE else ""
    yield f"Routes:         {routes.imported} imported, {filtered}{routes.exported} exported{preferred}"
    yield _HEADING
    yield change_line("Import updates:", row.import_updates)
    yield change_line("Import withdraws:", row.import_withdraws)
    yield change_line("Export updates:", row.export_updates)
    yield change_line("Export withdraws:", row.export_withdraws)
