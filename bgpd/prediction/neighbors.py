"""What would become of each neighbor that is there: its settings, and its session."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import Final

from bgpd.prediction.awaited_sessions import awaited_session
from bgpd.prediction.present import Present
from bgpd.prediction.quiet_policies import QuietPolicies
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.dynamic import NeighborRange
from bgpd.protocols.terms import SessionFacts
from bgpd.reconfiguration.plan import Plan
from bgpd.settings import NeighborSettings
from messages.errors import NotificationError
from messages.families import Family
from rib.admission import Admission
from rib.policy import Policy

_SAME_PLACE: Final = ("address", "port", "interface", "device", "source_address", "range_bits")
"""What makes a neighbor of this name another one."""
_LETS_NOTHING_IN: Final = frozenset({Policy.NONE, Policy.MISSING})


@dataclass(frozen=True, slots=True)
class ExpectedNeighbor:
    """A neighbor that is there now."""

    live: BgpProtocol
    settings: NeighborSettings | None
    """None if the configuration has it no more."""
    is_kept: bool = False
    """Whether it goes on; otherwise it starts anew."""
    session: SessionFacts | None = None
    """The one that would be there in the end."""
    obstacle: str = ""
    """What keeps the session it has now from coming back."""
    configured: str = ""
    """The name of its settings: its own, or that of a range."""

    @property
    def name(self) -> str:
        """What it would be called."""
        return self.live.name if self.settings is None else self.settings.name

    @property
    def comes_back(self) -> bool:
        """Whether there is a session that ends, and is taken to begin anew."""
        return self.session is not None and not self.is_kept

    @property
    def is_draining(self) -> bool:
        """Whether it would be led around us."""
        return self.is_kept and self.live.is_draining

    def withholds(self, family: Family, admission: Admission, policies: QuietPolicies) -> bool:
        """Tell whether it has said what this admission might let in, and nobody has kept it.

        A neighbor that goes on, and can't be asked to say it again, will not.
        """
        live, session = self.live, self.session
        channel = next((each for each in live.channels if each.family is family), None)
        last = live.last_session
        if channel is None or last is None or session is None:
            return False
        refuses = channel.counters.imports_filtered or channel.import_policy is not Policy.ALL
        if live.settings.keep_filtered or not refuses:
            return False
        if admission.policy in _LETS_NOTHING_IN:
            return False
        before = live.terms.admission(last, family, is_draining=live.is_draining)
        after = replace(admission, policy=policies.aloud(admission.policy), keep_refused=before.keep_refused)
        return before != after and (self.comes_back or session.negotiated.route_refresh)


def expected_neighbors(present: Present, found: Plan, router_id: int) -> Iterator[ExpectedNeighbor]:
    """Yield all neighbors there are, those of ranges as well."""
    ranges = _ranges(present)
    successors = _successors(found, [*_configured(present, ranges)])
    kept = {each.name for each in found.kept}
    for live in [*present.protocols.values()]:
        if isinstance(live, BgpProtocol):
            name = ranges.get(live.name, live.name)
            settings = successors.get(name)
            is_kept = settings is not None and settings.name in kept
            expected = _expected(live, settings, router_id, name, is_kept=is_kept)
            yield expected if settings is None else replace(expected, configured=settings.name)


def _successors(found: Plan, live: Sequence[NeighborSettings]) -> Mapping[str, NeighborSettings]:
    """Return what becomes of neighbors, by their present names.

    Those that start anew are who they were if they are where they were: only then what they say is known.
    """
    kept = {each.name for each in found.kept}
    after = found.in_force.neighbors
    successors = {found.renamed.get(each.name, each.name): each for each in after if each.name in kept}
    others = [each for each in after if each.name not in kept]
    by_place, by_name = {_place(each): each for each in others}, {each.name: each for each in others}
    left = [each for each in live if each.name not in successors]
    successors |= {each.name: by_place.pop(_place(each)) for each in left if _place(each) in by_place}
    claimed = {each.name for each in successors.values()}
    for each in left:
        if each.name in by_name and each.name not in claimed:
            successors.setdefault(each.name, by_name[each.name])
    return successors


def _place(settings: NeighborSettings) -> tuple[object, ...]:
    return tuple(getattr(settings, name) for name in _SAME_PLACE)


def _configured(present: Present, ranges: Mapping[str, str]) -> Iterator[NeighborSettings]:
    """Yield the settings of neighbors and ranges, without those of single neighbors of ranges."""
    for each in present.protocols.values():
        if isinstance(each, BgpProtocol | NeighborRange) and each.name not in ranges:
            yield each.settings


def _ranges(present: Present) -> Mapping[str, str]:
    """Return the ranges that neighbors without a configuration of their own have come from."""
    return {
        name: each.name
        for each in present.protocols.values()
        if isinstance(each, NeighborRange)
        for name in each.names
    }


def _expected(
    live: BgpProtocol,
    settings: NeighborSettings | None,
    router_id: int,
    range_name: str,
    *,
    is_kept: bool,
) -> ExpectedNeighbor:
    if settings is None or not _is_in_range(live, settings):
        return ExpectedNeighbor(live, None)
    is_disabled = settings.disabled
    if settings.range_bits is not None:
        settings = _one_of(settings, live.settings, range_name)
    session = live.peer.session
    if is_disabled or (session is None and not is_kept):
        return ExpectedNeighbor(live, settings)
    if session is None or is_kept:
        return ExpectedNeighbor(live, settings, is_kept, session)
    return _coming_back(live, settings, session, router_id)


def _coming_back(
    live: BgpProtocol, settings: NeighborSettings, session: SessionFacts, router_id: int
) -> ExpectedNeighbor:
    if any(getattr(settings, name) != getattr(live.settings, name) for name in _SAME_PLACE):
        return ExpectedNeighbor(live, settings, obstacle=f"it is another neighbor now: {settings.address}")
    try:
        return ExpectedNeighbor(live, settings, session=awaited_session(session, settings, router_id))
    except NotificationError as error:
        return ExpectedNeighbor(live, settings, obstacle=f"we would refuse its OPEN: {error}")


def _is_in_range(live: BgpProtocol, settings: NeighborSettings) -> bool:
    """Tell whether a range still has the address of a neighbor; all others have one of their own."""
    bits = settings.range_bits
    return bits is None or ip_address(live.settings.address) in ip_network(f"{settings.address}/{bits}")


def _one_of(settings: NeighborSettings, live: NeighborSettings, range_name: str) -> NeighborSettings:
    """Return the settings that a neighbor of a range would have."""
    return replace(
        settings,
        name=f"{settings.name}{live.name.removeprefix(range_name)}",
        address=live.address,
        interface=live.interface,
        range_bits=None,
        shutdown=None,
    )
