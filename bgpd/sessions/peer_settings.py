"""One neighbor as configured."""

from dataclasses import dataclass

from bgpd.sessions.socket_options import Endpoint
from fsm.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSettings:
    """Its name, where it is, and how the sessions with it behave."""

    name: str
    endpoint: Endpoint
    session: Settings
