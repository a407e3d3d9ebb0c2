"""All routing tables: every name has one of each family, and each is worked on by a pipeline of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bgpd.pipeline import Pipeline, Scheduler
from bgpd.settings import DecisionSettings
from kernel_sync.interface_changes import InterfaceChanges
from kernel_sync.interfaces import InterfaceTable
from messages.families import IPV4_UNICAST, IPV6_UNICAST, Family
from rib.decision import Decision
from rib.decision_steps import Rules
from rib.loc_rib import Batch
from rib.table import Table

MASTER: Final = "master"
"""The table of whoever names no other."""
_OTHER: Final = {IPV4_UNICAST: IPV6_UNICAST, IPV6_UNICAST: IPV4_UNICAST}


class RoutingTables:
    """The tables by name and family, and what makes them follow the host's interfaces."""

    def __init__(self, names: Sequence[str], decision: DecisionSettings, loop: Scheduler) -> None:
        process = Decision(
            Rules(
                path_metric=decision.path_metric,
                med_metric=decision.med_metric,
                igp_metric=decision.igp_metric,
                prefer_older=decision.prefer_older,
                relaxed_paths=decision.relaxed_paths,
                unresolvable_last=decision.unresolvable_last,
                next_hops_as_bird=decision.unresolvable_last,
            )
        )
        self._process = process
        self._loop = loop
        self._by_name = {name: _pipelines(name, process, loop) for name in names}

    def __getitem__(self, name: str) -> Mapping[Family, Pipeline]:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Pipeline]:
        """Yield every pipeline, in the order of the configuration."""
        for pipelines in self._by_name.values():
            yield from pipelines.values()

    def add(self, name: str, interfaces: InterfaceTable) -> Sequence[Pipeline]:
        """Have another name, whose tables follow the interfaces; return its pipelines."""
        pipelines = self._by_name[name] = _pipelines(name, self._process, self._loop)
        for pipeline in pipelines.values():
            _connect(pipeline, interfaces)
        return [*pipelines.values()]

    def remove(self, name: str) -> None:
        """Have a name no more, that nobody uses."""
        del self._by_name[name]

    def follow(self, interfaces: InterfaceTable) -> None:
        """Follow these interfaces from now on; ``interfaces_changed`` is told what changes."""
        for pipeline in self:
            _connect(pipeline, interfaces)

    def interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Look at the next hops again that the changes concern."""
        for pipeline in self:
            family = pipeline.table.family
            networks, others = changes.networks[family], changes.networks[_OTHER[family]]
            pipeline.links_changed(networks, changes.switched, others)


def _connect(pipeline: Pipeline, interfaces: InterfaceTable) -> None:
    connected = {family: interfaces.connected_prefixes(family) for family in _OTHER}
    family = pipeline.table.family
    pipeline.set_connected(connected[family], interfaces.up, connected[_OTHER[family]])


class _OtherFamily:
    """Lets IPv4 routes follow the routes to their IPv6 next hops (RFC 8950)."""

    follows_all = False

    def __init__(self, table: Table, pipeline: Pipeline) -> None:
        self._table = table
        self._pipeline = pipeline

    def follow(self, batch: Batch) -> None:
        """The table of the next hops changed."""
        self._pipeline.next_hops.hang_on(self._table, batch)
        if self._pipeline.next_hops.is_in_doubt:
            self._pipeline.touched()


def _pipelines(name: str, process: Decision, loop: Scheduler) -> dict[Family, Pipeline]:
    """Return the pipelines of one name; the one of IPv4 looks into the table of IPv6."""
    ipv4, ipv6 = (Table(name, family, process) for family in (IPV4_UNICAST, IPV6_UNICAST))
    pipelines = {IPV4_UNICAST: Pipeline(ipv4, loop, ipv6), IPV6_UNICAST: Pipeline(ipv6, loop)}
    pipelines[IPV6_UNICAST].attach(_OtherFamily(ipv6, pipelines[IPV4_UNICAST]))
    return pipelines
