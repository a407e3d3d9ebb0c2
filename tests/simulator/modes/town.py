"""All nodes of a cluster, and the sessions that come and go with their configurations."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from bgpd.cluster.model import Cluster
from messages.attribute_set import AttributeSet
from messages.attributes import AS_PATH, LOCAL_PREF, ORIGIN, AsPath
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, make_key, render_prefix
from messages.iana import Origin
from tests.simulator.agenda import Agenda
from tests.simulator.modes.configurations import address_of, settings_of
from tests.simulator.modes.node import Node
from tests.simulator.network import EndlessError, Link
from tests.simulator.terms import Agreement, Terms

_QUICK: Final = 1_000_000
"""Steps a second: what is under way arrives before anybody looks again."""
_MOST_STEPS: Final = 200_000
_OWN: Final = AttributeSet.of({ORIGIN: Origin.IGP, AS_PATH: AsPath.of(), LOCAL_PREF: 100})
_TERMS: Final = Terms(external=False)


class Town:
    """Has a session where both ends have one configured."""

    def __init__(self, cluster: Cluster, seed: str, silent: Sequence[int] = ()) -> None:
        """``silent`` are nodes that have no block of their own."""
        self.agenda = Agenda(seed, _QUICK)
        self.nodes = [
            Node(self.agenda, number, settings_of(cluster, number)) for number in range(len(cluster.nodes))
        ]
        self.blocks = {block(node.number): node for node in self.nodes if node.number not in silent}
        self._links: dict[tuple[int, int], Link] = {}
        for node in self.nodes:
            node.speaker.connect([each.identity for each in self.nodes if each is not node])
            node.changed = self._changed
        for key, node in self.blocks.items():
            node.speaker.originate([key], _OWN)
        for node in self.nodes:
            self._changed(node)
        self.pass_time(1.0)

    def read(self, number: int, cluster: Cluster) -> None:
        """Let one node have another configuration, and all that follows at once happen."""
        self.nodes[number].read(settings_of(cluster, number))
        self._rest()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and everything happen that is due."""
        until = self.agenda.time() + seconds
        is_over: list[None] = []
        self.agenda.call_later(seconds, lambda: is_over.append(None))
        while not is_over:
            self._rest()
            self.agenda.skip()
            self.agenda.step()
        self._rest()
        assert self.agenda.time() >= until

    def _rest(self) -> None:
        self.agenda.run(_MOST_STEPS)
        if not self.agenda.is_empty:
            raise EndlessError("no rest")

    # Sessions

    def flap(self, one: int, other: int, away: float) -> None:
        """Let a session break, and come back after some seconds."""
        self._links[min(one, other), max(one, other)].restart(None, away)

    def has_session(self, one: int, other: int) -> bool:
        link = self._links.get((min(one, other), max(one, other)))
        return link is not None and link.has_session

    @property
    def sessions(self) -> set[tuple[int, int]]:
        """All that there are."""
        return {pair for pair, link in self._links.items() if link.has_session}

    def _changed(self, node: Node) -> None:
        for other in self.nodes:
            if other is not node:
                one, two = sorted((node, other), key=lambda each: each.number)
                self._settle(one, two, by=node)

    def _settle(self, one: Node, two: Node, by: Node) -> None:
        pair = one.number, two.number
        theirs, ours = address_of(two.number), address_of(one.number)
        is_wanted = theirs in one.neighbors and ours in two.neighbors
        if is_wanted and pair not in self._links:
            self._begin(one, two)
        elif not is_wanted and pair in self._links:
            self._links.pop(pair).disable()
            for node, address in ((one, theirs), (two, ours)):
                del node.ends[address]
                if node is not by:
                    node.left_by.add(address)

    def _begin(self, one: Node, two: Node) -> None:
        agreement = Agreement((one.number, two.number), (_TERMS, _TERMS))
        ends = (
            one.speaker.neighbor(two.identity, agreement, 0),
            two.speaker.neighbor(one.identity, agreement, 1),
        )
        link = self._links[one.number, two.number] = Link(self.agenda, ends, agreement)
        for node, other, end in ((one, two, ends[0]), (two, one, ends[1])):
            address = address_of(other.number)
            node.ends[address] = end
            node.left_by.discard(address)
            node._follow()
        link.agreement = Agreement(agreement.ends, (ends[0].terms, ends[1].terms))
        link.restart()

    # What has come of it

    def lost(self) -> list[str]:
        """Return which node has lost the way to whose block since it was asked last, or has none."""
        found = []
        for node in self.nodes:
            others = {key: owner for key, owner in self.blocks.items() if owner is not node}
            gone = {*node.speaker.lost} | (others.keys() - node.speaker.followed.keys())
            node.speaker.lost = []
            found += [
                f"node{node.number} to {render_prefix(key, IPV4_UNICAST)}"
                for key in sorted(gone & others.keys())
            ]
        return found


def block(number: int) -> PrefixKey:
    """Return the block of a node."""
    return make_key(bytes((10, 244, number, 0)), 26)


def pairs(nodes: int) -> set[tuple[int, int]]:
    """Return all pairs of nodes."""
    return {*combinations(range(nodes), 2)}
