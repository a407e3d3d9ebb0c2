"""What another configuration would mean for this daemon, without any look at routes."""

from collections.abc import Sequence
from typing import NamedTuple

from bgpd.reconfiguration.held import Held
from bgpd.reconfiguration.plan import Plan
from bgpd.settings import DaemonSettings


class Consequences(NamedTuple):
    """Of a configuration that was read and not applied."""

    present: DaemonSettings
    """What is in force."""
    plan: Plan
    held: Sequence[Held]
    """Whom a change of the cluster's mode would keep for a while."""
