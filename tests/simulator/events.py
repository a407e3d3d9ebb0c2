"""What happens in a network: each event says by itself what it does, and prints as it can be read."""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    ORIGIN,
    AsPath,
    Attribute,
)
from messages.families import Family
from messages.families.prefix import PrefixKey, make_key
from messages.iana import Origin
from messages.notification import Notification
from tests.simulator.ghost import ghost_from
from tests.simulator.neighbor import Neighbor
from tests.simulator.network import Network
from tests.simulator.policies import EXTERNAL, FOR_PIPES, HARMLESS, RAISING, WITH_MED
from tests.simulator.terms import Agreement

_GHOST: Final = 99
"""The number of a prefix that nobody originates."""


class Event(Protocol):
    """Something that happens at once; what follows from it is on the agenda."""

    def apply(self, network: Network) -> None: ...


@dataclass(frozen=True, slots=True)
class Originate:
    """A speaker has routes of its own, or other ones."""

    speaker: int
    prefixes: tuple[int, ...]
    path: tuple[int, ...] = ()
    origin: Origin = Origin.IGP
    med: int | None = None
    local_pref: int | None = None
    communities: tuple[int, ...] = ()

    def apply(self, network: Network) -> None:
        keys = [prefix(number, network.topology.family) for number in self.prefixes]
        network.speakers[self.speaker].originate(keys, self.attributes())

    def attributes(self) -> AttributeSet:
        values: dict[Attribute[Any], Any] = {
            ORIGIN: self.origin,
            AS_PATH: AsPath.of(*self.path),
            MULTI_EXIT_DISC: self.med,
            LOCAL_PREF: self.local_pref,
            COMMUNITIES: self.communities or None,
        }
        return AttributeSet.of({row: value for row, value in values.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Retract:
    """It has them no more."""

    speaker: int
    prefixes: tuple[int, ...]

    def apply(self, network: Network) -> None:
        keys = [prefix(number, network.topology.family) for number in self.prefixes]
        network.speakers[self.speaker].retract(keys)


@dataclass(frozen=True, slots=True)
class Restart:
    """A session breaks, with all that is under way, and comes back."""

    link: int

    def apply(self, network: Network) -> None:
        network.links[self.link].restart()


@dataclass(frozen=True, slots=True)
class Lose:
    """A session is lost, with words or without any, and comes back after some seconds."""

    link: int
    notification: Notification | None
    away: float

    def apply(self, network: Network) -> None:
        network.links[self.link].restart(self.notification, self.away)


@dataclass(frozen=True, slots=True)
class Crash:
    """A speaker is killed, and started again; packets are forwarded meanwhile, or are not."""

    speaker: int
    keeps_forwarding: bool
    away: float

    def apply(self, network: Network) -> None:
        network.crash(self.speaker, self.away, keeps_forwarding=self.keeps_forwarding)


@dataclass(frozen=True, slots=True)
class Disable:
    """An operator shuts a neighbor down."""

    link: int

    def apply(self, network: Network) -> None:
        network.links[self.link].disable()


@dataclass(frozen=True, slots=True)
class Enable:
    """Or has it back."""

    link: int

    def apply(self, network: Network) -> None:
        network.links[self.link].enable()


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes, and with it what somebody waited for."""

    timers: int

    def apply(self, network: Network) -> None:
        for _ in range(self.timers):
            if network.agenda.is_empty:
                network.agenda.skip()
            network.agenda.run(1)


@dataclass(frozen=True, slots=True)
class SpeakOtherwise:
    """A session is lost, and the next one agrees on other capabilities: a speaker has another version."""

    link: int
    agreement: Agreement
    away: float

    def apply(self, network: Network) -> None:
        link = network.links[self.link]
        link.agreement = self.agreement
        link.restart(None, self.away)


RESTARTS: Final = (Lose, Crash, Disable, Enable, Wait)
"""What leaves a network as it was when all is over."""


@dataclass(frozen=True, slots=True)
class _AtNeighbor:
    link: int
    end: int

    def neighbor(self, network: Network) -> Neighbor:
        return network.links[self.link].ends[self.end]


@dataclass(frozen=True, slots=True)
class Stick(_AtNeighbor):
    """What one end of a session sends stays under way until the network is to come to rest."""

    def apply(self, network: Network) -> None:
        network.links[self.link].stick(self.end)


@dataclass(frozen=True, slots=True)
class Release:
    """What was stuck arrives."""

    link: int

    def apply(self, network: Network) -> None:
        network.links[self.link].release()


@dataclass(frozen=True, slots=True)
class Refresh(_AtNeighbor):
    """One end asks the other for all its routes (RFC 2918)."""

    def apply(self, network: Network) -> None:
        neighbor = self.neighbor(network)
        if neighbor.is_up:
            neighbor.request_again()


@dataclass(frozen=True, slots=True)
class ImportPolicy(_AtNeighbor):
    """An operator changes what comes in."""

    policy: str

    def apply(self, network: Network) -> None:
        neighbor = self.neighbor(network)
        neighbor.import_by(POLICIES[self.policy], is_draining=neighbor.is_draining)


@dataclass(frozen=True, slots=True)
class ExportPolicy(_AtNeighbor):
    """An operator changes what goes out."""

    policy: str

    def apply(self, network: Network) -> None:
        self.neighbor(network).export_by(POLICIES[self.policy])


@dataclass(frozen=True, slots=True)
class Drain(_AtNeighbor):
    """A neighbor is led around us, or no more (RFC 8326)."""

    is_draining: bool

    def apply(self, network: Network) -> None:
        neighbor = self.neighbor(network)
        neighbor.import_by(neighbor.import_policy, is_draining=self.is_draining)
        neighbor.follow_terms()


@dataclass(frozen=True, slots=True)
class LoseNextHop:
    """The link to another speaker's address is down, as one speaker sees it."""

    speaker: int
    other: int

    def apply(self, network: Network) -> None:
        network.speakers[self.speaker].lose_link(network.topology.identities[self.other])


@dataclass(frozen=True, slots=True)
class RegainNextHop:
    """It is up again."""

    speaker: int
    other: int

    def apply(self, network: Network) -> None:
        network.speakers[self.speaker].regain_link(network.topology.identities[self.other])


@dataclass(frozen=True, slots=True)
class Flicker:
    """Routes of a speaker's own go and come back, the very same, perhaps before anybody has taken notice."""

    speaker: int
    prefixes: tuple[int, ...]
    steps: int

    def apply(self, network: Network) -> None:
        speaker = network.speakers[self.speaker]
        keys = [prefix(number, network.topology.family) for number in self.prefixes]
        routes = {key: speaker.own_routes[key] for key in keys if key in speaker.own_routes}
        speaker.retract(keys)
        network.agenda.run(self.steps)
        for key, route in routes.items():
            speaker.install(route, [key])


@dataclass(frozen=True, slots=True)
class Ghost(_AtNeighbor):
    """One end has a route that the other never knew of; an enhanced refresh shows that (RFC 7313)."""

    def apply(self, network: Network) -> None:
        sender, receiver = network.links[self.link].ends[1 - self.end], self.neighbor(network)
        are_up = sender.is_up and receiver.is_up
        if are_up and not sender.member.awaits_end_of_rib and sender.enhanced_refresh:
            receiver.take(ghost_from(sender, prefix(_GHOST, network.topology.family)))
            receiver.request_again()


@dataclass(frozen=True, slots=True)
class Detour:
    """A static route to the link of another speaker, by way of a third one."""

    speaker: int
    other: int
    via: int
    metric: int

    def apply(self, network: Network) -> None:
        identities = network.topology.identities
        network.speakers[self.speaker].go_round(identities[self.other], identities[self.via], self.metric)


@dataclass(frozen=True, slots=True)
class EndDetour:
    """The static route is taken away."""

    speaker: int
    other: int

    def apply(self, network: Network) -> None:
        other = network.topology.identities[self.other]
        network.speakers[self.speaker].retract([other.network(network.topology.family)])


@dataclass(frozen=True, slots=True)
class LayPipe:
    """A speaker has a pipe into another table from now on, in place of the one it had."""

    speaker: int
    policy: str
    is_opaque: bool

    def apply(self, network: Network) -> None:
        network.speakers[self.speaker].lay_pipe(POLICIES[self.policy], is_opaque=self.is_opaque)


POLICIES: Final = {policy.name: policy for policy in (*HARMLESS, *EXTERNAL, *RAISING, *WITH_MED, *FOR_PIPES)}


def prefix(number: int, family: Family) -> PrefixKey:
    """Return one of a few prefixes of various lengths."""
    address = bytes((172, 16 + number)) if family.address_octets == 4 else b"\xfd" + bytes((number,))
    return make_key(address.ljust(family.address_octets, b"\0"), 16 + 3 * (number % 4))
