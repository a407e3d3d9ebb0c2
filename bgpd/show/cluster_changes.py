"""What another configuration does to the sessions of this node, one row for each that it is about."""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from bgpd.reconfiguration.consequences import Consequences
from bgpd.reconfiguration.held import Held
from bgpd.reconfiguration.reasons import reasons_to_restart
from bgpd.settings import DaemonSettings, NeighborSettings
from bgpd.show.cluster_roles import who_is
from bgpd.show.times import Moment

Fate = Literal["unchanged", "in_place", "new_session", "comes", "goes"]


class SessionChange(NamedTuple):
    """One session. What does not apply is None, and not in JSON."""

    fate: Fate
    protocol: str
    former_name: str | None
    address: str
    node: str | None
    role: str | None
    former_role: str | None
    held_until: Moment | None = None
    """If it stays for a while: at most."""
    why_held: str | None = None
    settings: tuple[str, ...] | None = None
    """Why it takes a new session."""


def session_changes(found: Consequences) -> Iterator[SessionChange]:
    """Yield the sessions, in the order of the new configuration; those that go come last."""
    old, plan = found.present, found.plan
    new = plan.in_force
    before = {settings.name: settings for settings in old.neighbors}
    held = {each.name: each for each in found.held}
    anew = {settings.name for settings in plan.restarted}
    added = {settings.name for settings in plan.added}
    for now in new.neighbors:
        if now.name in added:
            yield _row("comes", new, now)
        elif now.name in anew:
            was = before[now.name]
            row = _changed("new_session", old, was, new, now)
            yield row._replace(settings=(*reasons_to_restart(old, new, was, now),))
        else:
            yield _kept(old, before[plan.renamed.get(now.name, now.name)], new, now, held)
    for gone in plan.removed:
        if isinstance(gone, NeighborSettings):
            row = _row("goes", old, gone)
            yield _held(row._replace(former_role=row.role, role=None), held.get(gone.name))


def _kept(
    old: DaemonSettings,
    was: NeighborSettings,
    new: DaemonSettings,
    now: NeighborSettings,
    held: Mapping[str, Held],
) -> SessionChange:
    row = _changed("in_place", old, was, new, now)
    if row.former_name is None and row.former_role is None:
        row = row._replace(fate="unchanged")
    return _held(row, held.get(now.name) or held.get(was.name))


def _changed(
    fate: Fate, old: DaemonSettings, was: NeighborSettings, new: DaemonSettings, now: NeighborSettings
) -> SessionChange:
    row, former = _row(fate, new, now), who_is(old, was)
    return row._replace(
        former_name=was.name if was.name != now.name else None,
        former_role=former.role if former.role != row.role else None,
    )


def _row(fate: Fate, settings: DaemonSettings, neighbor: NeighborSettings) -> SessionChange:
    who = who_is(settings, neighbor)
    return SessionChange(fate, neighbor.name, None, neighbor.address, who.node, who.role, None)


def _held(row: SessionChange, held: Held | None) -> SessionChange:
    if held is None:
        return row
    return row._replace(held_until=Moment(held.until), why_held=held.why)
