"""Route reflection: what is passed on between internal neighbors, and how it is marked (RFC 4456)."""

from typing import Any

from messages.attribute_set import AttributeSet
from messages.attributes import CLUSTER_LIST, ORIGINATOR_ID
from rib.route import Facts, Source, SourceKind


def is_internal(source: Facts | Source) -> bool:
    """Tell whether routes come from a BGP neighbor in our own AS, or in our own member AS (RFC 5065)."""
    return source.kind is SourceKind.BGP and not source.external and not source.confederation


def marks(attributes: AttributeSet, source: Facts, *, to_client: bool, cluster_id: int) -> dict[Any, Any]:
    """Return what tells who reflected a route, so that it can be seen if it comes back (RFC 4456 §8).

    ``cluster_id`` is ours towards the receiver. A route between clients passes through the clusters of both.
    """
    clusters = attributes.get(CLUSTER_LIST, ())
    if source.is_client:
        clusters = (source.cluster_id, *clusters)
    if not source.is_client or (to_client and cluster_id != source.cluster_id):
        clusters = (cluster_id, *clusters)
    changes: dict[Any, Any] = {CLUSTER_LIST: clusters}
    if ORIGINATOR_ID not in attributes:
        changes[ORIGINATOR_ID] = source.router_id
    return changes
