"""The rules that concern more than one value.

They run over whatever can be read, so that one wrong value does not hide the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network
from typing import Final, TypeVar

from pydantic import ValidationError

from bgpd.config import effective
from bgpd.config.addresses import family_name, is_link_local
from bgpd.config.authentication import TcpAo
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.fields import allowed_values, keys_of
from bgpd.config.neighbors import Neighbor
from bgpd.config.passwords import PasswordFileError, read_password
from bgpd.config.router import Router
from bgpd.config.section import Section
from bgpd.config.static import StaticNextHop, StaticRoute
from bgpd.config.wording import quoted

S = TypeVar("S", bound=Section)
Complaints = Iterator[tuple[str, str]]
"""The key to blame, and the message."""


def check(data: Mapping[str, object]) -> Iterator[Fault]:
    """Find what is wrong between values that are right in themselves."""
    neighbors = list(_readable(Neighbor, data.get("neighbors")))
    statics = list(_readable(StaticRoute, data.get("static")))
    yield from _duplicates("neighbors", neighbors, "name", lambda neighbor: neighbor.name)
    yield from _duplicates("neighbors", neighbors, "address", _connection)
    yield from _duplicates("neighbors", neighbors, "range", _range)
    yield from _unsigned_in_range(neighbors)
    yield from _duplicates("static", statics, "prefix", lambda route: route.prefix)
    for position, neighbor in neighbors:
        yield from _at(("neighbors", position), _neighbor_alone(neighbor))
        if neighbor.tcp_ao is not None:
            yield from _at(("neighbors", position, "tcp_ao"), _secret(neighbor.tcp_ao))
    for position, route in statics:
        yield from _static(("static", position), route)
    try:
        router = Router.model_validate(data.get("router", {}))
    except ValidationError:
        return
    yield from _router(router)
    for position, neighbor in neighbors:
        yield from _at(("neighbors", position), _neighbor_and_router(neighbor, router))


def _readable(section: type[S], rows: object) -> Iterator[tuple[int, S]]:
    """Yield the items of a list that are right in themselves; the others are reported elsewhere."""
    for position, row in enumerate(rows if isinstance(rows, list) else ()):
        try:
            yield position, section.model_validate(row)
        except ValidationError:
            continue


def _at(path: KeyPath, complaints: Complaints) -> Iterator[Fault]:
    yield from (Fault((*path, key), message) for key, message in complaints)


def _duplicates(
    section: str, rows: Iterable[tuple[int, S]], key: str, identity: Callable[[S], object]
) -> Iterator[Fault]:
    first: dict[object, int] = {}
    for position, row in rows:
        value = identity(row)
        if value is not None and first.setdefault(value, position) != position:
            written = quoted(str(getattr(row, key)))
            ordinal = first[value] + 1
            yield Fault(
                (section, position, key),
                f"{written} is taken by number {ordinal} of this list; {_DIFFERENTLY[key]}",
            )


_DIFFERENTLY: Final = {
    "name": "write another name",
    "address": "remove one of the two, or give them different ports or source addresses",
    "range": "remove one of the two",
    "prefix": "write one route with several nexthops, or remove one of the two",
}


def _connection(neighbor: Neighbor) -> tuple[object, ...] | None:
    if neighbor.address is None:
        return None
    return neighbor.address, neighbor.port, neighbor.source_address, neighbor.device


def _range(neighbor: Neighbor) -> tuple[object, ...] | None:
    return None if neighbor.range is None else (neighbor.range, neighbor.device)


def _unsigned_in_range(neighbors: Iterable[tuple[int, Neighbor]]) -> Iterator[Fault]:
    """The kernel expects a signature from every address of a range that has a password."""
    neighbors = list(neighbors)
    signed = [
        (ip_network(other.range), other.device)
        for _, other in neighbors
        if other.range is not None and _has_key(other)
    ]
    for position, neighbor in neighbors:
        if neighbor.address is None or _has_key(neighbor):
            continue
        host = ip_address(neighbor.address.partition("%")[0])
        for network, device in signed:
            if host in network and device == neighbor.device:
                yield Fault(
                    ("neighbors", position, "address"),
                    f"{quoted(neighbor.address)} is in the range {network}, which has a password; "
                    "write a password for this neighbor, too",
                )


def _has_key(neighbor: Neighbor) -> bool:
    return any(key is not None for key in (neighbor.password, neighbor.password_file, neighbor.tcp_ao))


def _router(router: Router) -> Iterator[Fault]:
    for position, address in enumerate(router.listen):
        if address in router.listen[:position]:
            yield Fault(("router", "listen", position), f"{quoted(address)} is listed twice; remove one")


def _neighbor_alone(neighbor: Neighbor) -> Complaints:
    """Check what does not depend on the AS of this router."""
    yield from _timers(neighbor)
    if neighbor.address is None and neighbor.range is None:
        yield "address", f"missing; write {allowed_values(keys_of(Neighbor)['address'])}, or a range"
    elif neighbor.address is not None and neighbor.range is not None:
        yield "range", "there is an address as well; write only one of the two"
    else:
        yield from _addresses(neighbor)
    yield from _authentication(neighbor)
    if neighbor.range is not None and neighbor.source_address is not None:
        yield "source_address", "neighbors of a range choose the address they connect to; leave it out"
    yield from _capabilities(neighbor)


def _capabilities(neighbor: Neighbor) -> Complaints:
    if neighbor.strict_role and neighbor.role is None:
        yield "strict_role", "true needs a role; write role or leave it out"
    if neighbor.capabilities:
        return
    for key in ("role", "require_capabilities"):
        if getattr(neighbor, key):
            yield key, "needs capabilities, and capabilities = false announces none; leave one of them out"
    host = neighbor.address or neighbor.range or ""
    if set(neighbor.families or (family_name(host),)) != {"ipv4"}:
        yield "families", 'without capabilities only ["ipv4"] can be spoken (RFC 4760 §8)'


def _timers(neighbor: Neighbor) -> Complaints:
    keepalive = neighbor.keepalive_time
    if keepalive is not None and keepalive >= neighbor.hold_time:
        remedy = "leave it out" if not neighbor.hold_time else f"write less than {neighbor.hold_time}"
        yield "keepalive_time", f"{keepalive} is too long for hold_time = {neighbor.hold_time}; {remedy}"
    first, last = neighbor.error_wait
    if first > last:
        yield "error_wait", f"the first of [{first}, {last}] is above the second; write the smaller one first"

    send_hold = neighbor.send_hold_time
    if send_hold is not None and send_hold <= neighbor.hold_time:
        yield (
            "send_hold_time",
            f"{send_hold} is too short for hold_time = {neighbor.hold_time} (RFC 9687 §3.1); write more",
        )


def _addresses(neighbor: Neighbor) -> Complaints:
    written = neighbor.address or neighbor.range or ""
    host = written.partition("%")[0]
    source = neighbor.source_address
    if source is not None and family_name(source) != family_name(host):
        yield (
            "source_address",
            (
                f"{quoted(source)} is not of the family of {written}; "
                f"write an address of the family {family_name(host)}"
            ),
        )
    if source is not None and source == host:
        yield "source_address", f"{quoted(source)} is the neighbor's own address; write one of this host"
    if neighbor.families and len(set(neighbor.families)) != len(neighbor.families):
        yield "families", "a family is listed twice; write each once"


def _authentication(neighbor: Neighbor) -> Complaints:
    yield from _secret(neighbor)
    key = neighbor.tcp_ao
    if key is None:
        return
    if neighbor.password is not None or neighbor.password_file is not None:
        yield "tcp_ao", "there is a password as well; write only one of the two (RFC 5925 §1)"
    if key.password is None and key.password_file is None:
        yield "tcp_ao", "it has no password; write password or password_file in it"


def _secret(holder: Neighbor | TcpAo) -> Complaints:
    if holder.password_file is None:
        return
    if holder.password is not None:
        yield "password_file", "there is a password as well; write only one of the two"
        return
    try:
        read_password(holder.password_file)
    except PasswordFileError as error:
        yield "password_file", f"{quoted(holder.password_file)}: {error}"


def _neighbor_and_router(neighbor: Neighbor, router: Router) -> Complaints:
    """Check what depends on the router's settings, above all on which side of the AS border it is."""
    hops = effective.multihop(neighbor, router)
    if hops and "%" in (neighbor.address or ""):
        yield "multihop", f"{hops} is not allowed for a link-local address; write 0 or leave it out"
    elif hops and neighbor.gateway == "direct":
        yield (
            "gateway",
            (
                f'"direct" is not allowed for a neighbor up to {hops} hops away; '
                'write "recursive", or multihop = 0 if the neighbor is on a connected network'
            ),
        )
    if neighbor.role is not None and not effective.is_external(neighbor, router):
        yield "role", "an internal neighbor has none (RFC 9234 §4); leave it out"
    if neighbor.passive and not router.listen:
        yield (
            "passive",
            "true is not allowed with listen = [] in [router]; write false or addresses to listen on",
        )
    if neighbor.range is not None and not router.listen:
        yield (
            "range",
            "neighbors cannot connect with listen = [] in [router]; write addresses to listen on there",
        )


def _static(path: KeyPath, route: StaticRoute) -> Iterator[Fault]:
    destinations = [
        key for key in ("blackhole", "unreachable", "prohibit", "nexthops") if getattr(route, key)
    ]
    if route.via is not None or route.dev is not None:
        destinations.append("via" if route.via is not None else "dev")
    if len(destinations) != 1:
        what = " and ".join(destinations) or "none"
        yield Fault(
            (*path, destinations[-1] if destinations else "prefix"), f"{_DESTINATIONS}; there is {what}"
        )
    hop = StaticNextHop(via=route.via, dev=route.dev, onlink=route.onlink)
    if route.onlink or route.via is not None:
        yield from _at(path, _next_hop(hop, route.prefix))
    for position, hop in enumerate(route.nexthops):
        yield from _at((*path, "nexthops", position), _next_hop(hop, route.prefix))


_DESTINATIONS: Final = (
    "a static route has exactly one of blackhole, unreachable, prohibit, via and dev, nexthops"
)


def _next_hop(hop: StaticNextHop, prefix: str) -> Complaints:
    family = family_name(prefix)
    if hop.via is None and hop.dev is None:
        yield "via", "a next hop has neither via nor dev; write at least one"
    elif hop.onlink and (hop.via is None or hop.dev is None):
        yield "onlink", "true needs both via and dev; write them or leave it out"
    if hop.via is None:
        return
    if family_name(hop.via) != family:
        yield (
            "via",
            f"{quoted(hop.via)} is not of the family of {prefix}; write an address of the family {family}",
        )
    elif is_link_local(hop.via) and hop.dev is None:
        yield "via", f"{quoted(hop.via)} is link-local; write its interface as dev"
