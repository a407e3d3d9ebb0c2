"""What ``show route`` is asked: the meaning of its words."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.settings import TimeFormat
from bgpd.show.bird_exports import Offer, takes_routes
from bgpd.show.bird_prefixes import bird_prefix, bird_target
from bgpd.show.command import SYNTAX_ERROR, Arguments, CommandError
from bgpd.show.followers import Kernel, Outcome, kernels_of
from bgpd.show.lookup import (
    MASTER,
    covering,
    not_in_table,
    of_family,
    pipelines_named,
    read_prefix,
    read_target,
)
from bgpd.show.route_filter import read_policies
from bgpd.show.times import form_of
from bgpd.show.view import Daemon
from messages.families import Family
from messages.families.prefix import PrefixKey
from rib.policy import Policy
from rib.table import Table

_PROTOCOL_IS_DOWN: Final = 8005
PROTOCOL_TWICE: Final = "Protocol specified twice"


class ExportView(Enum):
    """Which side of a protocol's export is asked for."""

    SENT = "export"
    WITHHELD = "noexport"
    OFFERED = "preexport"


_VIEWS: Final = tuple(view.value for view in ExportView)


class Export(NamedTuple):
    """Routes as one protocol is told of them."""

    protocol: str
    view: ExportView


@dataclass(slots=True)
class RouteRequest:
    """One ``show route`` and how far it got: routes shown, routes considered, and their networks."""

    daemon: Daemon
    pipelines: Sequence[Pipeline]
    key: PrefixKey | None
    details: bool
    primary: bool
    filtered: bool
    protocol: str | None
    export: Export | None
    counting: str
    """``count``, ``stats`` or empty."""
    shown: int = 0
    considered: int = 0
    networks: int = 0
    heading: str = ""
    """The name of the table that the lines are about, if there are several."""
    kernels: Mapping[str, Kernel] = field(default_factory=dict)
    policies: Mapping[Family, Policy] = field(default_factory=dict)
    """The filter that routes must pass, by their family; empty if there is none."""
    known: dict[Table, dict[Hashable, Outcome]] = field(default_factory=dict)
    """What the routes of each table look like in the export that is asked for."""
    offered: dict[Table, dict[Hashable, Offer | None]] = field(default_factory=dict)
    """What of them is offered to the export filter."""

    @property
    def time_format(self) -> TimeFormat:
        """How the times of routes look."""
        return form_of(self.daemon.settings.time_formats, "route")

    @property
    def is_bird(self) -> bool:
        """Whether BIRD's words are spoken."""
        return self.daemon.dialect == "bird"

    @property
    def counts_everything(self) -> bool:
        """Whether nothing is asked but how many routes there are, whatever they are."""
        chosen = self.key or self.primary or self.filtered or self.protocol or self.export or self.policies
        return self.counting == "count" and not chosen

    @property
    def is_about_several(self) -> bool:
        """Whether tables of several names are asked for."""
        return len({pipeline.table.name for pipeline in self.pipelines}) > 1


def read_request(daemon: Daemon, arguments: Arguments) -> RouteRequest:
    """Understand the words after ``show route``."""
    for word in ("protocol", *_VIEWS):
        name = arguments.get(word, "")
        if name.startswith('"'):
            raise CommandError(SYNTAX_ERROR, "syntax error")
        if name and name not in daemon.protocols:
            raise CommandError(SYNTAX_ERROR, f"{name} is not a protocol")
    export = _export(daemon, arguments)
    pipelines = _pipelines(daemon, arguments, export)
    key = None
    if "" in arguments or "for" in arguments:
        pipelines, key = _network(daemon, arguments, pipelines)
    elif export is not None and not daemon.protocols[export.protocol].is_up:
        raise CommandError(_PROTOCOL_IS_DOWN, "Protocol is down")
    return RouteRequest(
        daemon,
        pipelines,
        key,
        details="all" in arguments,
        primary="primary" in arguments,
        filtered="filtered" in arguments,
        protocol=arguments.get("protocol"),
        export=export,
        counting=_counting(daemon, arguments),
        kernels=kernels_of(daemon.protocols),
        policies=read_policies(daemon, arguments),
    )


def _network(
    daemon: Daemon, arguments: Arguments, pipelines: Sequence[Pipeline]
) -> tuple[Sequence[Pipeline], PrefixKey]:
    """Return the one prefix that is asked for, and the pipelines of the tables that have it."""
    if "" in arguments and "for" in arguments:
        raise CommandError(SYNTAX_ERROR, "Only one prefix expected")
    is_bird, is_filtered = daemon.dialect == "bird", "filtered" in arguments
    if "" in arguments:
        family, key = bird_prefix(daemon, arguments[""]) if is_bird else read_prefix(arguments[""])
        pipelines = [
            pipeline
            for pipeline in of_family(pipelines, family)
            if _present(pipeline.table, key, filtered=is_filtered)
        ]
        if not pipelines:
            raise not_in_table()
        return pipelines, key
    family, key = bird_target(daemon, arguments["for"]) if is_bird else read_target(arguments["for"])
    pipelines = of_family(pipelines, family)[:1]
    if not pipelines:
        raise not_in_table()
    return pipelines, _longest_match(pipelines[0].table, key)


def _pipelines(daemon: Daemon, arguments: Arguments, export: Export | None) -> Sequence[Pipeline]:
    """Unless a table is named it is that of the protocol that is told of routes, or that has them."""
    if "table" in arguments:
        pipelines = pipelines_named(daemon, arguments["table"])
    else:
        name = arguments.get("protocol", "") if export is None else export.protocol
        pipelines = pipelines_named(daemon, daemon.protocols[name].table if name else MASTER)
    return () if daemon.dialect == "bird" and _is_empty(daemon, arguments, export) else pipelines


def _is_empty(daemon: Daemon, arguments: Arguments, export: Export | None) -> bool:
    """Tell whether BIRD shows nothing: routes that were refused are exported to nobody and have no order."""
    if "filtered" in arguments and (export is not None or "primary" in arguments):
        return True
    if export is None:
        return False
    protocol = daemon.protocols[export.protocol]
    return not takes_routes(protocol) or not protocol.is_up


def _counting(daemon: Daemon, arguments: Arguments) -> str:
    counting = [word for word in arguments if word in ("count", "stats")]
    if len(counting) > 1 and daemon.dialect != "bird":
        raise CommandError(SYNTAX_ERROR, "Only one of count and stats expected")
    return counting[-1] if counting else ""


def _export(daemon: Daemon, arguments: Arguments) -> Export | None:
    views = [view for view in ExportView if view.value in arguments]
    if not views:
        return None
    if len(views) > 1:
        is_bird = daemon.dialect == "bird"
        several = PROTOCOL_TWICE if is_bird else "Only one of export, noexport and preexport expected"
        raise CommandError(SYNTAX_ERROR, several)
    return Export(arguments[views[0].value], views[0])


def _present(table: Table, key: PrefixKey, *, filtered: bool = False) -> bool:
    return any(route.is_filtered is filtered for route in table.routes(key))


def _longest_match(table: Table, key: PrefixKey) -> PrefixKey:
    for candidate in covering(key):
        if _present(table, candidate):
            return candidate
    raise not_in_table()
