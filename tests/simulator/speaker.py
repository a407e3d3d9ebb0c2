"""One BGP speaker: a real table behind a real pipeline, its neighbors, and routes of its own."""

from collections.abc import Sequence
from typing import Final

from bgpd.pipeline import Pipeline
from messages.attribute_set import AttributeSet
from messages.attributes import COMMUNITIES
from messages.families import Family
from messages.families.prefix import PrefixKey
from messages.iana import WellKnownCommunity
from rib.loc_rib import Batch
from rib.policy import Policy
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind
from rib.table import Table
from tests.simulator.agenda import Agenda
from tests.simulator.laid_pipe import LaidPipe
from tests.simulator.neighbor import Neighbor
from tests.simulator.process import Process
from tests.simulator.terms import Agreement, Identity

HERE: Final = Destination(DestinationKind.BLACKHOLE)
"""Where routes of our own lead."""
_UNSAID: Final = AttributeSet.of({COMMUNITIES: (WellKnownCommunity.NO_ADVERTISE,)})


class StaleFollowerError(AssertionError):
    """Whoever follows the changes of best routes was told of one that does not fit those before."""


class Speaker:
    """What one router is made of, as far as the RIB goes. It is a follower of its own table."""

    follows_all = False

    def __init__(self, agenda: Agenda, identity: Identity, family: Family) -> None:
        self.identity = identity
        self.family = family
        self._process = Process(agenda, identity, family)
        self.pipeline.attach(self)
        self.own = Source("static1", SourceKind.STATIC)
        self.own_routes: dict[PrefixKey, Route] = {}
        self.neighbors: list[Neighbor] = []
        self.connected: dict[PrefixKey, int] = {}
        self.followed: dict[PrefixKey, Route] = {}
        """What the kernel would have: kept from the changes alone."""
        self.changes = 0
        """How often there was another best route to a prefix."""
        self._agenda = agenda
        self.pipe: LaidPipe | None = None
        self._pipe_terms: tuple[Policy, bool] | None = None

    @property
    def table(self) -> Table:
        return self._process.table

    @property
    def pipeline(self) -> Pipeline:
        return self._process.pipeline

    @property
    def is_recovering(self) -> bool:
        """Whether it has restarted, and neighbors are still waited for."""
        return not self._process.deferral.is_over

    def restart(self, *, keeps_forwarding: bool) -> None:
        """The process is no more, without a word, and the next one begins with what is configured."""
        self.pipeline.detach(self)
        self._process.end()
        if self.pipe is not None:
            self.pipe.remove()
        self._process = Process(self._agenda, self.identity, self.family)
        self._process.succeed(keeps_forwarding=keeps_forwarding)
        self.followed = {}
        self.pipeline.attach(self)
        for neighbor in self.neighbors:
            neighbor.live_again(self._process)
        self._follow_links()
        former, self.own = self.own_routes, Source("static1", SourceKind.STATIC)
        self.own_routes = {}
        for key, route in former.items():
            again = Route(self.own, route.said, route.destination, self._agenda.now, None, route.igp_metric)
            self.install(again, [key])
        if self._pipe_terms is not None:
            policy, is_opaque = self._pipe_terms
            self.lay_pipe(policy, is_opaque=is_opaque)
        self._process.deferral.begin()

    def connect(self, others: Sequence[Identity]) -> None:
        """Be on one link with each of the others."""
        self.connected = {other.network(self.family): other.number for other in others}
        self._follow_links()

    def neighbor(self, them: Identity, link: Agreement, end: int) -> Neighbor:
        """Return our end of a link."""
        made = Neighbor(self._process, self.identity, them, link, end)
        self.neighbors.append(made)
        return made

    def originate(self, keys: Sequence[PrefixKey], attributes: AttributeSet) -> None:
        """Have routes of our own."""
        self.install(Route(self.own, attributes, HERE, self._agenda.now), keys)

    def install(self, route: Route, keys: Sequence[PrefixKey]) -> None:
        """Put a route of our own into the table."""
        self.table.announce(route, keys)
        self.own_routes.update(dict.fromkeys(keys, route))
        self.pipeline.touched()

    def go_round(self, other: Identity, via: Identity, metric: int) -> None:
        """Have a way to the link of another speaker, which nobody is told of."""
        there = Destination(DestinationKind.UNICAST, (NextHop(via.address(self.family), via.number),))
        self.install(Route(self.own, _UNSAID, there, 0, igp_metric=metric), [other.network(self.family)])

    def retract(self, keys: Sequence[PrefixKey]) -> None:
        """Have them no more."""
        self.table.withdraw(self.own, keys)
        for key in keys:
            self.own_routes.pop(key, None)
        self.pipeline.touched()

    def lay_pipe(self, policy: Policy, *, is_opaque: bool) -> None:
        """Have a pipe into another table, and that one only."""
        if self.pipe is not None:
            self.pipe.remove()
        self._pipe_terms = policy, is_opaque
        self.pipe = LaidPipe(self._agenda, self.pipeline, policy, is_opaque=is_opaque)

    def lose_link(self, other: Identity) -> None:
        """The next hops on the link to another speaker vanish; its sessions go on by another way."""
        self.connected.pop(other.network(self.family), None)
        self._follow_links()

    def regain_link(self, other: Identity) -> None:
        self.connected[other.network(self.family)] = other.number
        self._follow_links()

    def _follow_links(self) -> None:
        self.pipeline.set_connected(dict(self.connected), set(self.connected.values()))

    def follow(self, batch: Batch) -> None:
        """Take what a round has settled, as the kernel does."""
        for old, new, keys in batch.changes:
            self.changes += len(keys)
            for key in keys:
                if not is_alike(self.followed.get(key), old):
                    raise StaleFollowerError(
                        f"{self.identity.name} follows {self.followed.get(key)}, not {old}"
                    )
                if new is None:
                    del self.followed[key]
                else:
                    self.followed[key] = new


def is_alike(one: Route | None, other: Route | None) -> bool:
    """Tell whether two routes say the same: one said again in another epoch is another object."""
    if one is None or other is None:
        return one is other
    return (
        one.source is other.source
        and one.attributes.wire == other.attributes.wire
        and one.destination == other.destination
    )
