"""What has to be true of a network at rest; whatever is not raises DisagreementError."""

from collections import Counter
from collections.abc import Iterable, Iterator

from messages.attribute_set import AttributeSet
from messages.families.prefix import PrefixKey, render_prefix
from rib.route import Refusal, Route, Source
from rib.slot import Path
from tests.rib.oracle import ordered_as_the_rfc_words_it, select_as_the_rfc_words_it
from tests.simulator.adj_rib_in import candidates
from tests.simulator.adj_rib_out import told
from tests.simulator.heard import Heard, HeardKey
from tests.simulator.laid_pipe import arrived
from tests.simulator.neighbor import Neighbor
from tests.simulator.network import Link, Network
from tests.simulator.speaker import Speaker, is_alike
from tests.simulator.terms import ALL_PATHS

Fact = tuple[str, int, bytes, Refusal | None, object, int, int]
"""What a route is: source, identifier, octets, refusal, destination, metric and preference."""


class DisagreementError(AssertionError):
    """The RIB is not what the RFCs make of what was said."""


def check(network: Network) -> None:
    """Look at every speaker and at both ends of every link."""
    for speaker in network.speakers:
        check_speaker(speaker)
    for link in network.links:
        _check_link(network, link)


def check_paused(network: Network) -> None:
    """Look at all but those who wait: for a session, or with what they have to say (RFC 4724)."""
    for speaker in network.speakers:
        _check_inside(speaker)
    for link in network.links:
        if link.has_session and not any(end.member.is_held for end in link.ends):
            _check_link(network, link)


def _check_link(network: Network, link: Link) -> None:
    here, there = link.ends
    check_told(network.speakers[here.us.number], here, there.heard)
    check_told(network.speakers[there.us.number], there, here.heard)


def check_speaker(speaker: Speaker) -> None:
    """Look at what a speaker has made of what it heard."""
    _check_at_rest(speaker)
    _check_inside(speaker)


def _check_inside(speaker: Speaker) -> None:
    if speaker.table.unsettled:
        _disagree(speaker, None, f"{speaker.table.unsettled} dirty keys", "none")
    _check_table(speaker)
    _check_counters(speaker)
    _check_followers(speaker)
    _check_pipe(speaker)


def _disagree(speaker: Speaker, key: PrefixKey | None, found: object, expected: object) -> None:
    where = speaker.identity.name + (f", {render_prefix(key, speaker.family)}" if key else "")
    raise DisagreementError(f"{where}: there is {found}, and should be {expected}")


def _check_at_rest(speaker: Speaker) -> None:
    """Nobody has a backlog, or is waited for."""
    if speaker.is_recovering:
        _disagree(speaker, None, "a restart that is not over", "none")
    for neighbor in speaker.neighbors:
        if not neighbor.is_up or neighbor.member.backlog is not None:
            _disagree(speaker, None, f"a backlog for {neighbor.name}, or no session", "neither")
        if neighbor.heard.ends_of_rib < 1:
            _disagree(speaker, None, f"{neighbor.heard.ends_of_rib} End-of-RIB from {neighbor.name}", "one")
        if neighbor.away.stale.families:
            _disagree(speaker, None, f"stale routes of {neighbor.name}", "none")
        if not neighbor.is_reading:
            _disagree(speaker, None, f"{neighbor.name} waiting to be read from", "none such")


# -- what is in the table ------------------------------------------------------------------------------


def _fact(identifier: int, route: Route) -> Fact:
    return (
        route.source.name,
        identifier,
        route.attributes.wire,
        route.refusal,
        route.destination,
        route.igp_metric,
        route.preference,
    )


def _check_table(speaker: Speaker) -> None:
    """Every slot holds what was said, and the winner is the one that the RFCs select."""
    made: dict[PrefixKey, list[tuple[int, Route]]] = {}
    for key, identifier, route in candidates(speaker):
        made.setdefault(key, []).append((identifier, route))
    table, rules = speaker.table, speaker.identity.rules
    for key in made.keys() | table.slots.keys():
        said = Counter(_fact(identifier, route) for identifier, route in made.get(key, ()))
        held = Counter(_fact(path.identifier, path.route) for path in table.paths(key))
        if said != held:
            _disagree(speaker, key, held - said, said - held)
        best = table.best(key)
        wanted = select_as_the_rfc_words_it((route for _, route in made.get(key, ())), rules)
        if _outcome(best) != _outcome(wanted):
            _disagree(speaker, key, _outcome(best), _outcome(wanted))


def _outcome(route: Route | None) -> Fact | None:
    return None if route is None else _fact(0, route)


def _check_counters(speaker: Speaker) -> None:
    """Each source's counters are what a count gives."""
    table = speaker.table
    sources: list[Source] = [speaker.own, *(neighbor.source for neighbor in speaker.neighbors)]
    routes = [route for key in table.slots for route in table.routes(key)]
    best = [route for key in table.slots if (route := table.best(key)) is not None]
    for source in sources:
        found = (source.routes, source.filtered, source.preferred)
        counted = (
            sum(route.source is source for route in routes),
            sum(route.source is source and route.is_filtered for route in routes),
            sum(route.source is source for route in best),
        )
        if found != counted:
            _disagree(speaker, None, f"{source} with counters {found}", counted)


def _check_followers(speaker: Speaker) -> None:
    """Who only sees the changes of best routes, as the kernel, knows every best route."""
    for key in speaker.table.slots.keys() | speaker.followed.keys():
        best, known = speaker.table.best(key), speaker.followed.get(key)
        if not is_alike(known, best):
            _disagree(speaker, key, f"a follower that knows {known}", best)


def _check_pipe(speaker: Speaker) -> None:
    """The other table has what gets through the pipe, and its best route is the one that is to be."""
    pipe = speaker.pipe
    if pipe is None:
        return
    if pipe.target.table.unsettled:
        _disagree(speaker, None, f"{pipe.target.table.unsettled} dirty keys behind the pipe", "none")
    for key in speaker.table.slots.keys() | pipe.target.table.slots.keys():
        wanted = sorted(pipe.brought(key))
        found = sorted(map(arrived, pipe.target.table.routes(key)))
        if wanted != found:
            _disagree(speaker, key, f"{found} behind the pipe", wanted)
        best = select_as_the_rfc_words_it(pipe.target.table.routes(key), speaker.identity.rules)
        if _outcome(pipe.target.table.best(key)) != _outcome(best):
            _disagree(speaker, key, f"{pipe.target.table.best(key)} as the best behind the pipe", best)


# -- what was sent -------------------------------------------------------------------------------------


class _Audience:
    """What a neighbor is told of each route, worked out once per route and prefix."""

    def __init__(self, speaker: Speaker, neighbor: Neighbor) -> None:
        self._speaker = speaker
        self._neighbor = neighbor
        self._told: dict[tuple[Route, PrefixKey], AttributeSet | None] = {}

    def told(self, route: Route, key: PrefixKey) -> AttributeSet | None:
        """Return the attributes with which the neighbor is told of a route if it is not its own."""
        if (route, key) not in self._told:
            self._told[route, key] = told(self._neighbor, route, key)
        return self._told[route, key]

    def everything(self) -> Iterator[tuple[HeardKey, AttributeSet]]:
        """Derive the Adj-RIB-Out (RFC 4271 §9.1.3)."""
        for key in self._speaker.table.slots:
            for identifier, route in self._considered(key):
                attributes = self.told(route, key)
                if attributes is not None and route.source is not self._neighbor.source:
                    yield (key, identifier), attributes

    def _considered(self, key: PrefixKey) -> Iterable[tuple[int | None, Route]]:
        """Return the routes that are candidates for the neighbor: the best, or with ADD-PATH several."""
        table = self._speaker.table
        if not self._neighbor.context.add_path_send:
            best = table.best(key)
            return [] if best is None else [(None, best)]
        paths = [path for path in table.paths(key) if path.route.refusal is None]
        if len({path.sent for path in paths}) < len(paths):
            _disagree(self._speaker, key, paths, "paths with different identifiers")
        shown = [path for path in paths if self.told(path.route, key) is not None]
        most = self._neighbor.terms.sends_paths
        if most == ALL_PATHS:
            return [(path.sent, path.route) for path in shown]
        return _best_paths(self._speaker, shown, most)


def check_told(speaker: Speaker, neighbor: Neighbor, heard: Heard) -> None:
    """The other end holds what it is to be told, by path identifier if it takes several paths."""
    expected = dict(_Audience(speaker, neighbor).everything())
    found = heard.routes
    for heard_key in expected.keys() | found.keys():
        wanted, has = expected.get(heard_key), found.get(heard_key)
        if (wanted and wanted.wire) != (has and has.wire):
            name = f"{neighbor.name} told {heard_key[1]} {has}"
            _disagree(speaker, heard_key[0], name, wanted)


def _best_paths(speaker: Speaker, paths: list[Path], most: int) -> list[tuple[int | None, Route]]:
    """Return the best of the paths; two can have one Route.

    One that is the neighbor's own has its place among them, though it is not sent back.
    """
    left = paths.copy()
    chosen: list[tuple[int | None, Route]] = []
    while left and len(chosen) < most:
        best = ordered_as_the_rfc_words_it([path.route for path in left], speaker.identity.rules)[0]
        path = next(path for path in left if path.route is best)
        left.remove(path)
        chosen.append((path.sent, path.route))
    return chosen
