"""Who is kept when the mode of a cluster changes, what is said of it, and what a newer one does."""

from dataclasses import replace
from functools import partial

import pytest

from bgpd.prediction.doubts import of_handover
from bgpd.protocols.bgp import BgpProtocol
from bgpd.reconfiguration import handover_log
from bgpd.reconfiguration.handover import GRACE_SECONDS, Handover, Sight
from bgpd.reconfiguration.held import Held
from bgpd.reconfiguration.plan import plan
from bgpd.settings import DaemonSettings
from tests.reconfiguration.test_bugs import speaking
from tests.simulator.modes.configurations import mesh, reflected, settings_of

MESH, STAR = settings_of(mesh(4), 0), settings_of(reflected(4, 3), 0)
ONE, TWO = "Mesh_10_0_1_1", "Mesh_10_0_2_1"
HANDOVER = 300.0
MISSING = Sight(3, 2, "10.244.1.0/26", is_reflected=True)
THERE = Sight(3, 0, is_reflected=True)
LEFT = Sight(has_left=True)
SILENT = Sight()


def begun(old: DaemonSettings = MESH, new: DaemonSettings = STAR) -> Handover:
    return Handover().towards(new, plan(old, new), old, 0.0)


def gone(handover: Handover, one: Sight, two: Sight, *moments: float) -> dict[str, float]:
    """Return when whom is kept no longer, if this is what is seen of them."""
    found: dict[str, float] = {}
    for now in moments:
        handover.see({ONE: one, TWO: two}, now)
        found |= {each.held.name: now for each in handover.ended}
    return found


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (MISSING, MISSING, {ONE: HANDOVER, TWO: HANDOVER}),
        (THERE, MISSING, {ONE: 2 * GRACE_SECONDS, TWO: HANDOVER}),
        (THERE._replace(is_reflected=False), MISSING, {ONE: HANDOVER, TWO: HANDOVER}),
        (LEFT, MISSING, {ONE: 0.0, TWO: HANDOVER}),
        (SILENT, MISSING, {ONE: HANDOVER, TWO: HANDOVER}),
        (SILENT, THERE, {ONE: 2 * GRACE_SECONDS, TWO: 2 * GRACE_SECONDS}),
        (SILENT, SILENT, {ONE: HANDOVER, TWO: HANDOVER}),
    ],
    ids=[
        "nothing else",
        "covered",
        "covered by its owner",
        "left",
        "silent",
        "silent by evidence",
        "no evidence",
    ],
)
def test_when_who_goes(one: Sight, two: Sight, expected: dict[str, float]) -> None:
    assert gone(begun(), one, two, 0.0, GRACE_SECONDS, 2 * GRACE_SECONDS, HANDOVER) == expected


def test_what_is_no_longer_there_again_begins_anew() -> None:
    handover = begun()
    assert gone(handover, THERE, THERE, 0.0, 1.0) == {}
    assert gone(handover, MISSING, MISSING, 2.0) == {}
    assert gone(handover, THERE, THERE, 3.0, 4.0, 5.0) == {}
    assert handover.draining == {ONE, TWO}
    assert gone(handover, MISSING, MISSING, 6.0) == {}
    assert not handover.draining


def test_near_its_end_all_are_led_around_us() -> None:
    handover = begun()
    gone(handover, MISSING, MISSING, HANDOVER / 2)
    assert not handover.draining
    gone(handover, MISSING, MISSING, HANDOVER - 10)
    assert handover.draining == {ONE, TWO}


def test_who_is_not_in_the_cluster_any_more_just_goes() -> None:
    smaller = settings_of(reflected(4, 3), 0)
    assert smaller.cluster is not None
    members = {address: name for address, name in smaller.cluster.members.items() if name != "node1"}
    new = replace(smaller, cluster=replace(smaller.cluster, members=members))
    assert [each.name for each in begun(new=new).held()] == [TWO]


@pytest.mark.parametrize("new", [settings_of(reflected(4, 3, handover=0), 0), replace(STAR, cluster=None)])
def test_without_a_cluster_or_a_handover_nobody_is_kept(new: DaemonSettings) -> None:
    assert begun(new=new).held() == []


def test_who_is_kept_is_in_the_settings_that_are_applied() -> None:
    applied = begun().with_stays(STAR, MESH)
    assert [each.name for each in applied.neighbors] == ["Node_10_0_3_1", ONE, TWO]


def test_a_configuration_on_the_way_keeps_deadlines_and_forgets_who_is_back() -> None:
    first = begun()
    applied = first.with_stays(STAR, MESH)
    other = settings_of(reflected(4, 2, 3), 0)
    second = first.towards(other, plan(applied, other), applied, 100.0)
    assert [(each.name, each.since, each.until) for each in second.held()] == [(ONE, 0.0, HANDOVER)]
    assert second.towards(MESH, plan(applied, MESH), applied, 100.0).held() == []


def test_a_prediction_says_who_stays() -> None:
    (one, two) = of_handover(MESH, plan(MESH, STAR))
    assert (one.name, two.name) == (ONE, TWO)
    assert "stays until others have taken over, 300 s at most" in one.text
    reflector = settings_of(reflected(4, 3), 3), settings_of(mesh(4), 3)
    texts = [each.text for each in of_handover(reflector[0], plan(*reflector))]
    assert texts == ["we go on reflecting for it for 300 s, while other nodes change"] * 3


def held(name: str) -> Held:
    return Held(name, "10.0.1.1", "node1", "neighbor", 0.0, HANDOVER, 3, 2, "10.244.1.0/26")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(handover_log, "_note", lambda _level, text, others: found.append(f"{text} +{others}"))
    return found


def test_the_log_says_it_once_and_of_many_how_many(lines: list[str]) -> None:
    log = handover_log.HandoverLog()
    log.stay([held(ONE)], lambda _each: 300)
    log.stay([held(ONE)], lambda _each: 299)
    assert lines == [
        f"{ONE} stays until 2 prefixes (10.244.1.0/26 ...) are known from others, at most 300 s +0"
    ]
    lines.clear()
    log.stay([held(ONE), *(held(f"n{number}") for number in range(999))], lambda _each: 298)
    assert len(lines) == 1
    assert lines[0].endswith("+998")


async def test_a_newer_configuration_is_not_queued_and_an_undo_puts_the_former_one_back() -> None:
    """Those who are kept are no part of what an undo puts back."""
    old, star = (replace(each, kernels=(), listen=(), directs=()) for each in (MESH, STAR))
    other = replace(settings_of(reflected(4, 2, 3), 0), kernels=(), listen=(), directs=())
    async with speaking(old) as speaker:
        reconfigurer = speaker.reconfigurer
        await reconfigurer.apply(star)
        while tasks := reconfigurer._tasks:  # the new session is waited for only if there is one
            for task in [*tasks]:
                await task
        assert {each.name for each in reconfigurer.held} == {ONE, TWO}
        assert {ONE, TWO} <= speaker.protocols.keys()
        assert not reconfigurer.is_under_way
        outcome = await reconfigurer.apply(other)
        assert "queue" not in outcome.result.text
        while tasks := reconfigurer._tasks:
            for task in [*tasks]:
                await task
        assert {each.name for each in reconfigurer.held} == {ONE}
        await reconfigurer.undo()
        while tasks := reconfigurer._tasks:
            for task in [*tasks]:
                await task
        assert {each.name for each in speaker.settings.neighbors} == {"Node_10_0_3_1", ONE, "Node_10_0_2_1"}


async def test_an_operator_may_drain_who_is_led_around_us_for_a_while() -> None:
    """Then it is up to the operator when that is over."""
    async with speaking(replace(MESH, kernels=(), listen=(), directs=())) as speaker:
        neighbor = speaker.protocols[ONE]
        assert isinstance(neighbor, BgpProtocol)
        drain = partial(neighbor._draining.begin, "maintenance")  # as ``drain`` does while there is a session
        moments = []
        for do in (neighbor.step_aside, neighbor.step_back, neighbor.step_aside, drain, neighbor.step_back):
            do()
            moments.append((neighbor.is_draining, neighbor._draining.is_to_end))
        assert moments == [(True, False), (False, False), (True, False), (True, True), (True, True)]
