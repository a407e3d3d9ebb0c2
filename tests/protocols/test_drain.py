"""When a drain is over."""

from bgpd.protocols.drain import Drain


def test_it_is_over_when_nothing_has_crossed_for_a_while() -> None:
    drain = Drain("", 100.0)
    assert not drain.is_over(7, 101.0, is_behind=False)
    assert not drain.is_over(8, 104.0, is_behind=False)
    assert not drain.is_over(8, 108.9, is_behind=False)
    assert drain.is_over(8, 109.0, is_behind=False)


def test_it_waits_for_what_there_is_to_tell() -> None:
    drain = Drain("", 100.0)
    for second in range(101, 219):
        assert not drain.is_over(0, second, is_behind=True)


def test_a_neighbor_that_never_becomes_quiet_is_left_all_the_same() -> None:
    drain = Drain("", 100.0)
    assert not any(drain.is_over(second, second, is_behind=True) for second in range(101, 220))
    assert drain.is_over(1000, 220.0, is_behind=True)
