"""The rules between the values of one neighbor."""

from collections.abc import Iterator

from bgpd.config import effective
from bgpd.config.addresses import family_name
from bgpd.config.authentication import TcpAo
from bgpd.config.faults import Complaints, Fault, KeyPath, at
from bgpd.config.fields import allowed_values, is_set, keys_of
from bgpd.config.neighbors import Neighbor
from bgpd.config.passwords import PasswordFileError, read_password
from bgpd.config.wording import quoted


def check_neighbor(path: KeyPath, neighbor: Neighbor) -> Iterator[Fault]:
    """Find what is wrong between the values of one neighbor, whatever the AS of this router."""
    yield from at(path, _neighbor(neighbor))
    if neighbor.tcp_ao is not None:
        yield from at((*path, "tcp_ao"), _secret(neighbor.tcp_ao))


def _neighbor(neighbor: Neighbor) -> Complaints:
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
    yield from _families(neighbor)
    yield from _route_server(neighbor)
    yield from _paths(neighbor)


def _paths(neighbor: Neighbor) -> Complaints:
    if neighbor.send_paths != "all" and neighbor.add_paths not in {"send", "both"}:
        yield "send_paths", 'needs add_paths = "send" or "both"; write that or leave it out'
    limit = neighbor.max_prefixes
    if limit is not None and limit.imported is limit.received is limit.exported is None:
        yield "max_prefixes", "there is no limit in it; write import, receive or export"


def _route_server(neighbor: Neighbor) -> Complaints:
    """A route server passes on what it received as it is (RFC 7947 §2.2)."""
    if not neighbor.route_server_client:
        return
    for key in ("as_override", "remove_private_as", "prepend", "local_asn_mode"):
        if is_set(neighbor, key):
            yield key, "a route server leaves the AS_PATH as it is (RFC 7947 §2.2.2); leave it out"
    if neighbor.next_hop == "self":
        yield "next_hop", 'a route server leaves it as it is (RFC 7947 §2.2.1); leave it out or write "keep"'
    if neighbor.role not in {None, "rs-server"}:
        yield "role", f'{quoted(str(neighbor.role))} does not fit route_server_client; write "rs-server"'


def _families(neighbor: Neighbor) -> Complaints:
    families = effective.families(neighbor)
    if len(set(families)) != len(families):
        yield "families", "a family is listed twice; write each once"
    if neighbor.extended_next_hop and "ipv4" not in families:
        yield "extended_next_hop", 'true is about IPv4 routes; write "ipv4" in families or leave it out'


def _capabilities(neighbor: Neighbor) -> Complaints:
    if neighbor.long_lived_graceful_restart == "full" and neighbor.graceful_restart == "off":
        yield (
            "long_lived_graceful_restart",
            '"full" needs graceful restart (RFC 9494 §4.1); write graceful_restart = "helper" or "full"',
        )
    if neighbor.strict_role and neighbor.role is None:
        yield "strict_role", "true needs a role; write role or leave it out"
    if neighbor.capabilities:
        return
    for key in ("role", "require_capabilities", "add_paths", "extended_next_hop"):
        if is_set(neighbor, key) and getattr(neighbor, key):
            yield key, "needs capabilities, and capabilities = false announces none; leave one of them out"
    if set(effective.families(neighbor)) != {"ipv4"}:
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
