"""How long a protocol rests after a bug of ours."""

from bgpd.health.backoff import FIRST_REST, LONGEST_REST, QUIET, Backoff, Fault


def test_it_doubles_up_to_five_minutes() -> None:
    backoff = Backoff()
    rests = [backoff.next(float(number)) for number in range(11)]
    assert rests == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert (rests[0], rests[-1], backoff.number) == (FIRST_REST, LONGEST_REST, 11)


def test_it_begins_anew_after_a_quiet_time() -> None:
    backoff = Backoff()
    assert [backoff.next(at) for at in (0.0, 1.0)] == [1, 2]
    assert backoff.next(1 + 2 + QUIET - 0.1) == 4
    assert backoff.next(10_000.0) == FIRST_REST


def test_it_says_when_it_is_tried_again() -> None:
    fault = Fault(1000.0, "ValueError: boom (x.py:1)", 1004.0)
    assert fault.words(1001.2) == "Bug: ValueError: boom (x.py:1); tried again in 3 s"
    assert (fault.is_pending(1003.9), fault.is_pending(1004.0)) == (True, False)
