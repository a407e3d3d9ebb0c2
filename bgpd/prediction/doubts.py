"""What a prediction can't know, and what it takes for granted."""

from collections.abc import Iterator
from typing import Final

from bgpd.prediction.forecast import Doubt
from bgpd.prediction.neighbors import ExpectedNeighbor
from bgpd.prediction.shadow import Shadow
from bgpd.reconfiguration.handover import who_stays
from bgpd.reconfiguration.plan import Plan
from bgpd.settings import DaemonSettings, NeighborSettings

_WITHHELD: Final = (
    "unknown until refreshed: routes that its import filter refused were not kept (keep_filtered = false)"
)
_SILENT: Final = "it has no session yet, so what it would announce is unknown"
_LIMITED: Final = "a limit of prefixes may have its effect: which of them get through depends on their order"
_STAYS: Final = (
    "when the mode of the cluster changes it stays until others have taken over, {} s at most: what it "
    "brings is not lost if other nodes change meanwhile"
)
_IS_REFLECTED: Final = "we go on reflecting for it for {} s, while other nodes change"
_NAMED: Final = 3
_COMES_BACK: Final = "its session drops; its routes are taken to come back as they were"


def doubts(found: Plan, shadow: Shadow) -> Iterator[Doubt]:
    """Yield what is not known before the configuration is applied."""
    known = {neighbor.configured for neighbor in shadow.seats.neighbors if neighbor.session is not None}
    obstacles = {neighbor.configured: neighbor.obstacle for neighbor in shadow.seats.neighbors}
    for settings in (*found.added, *found.restarted, *found.switched):
        is_speaking = isinstance(settings, NeighborSettings) and not settings.disabled
        if is_speaking and settings.name not in known:
            yield Doubt(settings.name, obstacles.get(settings.name) or _SILENT)
    for neighbor in shadow.seats.neighbors:
        if neighbor.settings is not None and neighbor.session is not None:
            yield from _of_limits(neighbor, neighbor.settings, shadow)
    for name in shadow.seats.withholding:
        yield Doubt(name, _WITHHELD)
    for kernel in shadow.unread_kernels:
        yield Doubt(kernel.name, f"what others have in table {kernel.place.table} of the kernel is unknown")


def of_handover(settings: DaemonSettings, found: Plan) -> Iterator[Doubt]:
    """Yield who stays for a while when the mode of the cluster changes; of many only the first few."""
    cluster = found.in_force.cluster
    seconds = 0 if cluster is None else cluster.handover
    leaving: list[str] = []
    reflected: list[str] = []
    for stay in who_stays(found, settings):
        (reflected if stay.kind == "reflected" else leaving).append(stay.settings.name)
    for names, text in ((leaving, _STAYS), (reflected, _IS_REFLECTED)):
        others = f" (and {len(names) - _NAMED} others likewise)" if len(names) > _NAMED else ""
        for number, name in enumerate(names[:_NAMED]):
            more = others if number == _NAMED - 1 else ""
            yield Doubt(name, f"{text.format(seconds)}{more}")


def _of_limits(neighbor: ExpectedNeighbor, settings: NeighborSettings, shadow: Shadow) -> Iterator[Doubt]:
    """Which prefixes get through a limit depends on their order."""
    live = neighbor.live
    limits = [each for each in (live.settings.max_prefixes, settings.max_prefixes) if each is not None]
    if any(
        live.limits_hit(family) and each.action != "warn" for family in settings.families for each in limits
    ):
        yield Doubt(neighbor.name, _LIMITED)
    elif settings.max_prefixes is not None and settings.max_prefixes.action != "warn":
        incoming = max((tie.source.routes for tie in live.routes.ties.values()), default=0)
        outgoing = max(map(shadow.most_prefixes, settings.families))
        limit = settings.max_prefixes
        reached = [each for each in (limit.imported, limit.received) if each is not None and each < incoming]
        if reached or (limit.exported is not None and limit.exported < outgoing):
            yield Doubt(neighbor.name, _LIMITED)


def assumptions(shadow: Shadow) -> Iterator[Doubt]:
    """Yield what was taken for granted."""
    for neighbor in shadow.seats.neighbors:
        if neighbor.comes_back:
            yield Doubt(neighbor.name, _COMES_BACK)
