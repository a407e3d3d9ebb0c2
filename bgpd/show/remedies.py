"""What an operator can do where a route is refused or withheld; only where that is clear."""

from collections.abc import Mapping
from typing import Final

from rib.route import Refusal

REFUSED: Final[Mapping[Refusal, str]] = {
    Refusal.AS_LOOP: "allow_local_as = 1 for the neighbor takes it, if our AS is meant to be in it",
    Refusal.FIRST_AS: "a route server does not put its AS first: enforce_first_as = false for it",
    Refusal.CONFEDERATION: "the neighbor has to be configured as a member of the confederation as well",
    Refusal.ORIGINATOR_LOOP: "it is our own route, come back; if not, two routers have one router id",
    Refusal.CLUSTER_LOOP: "it has been here before; reflectors of one cluster share a cluster_id",
    Refusal.OWN_NEXT_HOP: "the neighbor has to announce itself as the next hop",
    Refusal.NO_IMPORT_POLICY: 'import = "all" for the neighbor takes what it sends',
    Refusal.IMPORT_FILTER: "the neighbor's import filter decides; bgpd --print-config shows which it has",
}
WITHHELD: Final[Mapping[str, str]] = {
    "no-export-policy": 'export = "all" for the neighbor sends it',
    "export-filter": "the neighbor's export filter decides; bgpd --print-config shows which it has",
    "internal-to-internal": "a session between the two; or route_reflector_client = true for one of them",
    "long-lived-stale": "long_lived_graceful_restart at the neighbor; or long_lived_stale_inside = true here",
    "no-next-hop": 'give the interface such an address, or set next_hop = "keep" for the neighbor',
    "limit": "a higher max_prefixes.export of the neighbor, or fewer routes",
    "not-among-best": "send_paths of the neighbor says how many are sent",
}
"""By the name of the obstacle."""
ALIEN: Final = "remove the other program's route, or write ours beside it: metric in [kernel.*]"
_ALIEN_TEXT: Final = "an alien route"


def for_kernel_problem(problem: str) -> str | None:
    """Return what to do about what the kernel says."""
    return ALIEN if _ALIEN_TEXT in problem else None
