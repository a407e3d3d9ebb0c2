"""The way a route has come, followed back from speaker to speaker: it is no circle."""

from messages.attributes import AS_PATH, CLUSTER_LIST, ORIGINATOR_ID, AsPath
from messages.families.prefix import PrefixKey, render_prefix
from rib.route import Route, SourceKind
from tests.simulator.network import Network
from tests.simulator.speaker import Speaker


class LoopError(AssertionError):
    """A route has come back to where it was, or nobody is where it came from."""


def check_ways(network: Network) -> None:
    """Follow every best route, and look for loops in what it carries."""
    for speaker in network.speakers:
        for key in speaker.table.slots:
            best = speaker.table.best(key)
            if best is not None:
                _check_marks(speaker, best)
                _follow(network, speaker, key, best)


def _check_marks(speaker: Speaker, best: Route) -> None:
    """RFC 4271 §9.1.2, RFC 4456 §8: nobody uses what went through it."""
    us, attributes = speaker.identity, best.attributes
    if best.source.kind is not SourceKind.BGP:
        return
    path = attributes.get(AS_PATH, AsPath.EMPTY)
    clusters = attributes.get(CLUSTER_LIST, ())
    if path.count(us.public_as) and not us.confederation_id:
        raise LoopError(f"{us.name} uses a route through its own AS: {path}")
    if attributes.get(ORIGINATOR_ID) == us.router_id:
        raise LoopError(f"{us.name} uses a route that it has begun")
    if len(set(clusters)) < len(clusters):
        raise LoopError(f"{us.name} uses a route that was twice in one cluster: {clusters}")
    if (us.cluster_id or us.router_id) in clusters:
        raise LoopError(f"{us.name} uses a route through its own cluster")


def _follow(network: Network, speaker: Speaker, key: PrefixKey, route: Route) -> None:
    """Go to where each route was sent from, which there is the best one, or one of several.

    A route server does not see itself in a path (RFC 7947 §2.2.2): with ADD-PATH a route may pass it twice.
    """
    visited: list[str] = []
    while route.source.kind is SourceKind.BGP:
        where = f"{speaker.identity.name} {render_prefix(key, speaker.family)}"
        if speaker.identity.name in visited:
            raise LoopError(f"{where} goes in a circle: {visited}")
        if not any(each.terms.is_route_server_client for each in speaker.neighbors):
            visited.append(speaker.identity.name)
        neighbor = next(each for each in speaker.neighbors if each.source is route.source)
        there = network.speakers[neighbor.them.number]
        before = _sent_from(neighbor.us.number, speaker, there, key, route)
        if before is None:
            raise LoopError(f"{where} was sent by {there.identity.name}, which has none")
        speaker, route = there, before


def _sent_from(receiver: int, here: Speaker, there: Speaker, key: PrefixKey, route: Route) -> Route | None:
    """Return the route of the sender that the receiver's was made of."""
    back = next(each for each in there.neighbors if each.them.number == receiver)
    if not back.context.add_path_send:
        return there.table.best(key)
    identifier = next(path.identifier for path in here.table.paths(key) if path.route is route)
    return next((path.route for path in there.table.paths(key) if path.sent == identifier), None)
