"""What each peer of a recording did, and a neighbor that does it again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.bench.speaker import Speaker
from tests.real_table.comparison import without
from tests.real_table.recording import Peer, read_recording
from tests.real_table.rules import is_malformed
from tests.real_table.sessions import IPV6_UNICAST, remote
from tests.real_table.updates import IPV4, IPV6, Attributes, Held, Prefix, read


class Part(NamedTuple):
    """What one peer does."""

    peer: Peer
    number: int
    acts: Sequence[bytes]
    """Messages to be sent; empty: the session is lost, and begins again if anything follows."""

    @property
    def name(self) -> str:
        """What the daemon calls it."""
        return f"peer{self.number}"

    @property
    def router_id(self) -> str:
        """Its BGP Identifier, which was not recorded."""
        return f"10.0.0.{self.number}" if self.peer.is_ipv6 else self.peer.address

    @property
    def held(self) -> Held:
        """What it has announced at the end."""
        held = Held()
        for act in self.acts:
            held.hear(act) if act else held.clear()
        return held

    @property
    def families(self) -> set[int]:
        """What is exchanged over its session: the family of its address, and what else it spoke of."""
        return {IPV6 if self.peer.is_ipv6 else IPV4} | {prefix[0] for prefix in self.held.routes}


class Player:
    """Plays a part in a thread of its own."""

    def __init__(self, part: Part) -> None:
        peer = part.peer
        self.part = part
        self._acts = part.acts
        self._speaker = Speaker(
            peer.address, peer.asn, remote(peer.local_address), IPV6_UNICAST, router_id=part.router_id
        )
        self._is_up = False

    @property
    def said(self) -> Mapping[Prefix, Attributes]:
        """What the daemon may believe of what it said, as long as it is there."""
        if not self._is_up:
            return {}
        return without(read(self.part.held.routes), is_malformed)

    def play(self) -> None:
        """Do everything in its order."""
        self._begin()
        for act in self._acts:
            self._begin()
            if act:
                self._speaker.send(act)
            else:
                self.leave()

    def leave(self) -> None:
        """Lose the session."""
        if self._is_up:
            self._speaker.close()
        self._is_up = False

    def _begin(self) -> None:
        if not self._is_up:
            self._speaker.connect()
        self._is_up = True


def read_parts(file: str) -> list[Part]:
    """Read who does what."""
    acts: defaultdict[Peer, list[bytes]] = defaultdict(list)
    for peer, update in read_recording(file):
        acts[peer].append(update)
    return [Part(peer, number, each) for number, (peer, each) in enumerate(acts.items(), start=1)]
