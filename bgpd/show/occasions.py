"""The occasions on which a filter is asked about a route: as it comes in, in the table, on its way out.

The real ingress and egress are run, with another filter in the place of theirs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from bgpd.protocols.protocol import Protocol
from bgpd.show.followers import OVER_ITSELF, OWN_ROUTE, Neighbor
from bgpd.show.view import Daemon
from messages.families.prefix import PrefixKey
from rib.egress import GroupKey, Withheld, egress
from rib.ingress import Ingress
from rib.outgoing import may_hear
from rib.policy import Policy
from rib.route import Refusal, Route, Source
from rib.table import Table

_MOST_NAMED: Final = 3
"""Neighbors of one audience whose names stand in the text."""
_AFTER_THE_FILTER: Final = {Refusal.IMPORT_FILTER, Refusal.UNRESOLVABLE}


class Occasion(NamedTuple):
    """One way in which a route gets to a filter."""

    words: str
    """What is said of it."""
    ask: Callable[[Policy], str]
    """Let the route come to a filter; returns what the RFCs have against it, before or after that."""
    received: bool = False
    """Whether it is taken as it came, before any import filter."""
    neighbors: Sequence[str] | None = None
    """Who would be sent the route, if it is on its way out."""


Audiences = Mapping[GroupKey, Mapping[str, Source]]
"""Neighbors by name, together if an export filter is given the same for them."""


def audiences(daemon: Daemon, table: Table, is_meant: Callable[[Protocol, GroupKey], bool]) -> Audiences:
    """Return the neighbors that are sent routes of a table, as far as they are meant."""
    found: dict[GroupKey, dict[str, Source]] = {}
    for protocol in daemon.protocols.values():
        attached = protocol.attachment(table.family) if isinstance(protocol, Neighbor) else None
        if attached is None or protocol.table != table.name:
            continue
        group, member = attached
        if is_meant(protocol, group.key):
            what_is_sent = replace(group.key, paths=1, limited=None)
            found.setdefault(what_is_sent, {})[protocol.name] = member.source
    return found


def as_received(daemon: Daemon, table: Table, route: Route, key: PrefixKey) -> Occasion:
    """Take a route as its neighbor sent it."""
    neighbor: object = daemon.protocols.get(route.source.name)
    attached = neighbor.attachment(table.family) if isinstance(neighbor, Neighbor) else None
    if isinstance(neighbor, Neighbor) and attached is not None and attached[1].source is route.source:
        ask = partial(_ask_on_arrival, partial(neighbor.entrance, table.family), route, key)
    else:
        came = Route(route.source, route.received, route.destination, route.since)
        ask = partial(_ask_plainly, came, key)
    return Occasion("as received", ask, received=True)


def as_in_table(route: Route, key: PrefixKey) -> Occasion:
    """Take a route as the table has it: kernel tables and pipes do."""
    return Occasion("as it is in the table", partial(_ask_plainly, route, key))


def on_the_way_out(meant: Audiences, route: Route, key: PrefixKey) -> Iterator[Occasion]:
    """Take a route as it is prepared for each audience; one that is only its own source comes as well."""
    for what_is_sent, members in meant.items():
        hearing = [name for name, member in members.items() if may_hear(member, route)]
        names = hearing or list(members)
        text = f"on its way to {', '.join(names[:_MOST_NAMED])}"
        more = len(names) - _MOST_NAMED
        words = f"{text} and {more} more" if more > 0 else text
        reason = "" if hearing else _why_untold(route, members[names[0]])
        yield Occasion(
            words, partial(_ask_on_leaving, what_is_sent, route, key, reason), neighbors=tuple(names)
        )


def _why_untold(route: Route, member: Source) -> str:
    return (OWN_ROUTE if route.source is member else OVER_ITSELF).text


def _ask_plainly(route: Route, key: PrefixKey, policy: Policy) -> str:
    policy.judge(route, route.attributes, key)
    return ""


def _ask_on_arrival(
    entrance: Callable[[Policy], Ingress], route: Route, key: PrefixKey, policy: Policy
) -> str:
    ((again, _),) = entrance(policy).routes(route.received, [key], route.since)
    return "" if again.refusal is None or again.refusal in _AFTER_THE_FILTER else again.refusal.value


def _ask_on_leaving(what_is_sent: GroupKey, route: Route, key: PrefixKey, reason: str, policy: Policy) -> str:
    if route.refusal is not None:
        return route.refusal.value
    if reason:
        return reason
    outcome = egress(replace(what_is_sent, policy=policy), route, key)
    return outcome.value if isinstance(outcome, Withheld) and outcome is not Withheld.EXPORT_FILTER else ""
