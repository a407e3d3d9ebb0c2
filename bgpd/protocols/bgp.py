"""A BGP neighbor: its session on one side, the tables it fills and follows on the other."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from bgpd.health.faults import FAULTS
from bgpd.pipeline import Pipeline
from bgpd.protocols.changed_terms import what_waits
from bgpd.protocols.drain import LONGEST_SECONDS, QUIET_SECONDS, Draining
from bgpd.protocols.established import Established
from bgpd.protocols.filter_changes import what_changed
from bgpd.protocols.first_feed import FirstFeed
from bgpd.protocols.flaw_log import FlawLog
from bgpd.protocols.limits import LimitReachedError
from bgpd.protocols.neighbor_routes import NeighborRoutes
from bgpd.protocols.neighbor_view import NeighborView
from bgpd.protocols.peer_settings import peer_settings
from bgpd.protocols.protocol import Channel, Leaving, ProtocolError, ProtocolState
from bgpd.protocols.session_news import SessionNews
from bgpd.protocols.stale_routes import Limits, StaleRoutes
from bgpd.protocols.surroundings import Surroundings
from bgpd.protocols.terms import Terms
from bgpd.sessions.peer import Peer
from bgpd.sessions.peer_settings import PeerSettings
from bgpd.sessions.session import Session
from bgpd.settings import NeighborSettings
from messages.families import Family
from messages.iana import CeaseSubcode
from messages.route_refresh import RouteRefresh

_log = logging.getLogger("bgpd.bgp")
_DRAINED: Final = "drained"
_CEASES: Final = {
    Leaving.REMOVED: CeaseSubcode.PEER_DE_CONFIGURED,
    Leaving.RESTARTED: CeaseSubcode.OTHER_CONFIGURATION_CHANGE,
}


class BgpProtocol(NeighborView):
    """One neighbor. Implements ``PeerHandler``: the peer calls it when something happened."""

    kind = "BGP"

    def __init__(
        self,
        settings: NeighborSettings,
        pipelines: Mapping[Family, Pipeline],
        surroundings: Surroundings,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(settings.name, surroundings.now, settings.description)
        self.settings = settings
        self.table = settings.table
        self._surroundings = surroundings
        self._loop = loop
        self.terms = Terms(settings, surroundings)
        self.stale = StaleRoutes(self.journal, _limits(settings), loop, self._remove, self._grow_stale)
        self.routes = NeighborRoutes(settings, pipelines, self._flushed)
        self.channels = self._new_channels()
        self._established: Established | None = None
        self._last: Established | None = None
        self._last_hits: Mapping[Family, Collection[str]] = {}
        self._draining = Draining(self, loop)
        self._is_drained = False
        """Whether it is disabled because a drain was over."""
        self.flaws = FlawLog(settings.name, loop.time)
        self._first_feed = FirstFeed(settings, surroundings.convergence, surroundings.deferral, loop)
        self.peer = Peer(self._peer_settings(), self, loop, journal=self.journal)
        self._news = SessionNews(self, surroundings.session_journal)
        self.backoff = self.peer.backoff
        if settings.shutdown is not None:
            self.is_disabled, self.message = True, settings.shutdown

    def _new_channels(self) -> tuple[Channel, ...]:
        terms = self.terms
        return tuple(
            Channel(
                family, ties.source, terms.import_policy(family), terms.export_policy(family), ties.counters
            )
            for family, ties in self.routes.ties.items()
        )

    # -- for the daemon and the operator -----------------------------------------------------------

    def start(self) -> None:
        """Begin to look for the neighbor, unless it is shut down by configuration."""
        if not self.is_disabled:
            self._first_feed.expect(self.channels)
            self.begin()

    def begin(self) -> None:
        self._is_drained = False
        if not self.routes.is_flushing:
            self.enter(ProtocolState.START)
        self.peer.start()

    def end(self, reason: str) -> None:
        """End the session with a Cease and the reason (RFC 4486, RFC 9003)."""
        self._end(CeaseSubcode.ADMINISTRATIVE_SHUTDOWN, reason)

    def _end(self, subcode: CeaseSubcode, reason: str = "") -> None:
        self._draining.forget()
        self._first_feed.dismiss()
        self._surroundings.lifelines.let_go(self.settings.address)
        self.peer.stop(subcode, reason)
        self._flush(self.stale.give_up())
        self._stopped()

    def leave(self, why: Leaving) -> None:
        """The configuration has the neighbor no more, or otherwise."""
        self.is_disabled = True
        self._end(_CEASES[why])

    async def wait_left(self) -> None:
        await self.routes.wait_flushed()

    def restart(self, reason: str = "") -> str:
        """End the session with another Cease, since the neighbor may come back at once."""
        if self.is_disabled:
            return "already disabled"
        self._draining.forget()
        self.peer.stop(CeaseSubcode.ADMINISTRATIVE_RESET, reason)
        self._flush(self.stale.give_up())
        self.begin()
        return "restarted"

    def change_password(self, password: bytes) -> None:
        """Use another TCP MD5 password without a new session. Raises OSError if the kernel refuses it."""
        self.settings = replace(self.settings, password=password or None)
        self.peer.change_password(password)

    def rename(self, name: str) -> None:
        """Go on under another name; ``follow`` has to be next, with settings of that name."""
        self.name = self.flaws.neighbor = name
        self.journal.rename(name)
        self._surroundings.lifelines.rename(self.settings.address, name)
        if self._established is not None:
            self._established.rename()

    def follow(self, settings: NeighborSettings) -> str:
        """Go on with other settings, and the filters as they are now; return what came of it, in words."""
        before, channels = self.settings, self.channels
        self.settings, self.terms = settings, Terms(settings, self._surroundings)
        self._first_feed.follow(settings)
        self.stale.follow(_limits(settings))
        self.routes.follow(settings)
        self.peer.follow(self._peer_settings())
        self.channels = self._new_channels()
        refusals: Collection[str] = ()
        if self._established is None:
            self.follow_terms()
        else:
            refusals = dict.fromkeys(self._established.follow(before))
        awaited = what_waits(before, settings) if self._established is not None else ""
        return "; ".join(filter(None, (what_changed(channels, self.channels), awaited, *refusals)))

    def _peer_settings(self) -> PeerSettings:
        surroundings, settings = self._surroundings, self.settings
        router_id = surroundings.router_id if settings.router_id is None else settings.router_id
        return peer_settings(settings, router_id, surroundings.restart)

    def stop(self, *, silently: bool) -> None:
        """The daemon ends: with a Cease, or without a word to who keeps our routes then."""
        self.is_disabled = True
        if silently and self.keeps_ours:
            self.peer.close_silently()
        else:
            self.peer.stop()

    def _stopped(self) -> None:
        if not self.routes.is_flushing:
            self.enter(ProtocolState.DOWN)

    def reload(self, *, incoming: bool, outgoing: bool) -> str:
        """Import what was received again, or ask for it; export everything again."""
        if self._established is None:
            raise ProtocolError("there is no session; a new one brings all routes anyway")
        self._established.reload(incoming=incoming, outgoing=outgoing)
        return "reloading"

    def drain(self, reason: str = "") -> str:
        """Send and take routes as the last choice; shut down when that has made things quiet (RFC 8326)."""
        if self.is_disabled:
            return "already disabled"
        if self._draining.is_to_end:
            return "already draining"
        if self._established is None:
            self.disable(reason or _DRAINED)
            self._is_drained = True
            return "disabled"
        _log.info("%s: Draining", self.name)
        self._draining.begin(reason or _DRAINED)
        return "draining"

    def step_aside(self) -> None:
        """Send and take routes as the last choice until ``step_back``; the session goes on."""
        if not self.is_draining:
            self._draining.begin(_DRAINED, ends=False)

    def step_back(self) -> None:
        """Be a full neighbor again, unless an operator wants otherwise by now."""
        if self.is_draining and not self._draining.is_to_end:
            self._draining.end()

    def drain_plan(self) -> str:
        if self.is_disabled or self._draining.is_to_end:
            return ""
        if self._established is None:
            return "there is no session to lead traffic away from: it will be disabled until undrain"
        taken = sum(tie.source.routes for tie in self.routes.ties.values())
        return (
            f"its {taken} routes and all that it is told become the last choice (RFC 8326); when none has "
            f"crossed for {QUIET_SECONDS:.0f} s, after {LONGEST_SECONDS:.0f} s at the latest, "
            "the session is shut down with a Cease, until undrain"
        )

    def drained(self, reason: str) -> None:
        _log.info("%s: Drained", self.name)
        self.disable(reason)
        self._is_drained = True

    def undrain(self) -> str:
        """Be a full neighbor again, whether the drain is under way or over."""
        if self._is_drained:
            return self.enable()
        if not self.is_draining:
            return "not draining"
        _log.info("%s: Draining ends", self.name)
        self._draining.end()
        return "undrained"

    # -- PeerHandler -------------------------------------------------------------------------------

    def state_changed(self) -> None:
        """Nothing hangs on the states before Established; ``show`` asks the peer."""
        self._news.state_changed(self._now())

    def session_up(self, session: Session) -> None:
        """The session is established: follow the tables."""
        self._news.session_up(self._now())
        self._established, self._last = Established(self, session, self._surroundings, self._loop), None
        self._enter_session()
        self._established.begin()
        self._surroundings.lifelines.hold(self.settings.address, self.name)
        self.stale.session_up(session.negotiated.restart, session.negotiated.families)
        self._first_feed.session_up(session.negotiated, self.channels, self.peer.counters)

    def _enter_session(self) -> None:
        """Go on to be up, or wait if there is a family that the neighbor is not told of as yet."""
        waits = self._established is not None and self._established.is_held
        self.enter(ProtocolState.WAIT if waits else ProtocolState.UP)

    def session_down(self, reason: str, retained: Sequence[Family]) -> None:
        """The session ended: its routes are withdrawn (RFC 4271 §6, §9.1.4), or kept (RFC 4724 §4.2).

        Where a bug of ours is in the way of that, or was in the way of the session, none is kept.
        """
        self._news.session_down(self._now(), reason)
        established, self._established = self._established, None
        with FAULTS.contained("session", self.name):
            if established is not None:
                self._session_down(established, reason, retained)
                return
        self.stale.give_up()
        self._flush(self.routes.ties.keys())

    def _session_down(self, established: Established, reason: str, retained: Sequence[Family]) -> None:
        restart, exchanges = established.session.negotiated.restart, established.exchanges
        self._first_feed.session_down()
        self._last_hits = established.end()
        if restart is not None and retained:
            self._last = established
            self.stale.keep(retained, restart)
            for family in exchanges.keys() - {*retained}:
                self._remove(family)
            self.enter(ProtocolState.START)
        else:
            self._flush({*exchanges, *self.stale.give_up()})
            _log.debug("%s: routes are being removed (%s)", self.name, reason)

    def updates_received(self, bodies: Sequence[bytes]) -> None:
        """Put UPDATEs into the tables. Raises NotificationError if the session has to end."""
        if self._established is not None:
            self._established.updates_received(bodies, int(self._now()))

    def route_refresh_received(self, message: RouteRefresh) -> None:
        if self._established is not None:
            self._established.route_refresh_received(message)

    def writable(self) -> None:
        if self._established is not None:
            self._established.writable()

    def give_up(self, error: Exception) -> None:
        """A bug has hit what it says, or is told: end the session, and come back after a while."""
        self.peer.give_up(error)

    # -- what comes of a session -------------------------------------------------------------------

    def end_of_rib(self, family: Family) -> None:
        self._first_feed.end_of_rib(family)
        self.stale.end_of_rib(family)

    def released(self) -> None:
        self._enter_session()

    def limit_reached(self, reached: LimitReachedError) -> None:
        if reached.limit.action == "restart":
            self.peer.cease(reached.notification, reached.limit.restart_after)
        else:
            self.is_disabled = True
            self._draining.forget()
            self.message = f"more than {reached.most} prefixes"
            self.peer.cease(reached.notification, None)

    # -- inside ------------------------------------------------------------------------------------

    def interfaces_changed(self) -> None:
        """Our addresses may be others now: as next hops, and as those that routes must not have."""
        try:
            self.follow_terms()
        except Exception as error:
            self.give_up(error)

    def follow_terms(self) -> None:
        """Let routes come in and go out as is right now."""
        if self._established is not None:
            self._established.follow_terms()
        elif self._last is not None:
            self._last.follow_import(self.stale.families)

    def _remove(self, family: Family) -> None:
        has_session = family in self.exchanges
        self.routes.sweep(family, has_session=has_session, done=partial(self._swept, family))

    def _swept(self, family: Family) -> None:
        """What was said in sessions before is gone."""
        if self._established is not None and family not in self.stale.families:
            self._established.stale_gone(family)

    def _grow_stale(self, family: Family) -> None:
        self.routes.grow_stale(family)

    def _flush(self, families: Collection[Family]) -> None:
        """Take all routes of these families out of the tables before a new session may come."""
        self.routes.flush(families)
        if self.routes.is_flushing:
            self.peer.hold()
            self.enter(ProtocolState.FLUSH)

    def halt(self) -> None:
        """The peer rests by itself."""

    def _flushed(self) -> None:
        """The last session's routes are gone."""
        self.enter(ProtocolState.DOWN if self.is_disabled else ProtocolState.START)
        self.peer.release()


def _limits(settings: NeighborSettings) -> Limits:
    return Limits(settings.stale_time, settings.max_long_lived_stale_time)
