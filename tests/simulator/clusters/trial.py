"""A cluster that starts from nothing, until it is at rest: whether every route is right, and what it took."""

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final
from unittest.mock import patch

from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, CLUSTER_LIST, LOCAL_PREF, ORIGIN, ORIGINATOR_ID, AsPath
from messages.families import IPV4_UNICAST
from messages.iana import Origin
from messages.update import Update
from rib.route import Route
from rib.slot import entries_of
from tests.simulator import neighbor as neighbor_module
from tests.simulator.agenda import Agenda
from tests.simulator.clusters.cluster import Cluster
from tests.simulator.heard import Heard
from tests.simulator.network import Network
from tests.simulator.speaker import Speaker

_MOST_STEPS_A_LINK: Final = 2_000
_OWN: Final = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(), LOCAL_PREF: 100})


class WrongRouteError(AssertionError):
    """A node has another route to a block than the cluster is made for, or none."""


@dataclass(slots=True)
class Figures:
    """What it took."""

    sessions: int
    updates: int = 0
    """Received, by all nodes together."""
    most_updates: int = 0
    """By the busiest node."""
    routes: int = 0
    """In the tables of all nodes, those that are not used too."""
    changes: int = 0
    """Of best routes, by all nodes together."""
    cpu_seconds: float = 0.0
    mebibytes: float = 0.0
    """The growth of the process, less what it had before."""

    def lines(self) -> Iterator[str]:
        """Return them in words."""
        yield f"{self.sessions:,} sessions"
        yield f"{self.updates:,} UPDATEs received, at most {self.most_updates:,} by one node"
        yield f"{self.routes:,} routes in all tables, {self.changes:,} changes of best routes"
        yield f"{self.cpu_seconds:.1f} s of CPU time, {self.mebibytes:.0f} MiB"


class Tally(Heard):
    """Counts what a session brings, and keeps nothing of it: the tables are looked at instead."""

    updates = 0

    def take(self, update: Update) -> None:
        """Count one UPDATE."""
        self.updates += 1
        self.ends_of_rib += update.end_of_rib is not None


def play(cluster: Cluster, seed: str = "0") -> tuple[Network, Figures]:
    """Have all nodes start at once; return the network at rest, and what it took."""
    gc.collect()
    size, began = _resident(), process_time()
    with patch.object(neighbor_module, "Heard", Tally):
        topology = cluster.topology()
        network = Network(Agenda(seed), topology)
        for number, speaker in enumerate(network.speakers):
            speaker.originate(cluster.keys(number), _OWN)
        network.settle(_MOST_STEPS_A_LINK * len(topology.links))
    figures = Figures(len(topology.links), cpu_seconds=process_time() - began)
    figures.mebibytes = _resident() - size
    for speaker in network.speakers:
        updates = sum(each.heard.updates for each in speaker.neighbors if isinstance(each.heard, Tally))
        figures.updates += updates
        figures.most_updates = max(figures.most_updates, updates)
        figures.routes += sum(map(len, map(entries_of, speaker.table.slots.values())))
        figures.changes += speaker.changes
    return network, figures


def check(cluster: Cluster, network: Network) -> None:
    """Every node sends what is for a block straight to the node that has it; no route has gone in circles."""
    origins = {key: number for number in range(cluster.nodes) for key in cluster.keys(number)}
    for speaker in network.speakers:
        if speaker.followed.keys() != origins.keys():
            raise WrongRouteError(
                f"{speaker.identity.name} has {len(speaker.followed)} of {len(origins)} blocks"
            )
        for key, route in speaker.followed.items():
            _check_route(network, speaker, route, origins[key])


def _check_route(network: Network, speaker: Speaker, route: Route, origin: int) -> None:
    if network.speakers[origin] is speaker:
        if route.source is not speaker.own:
            raise WrongRouteError(f"{speaker.identity.name} follows {route} to a block of its own")
        return
    identity = network.speakers[origin].identity
    found = [hop.gateway for hop in route.destination.next_hops]
    if found != [identity.address(IPV4_UNICAST)]:
        raise WrongRouteError(f"{speaker.identity.name} follows {route} to a block of {identity.name}")
    clusters = route.attributes.get(CLUSTER_LIST, ())
    circles = route.attributes.get(ORIGINATOR_ID) == speaker.identity.router_id
    if circles or len({*clusters}) != len(clusters):
        raise WrongRouteError(f"{speaker.identity.name} follows {route}, which has gone in a circle")


def _resident() -> float:
    """Return the memory of this process in MiB (proc(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / (1 << 20)
