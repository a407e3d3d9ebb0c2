"""A neighbor that sends malformed attributes is logged once a minute and counted always (RFC 7606 §8)."""

import logging

import pytest

from bgpd.protocols.flaw_log import SILENCE, FlawLog
from messages.errors import AttributeFlaw, Malformed

DISCARDED = AttributeFlaw(6, Malformed.ATTRIBUTE_DISCARD, "length 1 is not 0", bytes.fromhex("40060100"))
WITHDRAWN = AttributeFlaw(1, Malformed.TREAT_AS_WITHDRAW, "03 is no origin", bytes.fromhex("40010103"))
MISSING = AttributeFlaw(2, Malformed.TREAT_AS_WITHDRAW, "as_path is missing", b"")
LONG = AttributeFlaw(8, Malformed.TREAT_AS_WITHDRAW, "length 201 is not", bytes(201))


class Clock:
    """A clock that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_worst_flaw_is_logged_with_its_octets(caplog: pytest.LogCaptureFixture) -> None:
    log = FlawLog("tor1", Clock())
    log.report([DISCARDED, WITHDRAWN])
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (
            logging.WARNING,
            "tor1: malformed path attribute 1: 03 is no origin; treat as withdraw; octets 40010103",
        )
    ]
    assert log.count == 2


@pytest.mark.parametrize(("flaw", "octets"), [(MISSING, "octets none"), (LONG, f"octets {'00' * 64}...")])
def test_octets_are_shown_as_far_as_they_go(
    flaw: AttributeFlaw, octets: str, caplog: pytest.LogCaptureFixture
) -> None:
    FlawLog("tor1", Clock()).report([flaw])
    assert caplog.records[0].message.endswith(octets)


def test_a_flood_is_one_line_a_minute_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = FlawLog("tor1", clock)
    for _ in range(100_000):
        log.report([DISCARDED])
    clock.now += SILENCE - 1
    log.report([DISCARDED])
    assert len(caplog.records) == 1
    clock.now += 1
    log.report([DISCARDED])
    clock.now += SILENCE
    log.report([DISCARDED])
    assert [record.message.partition("; octets 40060100")[2] for record in caplog.records] == [
        "",
        " (100000 more like it in the last 60 s)",
        "",
    ]
    assert log.count == 100_003


def test_neighbors_do_not_silence_one_another(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    for name in ("tor1", "tor2"):
        FlawLog(name, clock).report([DISCARDED])
    assert [record.message[:4] for record in caplog.records] == ["tor1", "tor2"]
