"""What the two ends of a link agreed on, and what each speaker is."""

from dataclasses import dataclass
from typing import Final, Literal

from messages.context import Context
from messages.families import Family
from messages.families.prefix import PrefixKey, make_key
from messages.iana import Role
from rib.decision_steps import Rules
from rib.egress import NextHopRule
from rib.policy import Policy

ALL_PATHS: Final = 0
"""As a number of paths that are sent."""
_RULES: Final = Rules()


@dataclass(frozen=True, slots=True)
class Identity:
    """One speaker. Its number says all that has to be different: addresses and router id."""

    number: int
    asn: int
    confederation_id: int = 0
    """The AS that those outside of the confederation see; 0 if there is none."""
    cluster_id: int = 0
    """0: the router id."""
    more_cluster_ids: frozenset[int] = frozenset()
    """Those that are only for some neighbors."""
    rules: Rules = _RULES

    @property
    def name(self) -> str:
        return f"S{self.number}"

    @property
    def router_id(self) -> int:
        return 0x0A_FF_00_00 + self.number

    @property
    def public_as(self) -> int:
        """The AS that others know."""
        return self.confederation_id or self.asn

    @property
    def clusters(self) -> frozenset[int]:
        """All cluster ids that are ours."""
        return self.more_cluster_ids | {self.cluster_id or self.router_id}

    def address(self, family: Family) -> bytes:
        if family.address_octets == 4:
            return bytes((10, 0, self.number, 1))
        return bytes.fromhex("20010db80000") + bytes((0, self.number)) + bytes(7) + b"\x01"

    def network(self, family: Family) -> PrefixKey:
        """The link that its address is on; everybody is connected to it."""
        address = self.address(family)
        return make_key(address, 24 if family.address_octets == 4 else 64)


@dataclass(frozen=True, slots=True)
class Terms:
    """How one end of a link sees the other."""

    external: bool = True
    confederation: bool = False
    is_client: bool = False
    """The other end is a client of our route reflection."""
    cluster_id: int = 0
    """Ours towards it, where it is not the speaker's."""
    is_route_server_client: bool = False
    next_hop_rule: NextHopRule = NextHopRule.AUTO
    keep_refused: bool = True
    recursive: bool = False
    """Whether next hops may be resolved through routes."""
    role: Role | None = None
    sends_paths: int = 1
    """How many paths per prefix we send, if the other end receives several."""
    receives_paths: bool = False
    import_policy: Policy = Policy.ALL
    export_policy: Policy = Policy.ALL
    allow_local_as: int = 0
    graceful_restart: Literal["off", "helper", "full"] = "off"
    restart_time: int = 120
    long_lived: Literal["off", "helper", "full"] = "off"
    """Long-lived graceful restart (RFC 9494)."""
    stale_time: int = 3600
    after_notification: bool = True
    """Whether the N bit is announced (RFC 8538)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One link: the numbers of its two speakers, and the terms at both ends."""

    ends: tuple[int, int]
    terms: tuple[Terms, Terms] = (Terms(), Terms())
    enhanced_refresh: bool = True
    as_number_octets: int = 4
    message_octets: int = 4096

    def context(self, end: int, family: Family) -> Context:
        """Return what the codec of one end has to know."""
        ours, theirs = self.terms[end], self.terms[1 - end]
        return Context(
            external=ours.external,
            as_number_octets=self.as_number_octets,
            families=frozenset({family}),
            message_octets=self.message_octets,
            add_path_receive=frozenset({family} if theirs.sends_paths != 1 and ours.receives_paths else ()),
            add_path_send=frozenset({family} if ours.sends_paths != 1 and theirs.receives_paths else ()),
            confederation=ours.confederation,
        )


@dataclass(frozen=True, slots=True)
class Topology:
    """A network before anything happens in it."""

    kind: str
    family: Family
    identities: tuple[Identity, ...]
    links: tuple[Agreement, ...]
    uses_med: bool = True
    """Whether routes may have MULTI_EXIT_DISC."""
    stubs: frozenset[int] = frozenset()
    """Who passes nothing on, as it has one neighbor only, which is external."""
    losers: frozenset[int] = frozenset()
    """Who may lose next hops."""
