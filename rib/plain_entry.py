"""The way in for plain attributes of a neighbor that nothing special was agreed with (RFC 4271 §9.1.1).

Nearly all routes of a full table come this way. What could make a difference to ``Ingress`` leaves octets in
the attributes, as our AS in the path does. They are searched for as octets wherever they stand; if they are
there, by chance or not, ``Ingress`` decides as it does for all others. Both come to the same.
"""

from messages.plain_attributes import (
    AS_PATH_AT,
    AS_PATH_LENGTH_AT,
    FIRST_AS_AT,
    NEXT_HOP_BEHIND_PATH,
    PlainAttributes,
)
from rib.admission import Admission
from rib.next_hops import NextHops, Resolution
from rib.policy import Policy
from rib.route import Route, Source


class PlainEntry:
    """Makes routes out of plain attributes; one of them per set, as ``Ingress`` does."""

    def __init__(self, source: Source, admission: Admission, next_hops: NextHops) -> None:
        self._source = source
        self._next_hops = next_hops
        self._own_addresses = admission.own_addresses
        self._ways: dict[bytes, Resolution] = {}
        self._suspects = _suspects(source, admission)
        enforced = admission.enforce_first_as and source.external
        self._first_as = admission.peer_as.to_bytes(4) if enforced else b""

    @staticmethod
    def suits(source: Source, admission: Admission) -> bool:
        """Tell whether a neighbor's routes may come this way: none is marked, and none judged by a filter."""
        special = (
            admission.policy is not Policy.ALL,
            admission.role is not None,
            admission.is_draining,
            admission.prepended,
            admission.confederation_id,
            source.confederation,
        )
        return not any(special)

    def forget(self) -> None:
        """Next hops may resolve differently from now on."""
        self._ways.clear()

    def route(self, wire: PlainAttributes, now: int) -> Route | None:
        """Return the route that carries these attributes; None if ``Ingress`` has to look."""
        for octets in self._suspects:
            if octets in wire:
                return None
        if self._first_as and not wire.startswith(self._first_as, FIRST_AS_AT):
            return None
        begin = AS_PATH_AT + wire[AS_PATH_LENGTH_AT] + NEXT_HOP_BEHIND_PATH
        hop = wire[begin : begin + 4]
        way = self._ways.get(hop)
        if way is None:
            if hop in self._own_addresses:
                return None
            way = self._ways[hop] = self._next_hops.resolve(hop, self._source)
        destination, refusal, igp_metric = way
        return Route(self._source, wire, destination, now, refusal, igp_metric)


def _suspects(source: Source, admission: Admission) -> tuple[bytes, ...]:
    """Return the octets that a route might be refused or marked for."""
    numbers = {admission.local_as, admission.other_as} - {0}
    if not source.external:  # ORIGINATOR_ID and CLUSTER_LIST (RFC 4456 §8)
        numbers |= {admission.router_id, *admission.cluster_ids}
    return tuple(number.to_bytes(4) for number in numbers)
