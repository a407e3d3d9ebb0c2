"""What the daemon's first convergence learns of one neighbor."""

import asyncio
from collections.abc import Sequence

from bgpd.protocols.protocol import Channel
from bgpd.restart.convergence import ACTIVE_PATIENCE, PASSIVE_PATIENCE, Convergence
from bgpd.restart.deferral import CONNECTING, REACHABLE, Deferral
from bgpd.sessions.message_counters import MessageCounters
from bgpd.settings import NeighborSettings
from fsm.negotiation import Negotiated
from messages.families import Family
from messages.iana import MessageType
from rib.policy import Policy


class FirstFeed:
    """Tells ``Convergence`` and ``Deferral`` of the neighbor's sessions, if routes may come of them."""

    def __init__(
        self,
        settings: NeighborSettings,
        convergence: Convergence,
        deferral: Deferral,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._name = settings.name
        self._settings = settings
        self._convergence = convergence
        self._deferral = deferral
        self._loop = loop
        self._unsaid: set[Family] | None = None
        """The families of which more may come in the present session, if there is one."""

    @property
    def is_over(self) -> bool:
        """Whether the neighbor has said all it has, in the present session."""
        return self._unsaid is not None and not self._unsaid

    def follow(self, settings: NeighborSettings) -> None:
        """Go by these settings when the neighbor is looked for again, and by its name at once."""
        self._name = settings.name
        self._settings = settings

    def expect(self, channels: Sequence[Channel]) -> None:
        """The neighbor is looked for; nothing is expected of one whose routes are all refused."""
        families = [each.family for each in channels if _takes_routes(each)]
        if families:
            patience, short_patience = self._patience
            self._convergence.expect(self._name, patience, self._loop.time())
            self._deferral.expect(self._name, families, short_patience)

    @property
    def _patience(self) -> tuple[float, float]:
        """How long the two wait for a session; after a restart there is no ``connect_delay``."""
        settings = self._settings
        if settings.passive:
            return PASSIVE_PATIENCE, CONNECTING
        delay = settings.delay_open + (settings.connect_delay if self._deferral.is_over else 0)
        return delay + ACTIVE_PATIENCE, delay + REACHABLE

    def session_up(
        self, negotiated: Negotiated, channels: Sequence[Channel], counters: MessageCounters
    ) -> None:
        """A session is established.

        Who has restarted as well may be waiting for us, so that we do not wait for it (RFC 4724 §4.1).
        """

        def updates() -> int:
            return counters.received[MessageType.UPDATE]

        families = negotiated.families
        awaited = [each.family for each in channels if each.family in families and _takes_routes(each)]
        self._unsaid = {*awaited}
        self._convergence.session_up(self._name, awaited, updates, self._loop.time())
        has_restarted = negotiated.restart is not None and negotiated.restart.is_restarting
        self._deferral.session_up(self._name, [] if has_restarted else awaited, updates)

    def end_of_rib(self, family: Family) -> None:
        """All routes of a family have come (RFC 4724 §2)."""
        if self._unsaid is not None:
            self._unsaid.discard(family)
        self._convergence.end_of_rib(self._name, family)
        self._deferral.end_of_rib(self._name, family)

    def session_down(self) -> None:
        """The session ended."""
        self._unsaid = None
        self._convergence.session_down(self._name, self._loop.time())
        self._deferral.session_down(self._name)

    def dismiss(self) -> None:
        """The operator shuts the neighbor down."""
        self._convergence.dismiss(self._name)
        self._deferral.dismiss(self._name)


def _takes_routes(channel: Channel) -> bool:
    return channel.import_policy not in {Policy.NONE, Policy.MISSING}
