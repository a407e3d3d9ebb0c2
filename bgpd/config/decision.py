"""The switches of the decision process: ``[decision]`` (RFC 4271 §9.1.2.2)."""

from typing import Annotated, Literal

from bgpd.config.section import Section
from bgpd.config.values import Switch
from bgpd.config.wording import Allowed

Unresolvable = Annotated[Literal["never", "last"], Allowed('"never" or "last"')]


class Decision(Section):
    """How the best of several routes to a prefix is found.

    The switches hold for all tables.
    """

    path_metric: Switch = True
    """Prefer the route with the shorter AS_PATH (RFC 4271 §9.1.2.2 a)."""

    med_metric: Switch = False
    """Compare MULTI_EXIT_DISC between all routes, not only between those through the same neighboring AS
    (RFC 4271 §9.1.2.2 c)."""

    igp_metric: Switch = True
    """Prefer the route whose next hop is nearer (RFC 4271 §9.1.2.2 e)."""

    prefer_older: Switch = False
    """Keep the external route that has been there longer instead of comparing router IDs (RFC 5004)."""

    relaxed_paths: Switch = True
    """With `merge_paths`, AS_PATHs of the same length are equal even if they name other ASes. `false`: only
    the same AS_PATHs are."""

    unresolvable: Unresolvable = "never"
    """When a route wins whose next hop cannot be resolved. `"never"`: RFC 4271 §9.1.2. `"last"`: if there is
    no other; packets are then refused as unreachable."""
