"""How much of a connection is read at a time: as much as 12 ms of CPU time are enough for."""

import pytest

from bgpd.sessions.read_size import LARGEST, ReadSize

KIB = 1024


def test_it_grows_by_doubling_up_to_the_largest() -> None:
    size = ReadSize()
    seen = [size.octets]
    for _ in range(4):
        size.learn(size.octets, 0.0001)
        seen.append(size.octets)
    assert seen == [16 * KIB, 32 * KIB, LARGEST, LARGEST, LARGEST]


def test_it_shrinks_at_once_to_what_fits() -> None:
    size = ReadSize()
    size.learn(16 * KIB, 0.024)
    assert size.octets == 8 * KIB
    size.learn(8 * KIB, 0.006)
    assert size.octets == 16 * KIB


@pytest.mark.parametrize("seconds", [0.1, 10.0, 1e9])
def test_it_is_never_less_than_the_longest_message(seconds: float) -> None:
    size = ReadSize()
    size.learn(16 * KIB, seconds)
    assert size.octets == 4 * KIB


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_a_clock_that_stood_still_says_nothing_against_more(seconds: float) -> None:
    """The clock of CPU time has steps."""
    size = ReadSize()
    size.learn(19, seconds)
    assert size.octets == 32 * KIB
