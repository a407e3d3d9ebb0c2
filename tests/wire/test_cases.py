"""Each case of the suite against our daemon, which is one process through all of them."""

from collections.abc import Iterator

import pytest

from tests.interop.routers import Bgpd
from tests.requirements import need_network_namespaces
from tests.wire.case import Case
from tests.wire.cases import CASES
from tests.wire.stage import Stage

pytestmark = pytest.mark.interop


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need_network_namespaces()
    with Stage(Bgpd, CASES) as made:
        yield made


@pytest.mark.parametrize("each", CASES, ids=lambda each: each.name)
def test_case(stage: Stage, each: Case) -> None:
    """We offer every capability that a case needs, so that each is played to its end."""
    verdict = stage.play(each)
    if not verdict.passed:
        stage.fail()
    assert verdict.passed, f"{each.rule}: {verdict.story}; allowed: {each.outcomes}"


def test_nothing_that_was_sent_met_a_bug(stage: Stage) -> None:
    assert "Traceback" not in stage.daemon.processes[0].log.read_text()


def test_the_names_tell_the_cases_apart() -> None:
    names = [each.name for each in CASES]
    assert sorted(set(names)) == sorted(names)
