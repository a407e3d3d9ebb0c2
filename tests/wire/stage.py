"""The stage: a daemon, the neighbors that watch it, and the one that plays a case."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import TracebackType
from typing import Final, Self

from tests.interop.lab import Lab
from tests.interop.routers.router import Router, RouterConfig
from tests.interop.waiting import eventually
from tests.wire import octets
from tests.wire.case import INTERNAL, Case, Moment, Then
from tests.wire.decoder import capabilities
from tests.wire.judging import MARKS, Routes, Verdict, difference, is_served, judge_end
from tests.wire.octets import (
    BYSTANDER,
    BYSTANDER6,
    IPV4,
    IPV6,
    NEXT_HOP,
    OLD,
    ORIGIN,
    ROUTER,
    SERVED,
    TARGET,
    TARGET6,
    as_path,
    attribute,
    four_octet_as,
    mp_reach,
    opening,
    parameter,
    prefix,
    sequence,
    update,
)
from tests.wire.routers import IMPATIENT, NETWORKS, OBSERVER_ASNS, OBSERVERS, address_of, neighbors
from tests.wire.speaker import Observer, SessionEndedError, Speaker

_SECONDS: Final = 5.0
_ESCAPE: Final = 1.5
"""How long a session may live on that has to end."""


class Stage:
    """A daemon for all cases; a context manager."""

    def __init__(self, router: type[Router], cases: tuple[Case, ...]) -> None:
        self.cases = cases
        self.numbers = {each.name: number for number, each in enumerate(cases)}
        self._router = router
        self._lab = Lab()
        self._observers: dict[str, Observer] = {}
        self._home: set[str] = set()
        """What the daemon tells of without any case; ours tells of its own networks."""

    def __enter__(self) -> Self:
        with ExitStack() as cleaning:
            lab = cleaning.enter_context(self._lab)
            router, self._theater = lab.host("router"), lab.host("theater")
            lab.link(router, self._theater, v4="198.18.0.0/16", v6="fd00:18::/64")
            for network in NETWORKS:  # all these addresses are the theater's
                self._theater.ip("route", "add", "local", network, "dev", "lo")
            told = list(neighbors(self._router, self.cases))
            extra = IMPATIENT.get(self._router, ())
            config = RouterConfig(asn=octets.LOCAL_ASN, router_id=ROUTER, neighbors=told, extra=extra)
            self.daemon = self._router(router, config).start()
            self._watch()
            cleaning.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for observer in self._observers.values():
            observer.__exit__()
        self._lab.__exit__(kind, error, trace)

    def fail(self) -> None:
        """Have the logs shown at the end."""
        self._lab.failed = True

    def _watch(self) -> None:
        """Let the observers in."""
        offers = {
            "external": IPV4 + IPV6 + four_octet_as(OBSERVER_ASNS["external"]),
            "internal": IPV4 + IPV6 + four_octet_as(OBSERVER_ASNS["internal"]),
            "old": IPV4,
        }
        for name, local in OBSERVERS.items():
            says = opening(
                OBSERVER_ASNS[name],
                hold_time=0,
                router_id=local,
                parameters=parameter(2, offers[name]),
            )
            self._observers[name] = eventually(partial(self._observer, local, says))
        asn = OBSERVER_ASNS["external"]
        self._observers["external"].send(
            update(ORIGIN, as_path(sequence(asn)), NEXT_HOP, nlri=prefix(SERVED))
        )
        eventually(lambda: all(SERVED in self._held()[name] for name in ("internal", "old")))
        self._home = {prefix for routes in self._held().values() for prefix in routes} | {SERVED}

    def _observer(self, local: str, says: bytes) -> Observer:
        try:
            return Observer(self._theater, local, says)
        except (SessionEndedError, OSError) as error:
            raise AssertionError(f"no session from {local}: {error}") from None

    # Playing

    def play(self, each: Case) -> Verdict:
        """Play a case, and leave the daemon as it was before."""
        try:
            with Speaker(self._theater, address_of(self.numbers[each.name])) as speaker:
                verdict = self._play(each, speaker)
            if not self._settle(self._quiet):
                return Verdict(False, f"{verdict.story}; routes stay: {self._strangers()}")
            return verdict
        except SessionEndedError as error:
            return Verdict(False, str(error))
        except OSError as error:
            return Verdict(False, f"no connection: {error}")

    @contextmanager
    def session(self, each: Case) -> Iterator[Speaker]:
        """A session of the neighbor of a case, its good routes announced."""
        with Speaker(self._theater, address_of(self.numbers[each.name])) as speaker:
            self._establish(each, speaker)
            yield speaker

    def mark(self, each: Case, speaker: Speaker, text: str) -> bool:
        """Announce a route and wait until it has come to all: then so has what was said before it."""
        speaker.send(good_route(each, text))
        return self._settle(partial(self._all_hold, each, text), speaker)

    def _play(self, each: Case, speaker: Speaker) -> Verdict:
        offered = {code for code, _ in capabilities(speaker.await_message(octets.OPEN))}
        if not each.needs <= offered:
            return Verdict(None, f"capability {sorted(each.needs - offered)} is not offered")
        before: dict[str, Routes] = {}
        try:
            if each.moment is Moment.OPEN_CONFIRM:
                speaker.send(each.terms.opening)
                speaker.await_message(octets.KEEPALIVE)
            elif each.moment is Moment.ESTABLISHED:
                before = self._establish(each, speaker)
        except SessionEndedError as error:
            verdict = judge_end(each, speaker)
            return verdict if verdict.passed or speaker.closed else Verdict(False, str(error))
        speaker.forget()
        speaker.send(each.sends)
        if any(isinstance(outcome, Then) for outcome in each.outcomes):
            return self._judge(each, speaker, before)
        speaker.await_close(_ESCAPE + each.patience)
        return judge_end(each, speaker)

    def _establish(self, each: Case, speaker: Speaker) -> dict[str, Routes]:
        """Open a session, announce the good routes and return what the observers hold then."""
        speaker.send(each.terms.opening)
        speaker.await_message(octets.KEEPALIVE)
        speaker.send(octets.message(octets.KEEPALIVE))
        for data in good_routes(each):
            speaker.send(data)

        def everywhere() -> bool:
            return self._all_hold(each, TARGET, BYSTANDER) and is_served(speaker)

        if not self._settle(everywhere, speaker):
            raise SessionEndedError("the good routes do not arrive")
        return self._held()

    def _judge(self, each: Case, speaker: Speaker, before: dict[str, Routes]) -> Verdict:
        """The session may live: see what the observers hold after the case and the marks behind it."""
        arrived = all(self.mark(each, speaker, text) for text in MARKS)
        if any(isinstance(outcome, Then) and outcome.resends for outcome in each.outcomes):
            self._settle(partial(is_served, speaker), speaker)
        if speaker.closed:
            return judge_end(each, speaker)
        if not arrived:
            return Verdict(False, "what is said afterwards does not come through")
        stories = [difference(outcome, before, self._held(), speaker) for outcome in each.outcomes]
        return Verdict("" in stories, "; or ".join(story for story in stories if story))

    # Watching

    def _held(self) -> dict[str, Routes]:
        return {name: observer.look() for name, observer in self._observers.items()}

    def _all_hold(self, each: Case, *prefixes: str) -> bool:
        """Whether these have come to everybody who gets routes from such a neighbor."""
        held = self._held()
        if each.kind is INTERNAL:  # RFC 4271 §9.2
            del held["internal"]
        wanted = set(prefixes)
        wide = wanted | {TARGET6, BYSTANDER6} if each.terms.ipv6 and TARGET in wanted else wanted
        return all((wanted if name == "old" else wide) <= routes.keys() for name, routes in held.items())

    def _strangers(self) -> dict[str, list[str]]:
        return {
            name: sorted(prefixes)
            for name, routes in self._held().items()
            if (prefixes := routes.keys() - self._home)
        }

    def _quiet(self) -> bool:
        """Whether all that came from the neighbor of a case is gone."""
        return not self._strangers()

    def _settle(self, done: Callable[[], bool], speaker: Speaker | None = None) -> bool:
        """Wait until it is done, or the speaker has lost its session; tell which."""
        deadline = time.monotonic() + _SECONDS
        while not done():
            if speaker is not None:
                speaker.read(0.002)
            else:
                time.sleep(0.002)
            if time.monotonic() > deadline or (speaker is not None and speaker.closed):
                return False
        return True


def good_route(each: Case, *texts: str) -> bytes:
    """Return an UPDATE with nothing wrong in it, in the terms of the session."""
    nlri = b"".join(prefix(text, each.terms.path_id) for text in texts)
    return update(*_good_attributes(each), NEXT_HOP, nlri=nlri)


def good_routes(each: Case) -> list[bytes]:
    """Return the UPDATEs that come before the case."""
    found = [good_route(each, TARGET, BYSTANDER)]
    if each.terms.ipv6:
        found.append(update(mp_reach(prefix(TARGET6) + prefix(BYSTANDER6)), *_good_attributes(each)))
    return found


def _good_attributes(each: Case) -> tuple[bytes, ...]:
    if each.kind is INTERNAL:
        return (ORIGIN, attribute(0x40, 2), attribute(0x40, 5, (100).to_bytes(4)), OLD)
    return (ORIGIN, as_path(sequence(each.kind.asn, octets=each.terms.as_octets)), OLD)
