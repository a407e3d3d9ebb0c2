"""What the daemon's first convergence learns of one neighbor."""

import asyncio
from collections.abc import Sequence

from bgpd.config.settings import NeighborSettings
from bgpd.convergence import ACTIVE_PATIENCE, PASSIVE_PATIENCE, Convergence
from bgpd.protocols.protocol import Channel
from bgpd.sessions.message_counters import MessageCounters
from messages.families import Family
from messages.iana import MessageType
from rib.policy import Policy


class FirstFeed:
    """Tells ``Convergence`` of the neighbor's sessions, as far as routes may come of them."""

    def __init__(
        self, settings: NeighborSettings, convergence: Convergence, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._name = settings.name
        self._patience = PASSIVE_PATIENCE
        if not settings.passive:
            self._patience = settings.connect_delay + ACTIVE_PATIENCE + settings.delay_open
        self._convergence = convergence
        self._loop = loop

    def expect(self, channels: Sequence[Channel]) -> None:
        """The neighbor is looked for; nothing is expected of one whose routes are all refused."""
        if any(map(_takes_routes, channels)):
            self._convergence.expect(self._name, self._patience, self._loop.time())

    def session_up(
        self, families: Sequence[Family], channels: Sequence[Channel], counters: MessageCounters
    ) -> None:
        """A session with these families is established."""
        awaited = [each.family for each in channels if each.family in families and _takes_routes(each)]
        self._convergence.session_up(
            self._name, awaited, lambda: counters.received[MessageType.UPDATE], self._loop.time()
        )

    def end_of_rib(self, family: Family) -> None:
        """All routes of a family have come (RFC 4724 §2)."""
        self._convergence.end_of_rib(self._name, family)

    def session_down(self) -> None:
        """The session ended."""
        self._convergence.session_down(self._name, self._loop.time())

    def dismiss(self) -> None:
        """The operator shuts the neighbor down."""
        self._convergence.dismiss(self._name)


def _takes_routes(channel: Channel) -> bool:
    return channel.import_policy not in {Policy.NONE, Policy.MISSING}
