"""Graceful restart, as our OPEN offers it and two OPENs agree on it (RFC 4724, RFC 8538)."""

from typing import NamedTuple

from fsm.long_lived_restart import NOT_AGREED, LongLived, agreed_stale_times
from fsm.settings import Settings
from messages.capabilities import GRACEFUL_RESTART, Capabilities, GracefulRestart, RestartingFamily
from messages.families import Family
from messages.notification import Notification
from messages.open import Open


class Restart(NamedTuple):
    """What two speakers do for each other when one of them restarts; both have the capability."""

    time: int
    """Seconds within which the peer will be back."""
    families: tuple[Family, ...]
    """Whose routes we keep meanwhile."""
    preserved: frozenset[Family]
    """Of these, the ones along whose routes the peer went on forwarding (Forwarding State)."""
    is_restarting: bool
    """Whether the peer has just restarted (Restart State)."""
    after_notification: bool
    """Whether a NOTIFICATION ends nothing but the session, unless it is a hard reset (RFC 8538 §4)."""
    is_helped: bool
    """Whether the peer keeps our routes when it is us who restart."""
    long_lived: LongLived = NOT_AGREED
    """What follows if it takes longer (RFC 9494)."""

    @property
    def restartable(self) -> tuple[Family, ...]:
        """Whose routes are kept for the time of a restart, which may be zero."""
        return self.families if self.time else ()

    @property
    def kept(self) -> tuple[Family, ...]:
        """Whose routes are kept at all."""
        return tuple(dict.fromkeys((*self.restartable, *self.long_lived.stale_times)))

    def retained(self, notification: Notification | None) -> tuple[Family, ...]:
        """Return whose routes are kept when the session ends, with this NOTIFICATION if with any."""
        is_graceful = notification is None or (self.after_notification and not notification.is_hard_reset)
        return self.kept if is_graceful else ()


def has_restarted(message: Open) -> bool:
    """Tell whether the sender of this OPEN has just restarted (Restart State)."""
    restart = message.capabilities.get(GRACEFUL_RESTART)
    return restart is not None and restart.restarting


def offered_restart(settings: Settings) -> GracefulRestart | None:
    """Return what our OPEN says of our restarts; without families that we help the peer with its own."""
    ours, after_notification = settings.restart_state, settings.restart_after_notification
    match settings.graceful_restart:
        case "off":
            return None
        case "helper":
            return GracefulRestart(
                restarting=False, notification=after_notification, restart_time=0, families=()
            )
        case "full":
            families = tuple(RestartingFamily(each, each not in ours.lost) for each in settings.families)
            return GracefulRestart(ours.is_restarting, after_notification, settings.restart_time, families)


def agreed_restart(
    families: tuple[Family, ...], announced: Capabilities, theirs: Capabilities
) -> Restart | None:
    """Return what a session of these families has agreed on; None unless both have the capability."""
    ours, its = announced.get(GRACEFUL_RESTART), theirs.get(GRACEFUL_RESTART)
    if ours is None or its is None:
        return None
    preserved = {row.family: row.forwarding_preserved for row in its.families}
    long_lived = agreed_stale_times(families, announced, theirs)
    return Restart(
        time=its.restart_time,
        families=tuple(family for family in families if family in preserved),
        preserved=frozenset(family for family in families if preserved.get(family)),
        is_restarting=its.restarting,
        after_notification=ours.notification and its.notification,
        is_helped=bool(ours.families) or long_lived.is_helped,
        long_lived=long_lived,
    )
