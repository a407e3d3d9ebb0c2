"""One node: a simulated speaker, which goes to configurations by the real plan and the real handover."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bgpd.reconfiguration.handover import Ended, Handover, Sight
from bgpd.reconfiguration.plan import plan
from bgpd.settings import DaemonSettings, NeighborSettings
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey, render_prefix
from rib.coverage import shares
from rib.loc_rib import Batch
from tests.simulator.agenda import Agenda
from tests.simulator.neighbor import Neighbor
from tests.simulator.speaker import Speaker
from tests.simulator.terms import Identity

_LOOK_SECONDS: Final = 1.0


class Follower(Speaker):
    """Remembers which prefixes it has lost, be it for a moment."""

    def __init__(self, agenda: Agenda, identity: Identity) -> None:
        super().__init__(agenda, identity, IPV4_UNICAST)
        self.lost: list[PrefixKey] = []

    def follow(self, batch: Batch) -> None:
        super().follow(batch)
        self.lost += [key for _, new, keys in batch.changes if new is None for key in keys]


class Node:
    """What one daemon does with its configuration."""

    def __init__(self, agenda: Agenda, number: int, settings: DaemonSettings) -> None:
        self.number = number
        self.identity = Identity(number, settings.asn)
        self.speaker = Follower(agenda, self.identity)
        self.settings = settings
        """In force."""
        self.meant = settings
        self.handover = Handover()
        self.ended: list[Ended] = []
        """Who was kept, and is so no longer."""
        self.ends: dict[str, Neighbor] = {}
        """Our ends of sessions, by the addresses of the others."""
        self.left_by: set[str] = set()
        """The addresses of those that have ended the last session for good."""
        self.changed: Callable[[Node], None] = lambda _node: None
        """Is told when the neighbors of the node are others."""
        self._agenda = agenda
        self._is_looking = False

    @property
    def neighbors(self) -> Mapping[str, NeighborSettings]:
        """As they are configured, by their addresses."""
        return {each.address: each for each in self.settings.neighbors}

    def cluster_id(self, neighbor: NeighborSettings) -> int:
        """Return the one that is meant for a neighbor; 0: that of the router."""
        return neighbor.cluster_id or self.settings.cluster_id or 0

    # What the configuration says

    def read(self, settings: DaemonSettings) -> None:
        """Have another configuration."""
        self.meant = settings
        self._go_on()
        if self.handover.is_under_way and not self._is_looking:
            self._is_looking = True
            self._agenda.call_later(_LOOK_SECONDS, self._look)

    def _go_on(self) -> None:
        found = plan(self.settings, self.meant)
        self.handover = self.handover.towards(self.meant, found, self.settings, self._agenda.time())
        self.settings = self.handover.with_stays(self.meant, self.settings)
        self._follow()
        self._drain()
        self.changed(self)

    def _follow(self) -> None:
        """Let those who go on have other terms, all at once, as a daemon does."""
        others = {self.cluster_id(each) for each in self.settings.neighbors} - {0}
        identity = replace(self.identity, more_cluster_ids=frozenset(others))
        for address, end in self.ends.items():
            if address in self.neighbors:
                end.us = identity
                self.describe(end, self.neighbors[address])

    def describe(self, end: Neighbor, settings: NeighborSettings) -> None:
        """Let one end of a session have the terms of these settings, whether it is there or not."""
        is_client, cluster_id = settings.route_reflector_client, self.cluster_id(settings)
        end.terms = replace(end.terms, is_client=is_client, cluster_id=cluster_id)
        if end.is_up:
            facts = replace(end.source.facts, is_client=is_client, cluster_id=end.cluster_id)
            if facts != end.source.facts:
                end.source.facts = facts
            end.import_by(end.import_policy, is_draining=end.is_draining)
            end.follow_terms()

    # What it sees

    def _look(self) -> None:
        self._is_looking = False
        if not self.handover.is_under_way:
            return
        sights = self._sights()
        kept = {stay.settings.address for stay in self.handover.stays}
        others = self.neighbors.keys() - kept
        have_spoken = all(address in self.ends and self.ends[address].is_up for address in others)
        has_ended = self.handover.see(sights, self._agenda.time(), have_spoken=have_spoken)
        self.ended += self.handover.ended
        self._drain()
        if has_ended:
            self._go_on()
        if self.handover.is_under_way:
            self._is_looking = True
            self._agenda.call_later(_LOOK_SECONDS, self._look)

    def _drain(self) -> None:
        """Lead those around us who are about to go (RFC 8326)."""
        names = {stay.settings.address: stay.settings.name for stay in self.handover.stays}
        for address, end in self.ends.items():
            is_draining = names.get(address) in self.handover.draining
            if end.is_draining is not is_draining:
                end.is_draining = is_draining
                if end.is_up:
                    end.import_by(end.import_policy, is_draining=is_draining)
                    end.follow_terms()

    def _sights(self) -> Mapping[str, Sight]:
        kept = {stay.settings.address: stay for stay in self.handover.stays}
        gone = [address for address, stay in kept.items() if stay.kind != "reflected"]
        leaving = [self.ends[address].source for address in kept if address in self.ends]
        staying = [end.source for address, end in self.ends.items() if address not in gone and end.is_up]
        *_, found = shares(self.speaker.table, leaving, staying)
        assert found is not None
        sights = {}
        for address, stay in kept.items():
            share = found.get(self.ends[address].source) if address in self.ends else None
            has_left = address in self.left_by
            sight = Sight(has_left=has_left)
            if share is not None:
                example = "" if share.example is None else render_prefix(share.example, IPV4_UNICAST)
                sight = Sight(share.brought, share.missing, example, share.is_reflected, has_left)
            sights[stay.settings.name] = sight
        return sights
