"""``protocol bgp``."""

from collections.abc import Iterable
from typing import Final

from bgpd.bird.translation import spelling
from bgpd.bird.translation.decision import SWITCHES
from bgpd.bird.translation.limits import write_limits
from bgpd.bird.translation.protocol import OF_ALL, Bounds, Protocol, Rules, is_off, is_on, is_written
from bgpd.bird.translation.timers import write_timers
from bgpd.bird.tree import Item, Local, Neighbor
from rib.filters.algebra.printing import render
from rib.filters.values import Address
from rib.next_hops import is_link_local

_USUAL_DISTANCE: Final = 64
"""Of internal neighbors."""
_OWN_AS: Final = Bounds(0, 255)
_METRICS: Final = Bounds(0, 0xFFFFFFFF)
_ADD_PATHS: Final = {True: "both", False: "off", "rx": "receive", "tx": "send"}

_RULES: Final[Rules] = {
    **OF_ALL,
    "check link": (is_on, "a session does not end with the carrier, but when its hold timer expires"),
    "bfd": (is_on, "BFD is not supported; a session ends when its hold timer expires"),
    "secondary": (is_on, "is not supported"),
    "igp table": (is_written, "next hops are looked up in the table of the protocol"),
    "missing lladdr": (lambda choice: choice != "self", "our own address is the next hop then"),
    "allow bgp_local_pref": (is_on, "external neighbors can't set LOCAL_PREF"),
    "enable route refresh": (is_off, "route refresh is always offered"),
    "enable as4": (is_off, "AS numbers of four octets are always offered"),
    "advertise ipv4": (is_off, "IPv4 is always announced as a family"),
    "interpret communities": (is_off, "well-known communities are always respected"),
    "disable after error": (is_on, "is not supported; the session is tried again"),
    "disable after cease": (is_on, "is not supported; the session is tried again"),
}
_DONE_ANYWAY: Final = ("setkey", "deterministic med")
"""The kernel is told of passwords, and MED compared in groups, whatever is said."""
_GRACEFUL_RESTART: Final = {True: "full", False: "off", "aware": "helper"}
_RESTART_TIMES: Final = Bounds(1, 0xFFF)
_STALE_TIMES: Final = Bounds(1, 0xFFFFFF)


def translate_session(protocol: Protocol) -> None:
    """Write one of ``[[neighbors]]``. What depends on the AS numbers is written out, as BIRD works it out."""
    table = protocol.table
    table.put("name", protocol.name, protocol.at)
    local = protocol.latest("local")
    neighbor = _neighbor(protocol)
    assert local is not None
    table.put("local_asn", local.value.asn, local.at)
    is_internal = local.value.asn == neighbor.value.asn
    table.put("asn", neighbor.value.asn, neighbor.at)
    table.put("address", render(neighbor.value.address), neighbor.at)
    _bind(protocol, neighbor)
    if neighbor.value.port is not None:
        table.put("port", neighbor.value.port, neighbor.at)
    _source_address(protocol)
    _reach(protocol, is_internal=is_internal)
    write_timers(protocol)
    _restart(protocol)
    _options(protocol)
    _exchange(protocol)
    _capabilities(protocol)
    _reflection(protocol, is_internal=is_internal)
    protocol.describe()
    protocol.ignore(*_DONE_ANYWAY, *SWITCHES)
    protocol.remark_all(_RULES)


def _neighbor(protocol: Protocol) -> Item:
    """Return what all statements about the neighbor say together."""
    items = protocol.every("neighbor")
    whole = Neighbor(None)
    for item in items:
        said = {key: value for key, value in item.value._asdict().items() if value is not None}
        whole = whole._replace(**said)
    with_address = next(item for item in items if item.value.address is not None)
    return with_address._replace(value=whole)


def _bind(protocol: Protocol, neighbor: Item) -> None:
    """Write the interface: behind a link-local address, which means nothing without it, or of its own."""
    interface = protocol.latest("interface", "neighbor", of=lambda value: _interface(value) is not None)
    address = neighbor.value.address
    if interface is None:
        interface = protocol.latest("vrf", of=is_on)
    elif is_link_local(address):
        scoped = f"{render(address)}%{_interface(interface.value)}"
        protocol.table.put("address", scoped, interface.at)
        return
    if interface is not None:
        protocol.table.put("device", _interface(interface.value), interface.at)


def _interface(said: str | Neighbor) -> str | None:
    return said.interface if isinstance(said, Neighbor) else said


def _source_address(protocol: Protocol) -> None:
    """Write our address, which ``local`` may say as well."""
    source = protocol.latest("source address", "local", of=lambda value: _own_address(value) is not None)
    if source is not None:
        protocol.table.put("source_address", render(_own_address(source.value)), source.at)


def _own_address(said: Address | Local) -> Address | None:
    return said.address if isinstance(said, Local) else said


def _reach(protocol: Protocol, *, is_internal: bool) -> None:
    """Write how far away the neighbor is, and how next hops are resolved because of that."""
    mode = protocol.latest("direct", "multihop")
    if mode is None:
        hops = _USUAL_DISTANCE if is_internal else 0
    else:
        hops = mode.value if mode.name == "multihop" else 0
    protocol.table.put("multihop", hops, (mode or protocol).at)
    protocol.table.put("gateway", "recursive" if hops else "direct", protocol.at)
    protocol.copy("gateway", "gateway")
    protocol.copy("ttl security", "ttl_security")


def _restart(protocol: Protocol) -> None:
    """Write what becomes of routes when one of the two restarts."""
    protocol.copy("graceful restart", "graceful_restart", _GRACEFUL_RESTART.__getitem__)
    protocol.number("graceful restart time", "graceful_restart_time", _RESTART_TIMES)
    protocol.copy("long lived graceful restart", "long_lived_graceful_restart", _GRACEFUL_RESTART.__getitem__)
    protocol.number("long lived stale time", "long_lived_stale_time", _STALE_TIMES)
    protocol.table.put("graceful_restart_notification", False)  # BIRD does not know it


def _options(protocol: Protocol) -> None:
    """Write what needs no thought."""
    password = protocol.latest("password", of=is_on)
    if password is not None:
        protocol.table.put("password", spelling.octets(password.value), password.at)
    protocol.copy("passive", "passive")
    protocol.copy("disabled", "shutdown")
    router_id = protocol.latest("router id", of=is_on)
    if router_id is not None:
        protocol.table.put("router_id", spelling.dotted(router_id.value), router_id.at)


def _exchange(protocol: Protocol) -> None:
    """Write which routes are exchanged, and what they become. BIRD asks for no policy (RFC 8212)."""
    protocol.table.put("ebgp_requires_policy", False)
    protocol.policy("import", default="all")
    protocol.policy("export", default="none")
    for key in ("table", "preference"):
        protocol.copy(key, key)
    protocol.table.put("keep_filtered", False)
    protocol.copy("import keep filtered", "keep_filtered")
    write_limits(protocol)
    protocol.copy("next hop", "next_hop")
    protocol.number("default bgp_med", "default_med", _METRICS)
    protocol.number("default bgp_local_pref", "default_local_pref", _METRICS)
    own_as = protocol.latest("allow local as")
    if own_as is not None:
        count = _OWN_AS.highest if own_as.value is None else own_as.value
        protocol.table.put("allow_local_as", protocol.bounded(own_as, count, _OWN_AS), own_as.at)


def _capabilities(protocol: Protocol) -> None:
    """Write what is offered; without capabilities nothing is, and IPv6 can't be without."""
    protocol.table.put("extended_messages", False)
    protocol.copy("enable extended messages", "extended_messages")
    paths = protocol.latest("add paths")
    offer = protocol.latest("capabilities")
    if offer is not None and not offer.value:
        if protocol.part.family == "ipv4":
            protocol.table.put("capabilities", False, offer.at)
            return
        protocol.remark(offer, "IPv6 routes can't be exchanged without")
    if paths is not None:
        protocol.table.put("add_paths", _ADD_PATHS[paths.value], paths.at)


def _reflection(protocol: Protocol, *, is_internal: bool) -> None:
    """Write what a route reflector or a route server does for its clients."""
    cluster = protocol.latest("rr cluster id")
    if is_internal:
        protocol.copy("rr client", "route_reflector_client")
        if cluster is not None and cluster.value:
            protocol.table.put("cluster_id", spelling.dotted(cluster.value), cluster.at)
    else:
        protocol.copy("rs client", "route_server_client")
    next_hop = protocol.latest("next hop")
    if next_hop is not None and next_hop.value == "self" and protocol.value("rs client"):
        protocol.remark(next_hop, "a route server leaves next hops as they are")
        protocol.table.put("next_hop", "auto", next_hop.at)
    protocol.ignore("rr client", "rs client")


def shut_twins_down(sessions: Iterable[Protocol]) -> None:
    """Leave one session to each neighbor: BIRD would try all of them, and the neighbor accept one."""
    first: dict[tuple[object, ...], str] = {}
    for protocol in sessions:
        keys = protocol.table.keys
        connection = tuple(keys.get(key) for key in ("address", "port", "source_address", "device"))
        if keys.get("shutdown"):
            continue
        owner = first.setdefault(connection, protocol.name)
        if owner != protocol.name:
            reason = f"{owner} has the same neighbor"
            protocol.draft.remark(protocol.at, f"protocol bgp {protocol.name}: {reason}, so it is shut down")
            protocol.table.put("shutdown", reason, protocol.at)
