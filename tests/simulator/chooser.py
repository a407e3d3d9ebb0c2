"""What happens next in a scenario, chosen at random."""

import random
from collections.abc import Callable, Mapping
from typing import Final

from messages.iana import CeaseSubcode, ErrorCode, Origin, WellKnownCommunity
from messages.notification import Notification, hard_reset
from tests.simulator.events import (
    Crash,
    Detour,
    Disable,
    Drain,
    Enable,
    EndDetour,
    Event,
    ExportPolicy,
    Flicker,
    Ghost,
    ImportPolicy,
    LayPipe,
    Lose,
    LoseNextHop,
    Originate,
    Refresh,
    RegainNextHop,
    Release,
    Restart,
    Retract,
    SpeakOtherwise,
    Stick,
    Wait,
)
from tests.simulator.policies import EXTERNAL, FOR_PIPES, HARMLESS, RAISING, RED, WITH_MED
from tests.simulator.terms import Topology
from tests.simulator.topology import spoken_otherwise

_COMMUNITIES: Final = (
    RED,
    WellKnownCommunity.NO_EXPORT,
    WellKnownCommunity.NO_ADVERTISE,
    WellKnownCommunity.NO_EXPORT_SUBCONFED,
    WellKnownCommunity.GRACEFUL_SHUTDOWN,
    WellKnownCommunity.LLGR_STALE,
    WellKnownCommunity.NO_LLGR,
)
_CEASE: Final = Notification(ErrorCode.CEASE, CeaseSubcode.ADMINISTRATIVE_RESET)
_LAST_WORDS: Final = (None, None, None, _CEASE, hard_reset(_CEASE))


class Chooser:
    """Chooses the events of a scenario."""

    def __init__(self, seed: str, topology: Topology) -> None:
        self._random: Final = random.Random(seed)
        self._topology: Final = topology
        self._prefixes: Final = range(self._random.choice((1, 3, 6)))
        self._kinds: Final[dict[Callable[[], Event], float]] = {
            self._originate: 8,
            self._retract: 3,
            self._restart: 1.5,
            self._stick: 1.5,
            self._release: 1,
            self._refresh: 1.5,
            self._import_policy: 1.5,
            self._export_policy: 1.5,
            self._drain: 0.7,
            self._lose_next_hop: 1,
            self._regain: 1.5,
            self._flicker: 1,
            self._ghost: 0.5,
            self._detour: 0.7,
            self._end_detour: 0.4,
            self._lay_pipe: 0.7,
        }
        self._restarts: Final[dict[Callable[[], Event], float]] = {
            self._lose: 3,
            self._crash: 2,
            self._disable: 0.7,
            self._enable: 0.7,
            self._wait: 3,
            self._speak_otherwise: 1,
        }

    def event(self) -> Event:
        return self._one_of(self._kinds)

    def restart(self) -> Event:
        """Return something after which all should be as it was (RFC 4724)."""
        return self._one_of(self._restarts)

    def _one_of(self, kinds: Mapping[Callable[[], Event], float]) -> Event:
        (kind,) = self._random.choices(list(kinds), list(kinds.values()))
        return kind()

    def _speaker(self) -> int:
        return self._random.randrange(len(self._topology.identities))

    def _some_prefixes(self) -> tuple[int, ...]:
        count = self._random.randint(1, len(self._prefixes))
        return tuple(self._random.sample(self._prefixes, count))

    def _at_neighbor(self) -> tuple[int, int]:
        return self._random.randrange(len(self._topology.links)), self._random.randrange(2)

    def _two_speakers(self) -> tuple[int, int]:
        one, other = self._random.sample(range(len(self._topology.identities)), 2)
        return one, other

    def _originate(self) -> Event:
        choose = self._random
        speaker = self._speaker()
        return Originate(
            speaker,
            self._some_prefixes(),
            path=self._path(),
            origin=choose.choice((Origin.IGP, Origin.IGP, Origin.EGP, Origin.INCOMPLETE)),
            med=choose.choice((None, 0, 5, 10)) if self._topology.uses_med else None,
            local_pref=choose.choice((None, None, 120, 200)),
            communities=tuple(choose.sample(_COMMUNITIES, 1)) if choose.random() < 0.35 else (),
        )

    def _path(self) -> tuple[int, ...]:
        """Most routes begin here; some come from behind, now and then through an AS of the network."""
        choose = self._random
        if choose.random() < 0.6:
            return ()
        behind = [choose.choice((65101, 65102, 65103)) for _ in range(choose.randint(1, 3))]
        if choose.random() < 0.3:
            behind.append(choose.choice(self._topology.identities).public_as)
        return tuple(behind)

    def _retract(self) -> Event:
        return Retract(self._speaker(), self._some_prefixes())

    def _restart(self) -> Event:
        return Restart(self._at_neighbor()[0])

    def _lose(self) -> Event:
        return Lose(self._at_neighbor()[0], self._random.choice(_LAST_WORDS), self._seconds())

    def _crash(self) -> Event:
        return Crash(self._speaker(), self._random.random() < 0.7, self._seconds())

    def _seconds(self) -> float:
        """Return how long to be away: often in time for everybody, or for who waits, or for nobody."""
        return self._random.choice((0.0, 0.0, 1.0, 3.0, 20.0, 150.0, 400.0))

    def _disable(self) -> Event:
        return Disable(self._at_neighbor()[0])

    def _enable(self) -> Event:
        return Enable(self._at_neighbor()[0])

    def _speak_otherwise(self) -> Event:
        link = self._at_neighbor()[0]
        otherwise = spoken_otherwise(self._topology.links[link], self._random)
        return SpeakOtherwise(link, otherwise, self._seconds())

    def _wait(self) -> Event:
        return Wait(self._random.choice((1, 5, 30)))

    def _stick(self) -> Event:
        return Stick(*self._at_neighbor())

    def _release(self) -> Event:
        return Release(self._at_neighbor()[0])

    def _refresh(self) -> Event:
        return Refresh(*self._at_neighbor())

    def _import_policy(self) -> Event:
        link, end = self._at_neighbor()
        agreement = self._topology.links[link]
        allowed = list(HARMLESS)
        if agreement.terms[end].external:
            allowed += EXTERNAL
            allowed += WITH_MED if self._topology.uses_med else ()
            if agreement.ends[1 - end] in self._topology.stubs:
                allowed += RAISING
        return ImportPolicy(link, end, self._random.choice(allowed).name)

    def _export_policy(self) -> Event:
        link, end = self._at_neighbor()
        allowed = [*HARMLESS, *(EXTERNAL if self._topology.links[link].terms[end].external else ())]
        return ExportPolicy(link, end, self._random.choice(allowed).name)

    def _drain(self) -> Event:
        return Drain(*self._at_neighbor(), self._random.random() < 0.5)

    def _lose_next_hop(self) -> Event:
        speaker, other = self._two_speakers()
        return (LoseNextHop if speaker in self._topology.losers else RegainNextHop)(speaker, other)

    def _regain(self) -> Event:
        return RegainNextHop(*self._two_speakers())

    def _flicker(self) -> Event:
        return Flicker(self._speaker(), self._some_prefixes(), self._random.choice((0, 1, 3, 10)))

    def _ghost(self) -> Event:
        return Ghost(*self._at_neighbor())

    def _detour(self) -> Event:
        """Ways of unequal length are for networks in which everybody sees all exits (see ``topology``)."""
        metric = self._random.choice((0, 5, 10)) if self._topology.uses_med else 0
        return Detour(*self._two_speakers(), self._speaker(), metric)

    def _end_detour(self) -> Event:
        return EndDetour(*self._two_speakers())

    def _lay_pipe(self) -> Event:
        choose = self._random
        return LayPipe(self._speaker(), choose.choice(FOR_PIPES).name, choose.random() < 0.5)
