"""What must become of what several external neighbors say: who wins, what others are told (RFC 4271 §9)."""

import socket
from collections import defaultdict
from collections.abc import Collection, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from tests.real_table.parts import Player
from tests.real_table.recording import Peer
from tests.real_table.rules import Heard, accepted, best, is_loop, is_withheld, to_external
from tests.real_table.shown import plain
from tests.real_table.updates import MP_REACH_NLRI, NEXT_HOP, Attributes, Prefix

Network = IPv4Network | IPv6Network


class Expected:
    """What follows from what is said by all who are there."""

    def __init__(self, players: Sequence[Player], links: Collection[Network]) -> None:
        """``links`` are the connected networks: nothing leads to other next hops."""
        self._candidates: defaultdict[Prefix, list[Heard]] = defaultdict(list)
        self._names: dict[Peer, str] = {}
        for part, said in ((player.part, player.said) for player in players):
            self._names[part.peer] = part.name
            for prefix, received in said.items():
                found = accepted(received)
                if not is_loop(found, part.peer.local_asn):
                    heard = Heard(part.peer, socket.inet_aton(part.router_id), found)
                    self._candidates[prefix].append(heard)
        self.best = {
            prefix: best(reachable)
            for prefix, candidates in self._candidates.items()
            if (reachable := [each for each in candidates if _is_on_link(each.attributes, links)])
        }

    def rib(self) -> dict[tuple[Prefix, str], tuple[bool, dict[str, object]]]:
        """Return whether it is the best, and its attributes, for each path."""
        return {
            (prefix, self._names[each.peer]): (each is self.best.get(prefix), plain(each.attributes))
            for prefix, candidates in self._candidates.items()
            for each in candidates
        }

    def told(self, family: int, next_hop: bytes) -> dict[Prefix, Attributes]:
        """Return what an external neighbor is told."""
        return {
            prefix: to_external(winner.attributes, winner.peer.local_asn, next_hop)
            for prefix, winner in self.best.items()
            if prefix[0] == family and not is_withheld(winner.attributes)
        }


def _is_on_link(found: Attributes, links: Collection[Network]) -> bool:
    _, next_hop = found.get(NEXT_HOP) or found[MP_REACH_NLRI]
    address = ip_address(next_hop[:16])  # the global one (RFC 2545 §3)
    return any(address in link for link in links)
