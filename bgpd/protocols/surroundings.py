"""What every neighbor asks of the daemon and the host: identity, time, addresses, shared attribute sets."""

from collections.abc import Callable, Iterable, Sequence

from bgpd.kernel.lifelines import Lifelines
from bgpd.policies import NO_FILTERS, Policies
from bgpd.protocols.logged_protocol import LoggedProtocol
from bgpd.protocols.protocol import Protocol
from bgpd.protocols.session_journal import SessionJournal
from bgpd.protocols.session_places import SessionPlaces
from bgpd.restart.convergence import Convergence
from bgpd.restart.deferral import Deferral
from bgpd.restart.remembered import NOTHING
from bgpd.sessions.socket_options import Endpoint
from bgpd.traces.words import RouteWords
from fsm.restart_state import RestartState
from kernel_sync.interface_changes import InterfaceChanges
from kernel_sync.interfaces import InterfaceAddress, InterfaceTable
from messages.attribute_set import AttributeSetTable
from messages.context import Context
from messages.families import IPV6_UNICAST, Family
from messages.families.prefix import PrefixKey, covers, make_key
from rib.next_hops import is_link_local
from rib.table import Table


def _give_up(_protocol: Protocol, error: Exception) -> None:
    raise error


class Surroundings:
    """The host and the daemon as a neighbor's protocol sees them."""

    def __init__(
        self,
        router_id: int,
        interfaces: InterfaceTable,
        now: Callable[[], float],
        cluster_id: int | None = None,
        cluster_ids: Iterable[int] = (),
    ) -> None:
        self.identify(router_id, cluster_id, cluster_ids)
        self.now = now
        """Unix time."""
        self.listening_problem: Callable[[Endpoint, str], str] = lambda _endpoint, _name: ""
        """Tells what keeps connections of the neighbor with this name from being accepted."""
        self.policies: Policies = NO_FILTERS
        """The filters that are in force."""
        self.convergence = Convergence()
        """Learns when neighbors have said all they have."""
        self.deferral = Deferral()
        """Knows whether it is too early, after a restart, to tell neighbors what we have."""
        self.restart = RestartState()
        """What our own last restart has left, for all neighbors to know."""
        self.remembered = NOTHING
        """What an earlier process knew."""
        self.lifelines = Lifelines()
        """Learns which addresses routes must not cut off."""
        self.failed: Callable[[Protocol, Exception], None] = _give_up
        """Is told of protocols that a bug of ours has stopped."""
        self.feeds: Callable[[LoggedProtocol, Table], None] = lambda _protocol, _table: None
        """Is told of neighbors that are about to be told a whole table."""
        self.route_words = RouteWords(self._interface_name)
        """Knows how routes are logged."""
        self._interfaces = interfaces
        self.session_journal = SessionJournal()
        """Remembers what becomes of sessions."""
        self.session_places = SessionPlaces()
        """Whom news about an interface concerns."""
        self._own_addresses: frozenset[bytes] | None = None
        self._attribute_sets: dict[Context, AttributeSetTable] = {}

    def identify(
        self, router_id: int, cluster_id: int | None = None, cluster_ids: Iterable[int] = ()
    ) -> None:
        """Be this router from now on."""
        self.router_id = router_id
        self.cluster_id = router_id if cluster_id is None else cluster_id
        """Our cluster id towards neighbors that have no other (RFC 4456 §7)."""
        self.cluster_ids = frozenset({self.cluster_id, *cluster_ids})
        """All of ours."""

    def attribute_sets(self, context: Context) -> AttributeSetTable:
        """Return the interned sets that all sessions with this context share."""
        known = self._attribute_sets.get(context)
        if known is None:
            known = self._attribute_sets[context] = AttributeSetTable(context)
        return known

    def interface_of(self, address: bytes, link: int = 0) -> int:
        """Return the index of the interface that has this address of ours, 0 if none has.

        ``link`` is known of a link-local address, which several interfaces may have.
        """
        return link or self._interfaces.holder(address)

    def interfaces_changed(self, changes: InterfaceChanges) -> None:
        """Let those know whose sessions are concerned; our addresses are everybody's business."""
        if changes.addresses:
            self._own_addresses = None
            concerned = self.session_places.everybody()
        else:
            concerned = self.session_places.on(changes.interfaces)
        for follower in tuple(concerned):
            follower.interfaces_changed()

    def interface_named(self, name: str) -> int | None:
        """Return the index of an interface that is up, or None."""
        interface = self._interfaces.named(name)
        return interface.index if interface is not None and interface.up else None

    def _interface_name(self, index: int) -> str:
        interface = self._interfaces.get(index)
        return f"#{index}" if interface is None else interface.name

    def is_up(self, index: int) -> bool:
        """Tell whether an interface is there and up."""
        interface = self._interfaces.get(index)
        return interface is not None and interface.up

    # What filters ask

    def interface_name(self, index: int) -> str:
        """Return the name of an interface; empty if there is none."""
        interface = self._interfaces.get(index)
        return interface.name if interface is not None else ""

    def interface_index(self, name: str) -> int:
        """Return the number of an interface; 0 if there is none."""
        interface = self._interfaces.named(name)
        return interface.index if interface is not None else 0

    def interface_towards(self, gateway: bytes) -> int:
        """Return the interface on whose link an address is; 0 if it is on none."""
        interface = self._interfaces.connected(gateway)
        return interface.index if interface is not None else 0

    # What protocols ask

    def interface_indexes(self) -> Sequence[int]:
        """Return the indexes of all interfaces."""
        return [interface.index for interface in self._interfaces]

    def is_usable(self, index: int, *, check_link: bool) -> bool:
        """Tell whether an interface is up and, if that is asked for, has a carrier."""
        interface = self._interfaces.get(index)
        return interface is not None and interface.up and (interface.link_up or not check_link)

    def addresses_on(self, index: int) -> Sequence[InterfaceAddress]:
        """Return the addresses of an interface."""
        interface = self._interfaces.get(index)
        return interface.addresses if interface is not None else ()

    def own_addresses(self) -> frozenset[bytes]:
        """Return every address of this host but those that others have on other links."""
        if self._own_addresses is None:
            addresses = self._interfaces.addresses()
            self._own_addresses = frozenset(each for each in addresses if not is_link_local(each))
        return self._own_addresses

    def shared_networks(self, index: int, remote: bytes, octets: int) -> tuple[PrefixKey, ...]:
        """Return the networks of an interface that a neighbor on the link is in, too.

        ``octets`` says of which family they are: if not of the session's, all that the interface has.
        """
        addresses = [row for row in self.addresses_on(index) if len(row.address) == octets]
        networks = dict.fromkeys(row.prefix for row in addresses if not is_link_local(row.address))
        host = make_key(remote, 8 * len(remote))
        return tuple(key for key in networks if len(remote) != octets or covers(key, host))

    def own_next_hop(
        self,
        family: Family,
        local_address: bytes,
        link: int = 0,
        *,
        link_local: bool,
        extended: bool = False,
    ) -> bytes:
        """Return the next hop we tell a neighbor to use for us.

        It is our end of the session if that is of the family, else an address of the family on the same
        interface; for IPv6 the link-local address follows where the neighbor is on the link (RFC 2545 §3).
        Empty if the interface has no such address. ``extended`` lets the IPv6 end of the session serve IPv4
        prefixes as well (RFC 8950).
        """
        if extended and len(local_address) == IPV6_UNICAST.address_octets:
            family = IPV6_UNICAST
        interface = self._interfaces.get(self.interface_of(local_address, link))
        on_interface = list(interface.addresses_of(family)) if interface is not None else []
        address = local_address
        if len(local_address) != family.address_octets or is_link_local(local_address):
            routable = [row.address for row in on_interface if not is_link_local(row.address)]
            address = routable[0] if routable else b""
        if family is not IPV6_UNICAST or not link_local:
            return address
        on_link = [row.address for row in on_interface if is_link_local(row.address)]
        # A session between link-local addresses may have nothing else to offer.
        return b"".join([address or local_address, *on_link[:1]]) if address or on_link else b""
