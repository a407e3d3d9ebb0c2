"""One end of a link, as far as restarts go: what was agreed on, what is kept, and who waits for whom."""

from collections.abc import Callable
from functools import partial

from bgpd.logs.journal import Journal
from bgpd.protocols.stale_routes import Limits, StaleRoutes
from fsm.negotiation import announced_capabilities
from fsm.restart import Restart, agreed_restart
from fsm.settings import NO_CAPABILITIES, Settings
from messages.attribute_set import AttributeSet
from messages.capabilities import Capabilities
from messages.families import Family
from messages.notification import Notification
from rib.member import Member
from rib.route import Source
from tests.simulator.heard import HeardKey
from tests.simulator.kept import LONGEST, STALE_TIME, Kept
from tests.simulator.process import PATIENCE, Process
from tests.simulator.terms import Identity, Terms


class Away:
    """What one process knows of them: as ``bgpd.protocols`` has it, and beside it what is to be kept."""

    def __init__(self, process: Process, source: Source, us: Identity, terms: Terms) -> None:
        self._process = process
        self._source = source
        self._us = us
        self._terms = terms
        self._capabilities = NO_CAPABILITIES, NO_CAPABILITIES
        """Of both ends, ours first."""
        self._agreed: Restart | None = None
        self._has_session = False
        self.is_flushing = False
        """Whether no session may begin, since routes are being removed."""
        self.kept = Kept(process.family)
        limits = Limits(STALE_TIME, LONGEST)
        journal = Journal(source.name)
        self.stale = StaleRoutes(journal, limits, process.agenda, self._remove, self._grow_stale)
        process.deferral.expect(source.name, [process.family], PATIENCE)

    def capabilities(self) -> Capabilities:
        """Return what our OPEN says."""
        terms = self._terms
        settings = Settings(
            local_asn=self._us.asn,
            router_id=self._us.router_id,
            families=(self._process.family,),
            graceful_restart=terms.graceful_restart,
            restart_time=terms.restart_time,
            restart_after_notification=terms.after_notification,
            restart_state=self._process.restart,
            long_lived_graceful_restart=terms.long_lived,
            long_lived_stale_time=terms.stale_time,
        )
        return announced_capabilities(settings)

    def agree(self, ours: Capabilities, its: Capabilities) -> None:
        """There is a session, with other routes than before, after these OPENs."""
        self._has_session = True
        self._source.epoch += 1
        self._capabilities = ours, its
        self._agreed = agreed_restart((self._process.family,), ours, its)

    def begin(self, updates: Callable[[], int]) -> None:
        """The neighbor is back; ``updates`` is how often it has said something."""
        family, agreed = self._process.family, self._agreed
        self.stale.session_up(agreed, (family,))
        self.kept.back(*self._capabilities, self._process.agenda.time())
        owed = [] if agreed is not None and agreed.is_restarting else [family]
        self._process.deferral.session_up(self._source.name, owed, updates)

    def hold(self, member: Member, release: Callable[[Member], None]) -> None:
        """Let who has kept our routes be told nothing before we know all (RFC 4724 §4.1)."""
        deferral, family = self._process.deferral, self._process.family
        is_helped = self._agreed is not None and self._agreed.is_helped
        member.is_held = is_helped and deferral.concerns(family)
        if member.is_held:
            deferral.when_over(family, partial(release, member))

    def end_of_rib(self, family: Family) -> None:
        """It has said all that it has."""
        self.kept.forget()
        self.stale.end_of_rib(family)
        self._process.deferral.end_of_rib(self._source.name, family)

    def end(self, said: dict[HeardKey, AttributeSet], notification: Notification | None) -> None:
        """The session is over, with this NOTIFICATION if with any: what was said in it goes, or is kept."""
        self._has_session = False
        self._process.deferral.session_down(self._source.name)
        self.kept.lost(said, self._capabilities, notification, self._process.agenda.time())
        retained = () if self._agreed is None else self._agreed.retained(notification)
        if self._agreed is not None and retained:
            self.stale.keep(retained, self._agreed)
        else:
            self.give_up()

    def give_up(self) -> None:
        """Take out all routes, before a new session may begin."""
        self.forget()
        self.is_flushing = True
        self._process.pipeline.purge(self._source, self._flushed)

    def forget(self) -> None:
        """Wait for nothing any more."""
        self.stale.give_up()
        self.kept.forget()

    def _flushed(self) -> None:
        self.is_flushing = False

    def _remove(self, _family: Family) -> None:
        """Take out what was said before the present session, or the next one."""
        if not self._has_session:
            self._source.epoch += 1
        self._process.pipeline.sweep(self._source)

    def _grow_stale(self, _family: Family) -> None:
        self._process.pipeline.grow_stale(self._source)
