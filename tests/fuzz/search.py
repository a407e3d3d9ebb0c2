"""The search for a sequence of messages that breaks something, and for its shortest form."""

import random
import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.fuzz.mutation import Mutator
from tests.fuzz.world import World

STEPS_PER_WORLD: Final = 200
"""A world is small: what breaks it can be replayed, and what it takes of memory is given back."""
CPU_SECONDS_PER_STEP: Final = 2.0
_KILOBYTES_PER_STEP: Final = 64 << 10
_CHECK_EVERY: Final = 10
_SLOW: Final = "abc"


class LimitError(AssertionError):
    """One message took more time or memory than any may."""


class Step(NamedTuple):
    """What one neighbor sends, and what happens besides."""

    feeder: int
    octets: bytes
    slow_observer: int = -1
    """Which of the listening neighbors falls behind from now on."""


@dataclass
class Finding:
    """A sequence that breaks something."""

    world: int
    steps: Sequence[Step]
    error: Exception


def write_step(step: Step) -> str:
    """Return a step as a word: neighbor, which observer gets slow, and what the neighbor sends."""
    letter = ":" if step.slow_observer < 0 else _SLOW[step.slow_observer]
    return f"{step.feeder}{letter}{step.octets.hex()}"


def read_step(word: str) -> Step:
    """Return the step that a word means."""
    return Step(int(word[0]), bytes.fromhex(word[2:]), _SLOW.find(word[1]))


def steps(seed: int | str, seeds: Sequence[bytes], count: int = STEPS_PER_WORLD) -> Iterator[Step]:
    """Yield the steps of one world."""
    choose = random.Random(f"{seed} steps")
    mutator = Mutator(f"{seed} messages", seeds)
    for _ in range(count):
        octets = b"".join(mutator.next() for _ in range(choose.choice((1, 1, 1, 1, 3))))
        slow = choose.randrange(3) if choose.random() < 0.05 else -1
        yield Step(choose.randrange(3), octets, slow)


def play(sequence: Iterable[Step], check_every: int = _CHECK_EVERY) -> None:
    """Play the steps in a new world; raise whatever goes wrong."""
    world = World()
    for number, step in enumerate(sequence, 1):
        before, memory = time.thread_time(), _peak_kilobytes()
        if step.slow_observer >= 0:
            world.observers[step.slow_observer].listener.is_slow = True
        world.step(step.feeder, step.octets, now=number // 3)
        seconds, kilobytes = time.thread_time() - before, _peak_kilobytes() - memory
        if seconds > CPU_SECONDS_PER_STEP or kilobytes > _KILOBYTES_PER_STEP:
            raise LimitError(f"step {number} took {seconds:.1f} s and {kilobytes >> 10} MB")
        if number % check_every == 0:
            _check(world)
    _check(world)


def _check(world: World) -> None:
    for observer in world.observers:
        observer.listener.is_slow = False
    world.check()


def search(seed: int, seeds: Sequence[bytes], world: int) -> Finding | None:
    """Play one world; return what breaks it, made as short as can be."""
    sequence = list(steps(f"{seed}/{world}", seeds))
    error = _error_of(sequence)
    return None if error is None else Finding(world, *_shortened(sequence, error))


def _error_of(sequence: Sequence[Step], check_every: int = _CHECK_EVERY) -> Exception | None:
    try:
        play(sequence, check_every)
    except Exception as error:  # whatever it is, it is what we are looking for
        return error
    return None


def _shortened(sequence: list[Step], error: Exception) -> tuple[list[Step], Exception]:
    """Leave out whatever is not needed for an error of the same class."""
    check_every = 1 if type(_error_of(sequence, 1)) is type(error) else _CHECK_EVERY
    size = len(sequence) // 2
    while size:
        begin = 0
        while begin < len(sequence):
            shorter = sequence[:begin] + sequence[begin + size :]
            found = _error_of(shorter, check_every)
            if type(found) is type(error):
                sequence, error = shorter, found
            else:
                begin += size
        size //= 2
    return sequence, error


def _peak_kilobytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
