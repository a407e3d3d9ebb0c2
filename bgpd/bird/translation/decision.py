"""The switches of the decision process: BIRD has them in every ``protocol bgp``, we have one set of them."""

from collections.abc import Iterable, Mapping
from typing import Final

from bgpd.bird.translation.draft import Draft
from bgpd.bird.translation.protocol import Protocol

SWITCHES: Final[Mapping[str, tuple[str, bool]]] = {
    "path metric": ("path_metric", True),
    "med metric": ("med_metric", False),
    "igp metric": ("igp_metric", True),
    "prefer older": ("prefer_older", False),
}
"""The keys, and what is the default of either."""


def write_decision(sessions: Iterable[Protocol], draft: Draft) -> None:
    """Write ``[decision]``: a switch must be the same for all neighbors to be followed.

    BIRD lets the route win whose next hop is unknown if there is no other.
    """
    table = draft.table("decision")
    table.put("unresolvable", "last")
    protocols = list(sessions)
    for name, (key, default) in SWITCHES.items():
        items = [protocol.latest(name) for protocol in protocols]
        values = {default if item is None else item.value for item in items}
        written = [item for item in items if item is not None and item.value != default]
        if len(values) == 1 and written:
            table.put(key, not default, written[0].at)
        for item in written if len(values) > 1 else ():
            draft.remark(item.at, f"{name}: not all neighbors have it so, and there is one choice for all")
