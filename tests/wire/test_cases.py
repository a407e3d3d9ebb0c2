"""Each case of the suite against our daemon, which is one process through all of them."""

from collections.abc import Iterator

import pytest

from tests.interop.routers import Bgpd
from tests.requirements import need_network_namespaces
from tests.wire.case import Case
from tests.wire.cases import CASES
from tests.wire.stage import Stage

pytestmark = pytest.mark.interop

AT_LEAST = 150
"""How many cases must apply, whatever the daemon offers."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    need_network_namespaces()
    with Stage(Bgpd, CASES) as made:
        yield made


@pytest.fixture(scope="module")
def applied() -> set[str]:
    """The cases that were played to their end."""
    return set()


@pytest.mark.parametrize("each", CASES, ids=lambda each: each.name)
def test_case(stage: Stage, applied: set[str], each: Case) -> None:
    """A case that needs a capability we do not offer says nothing about us."""
    verdict = stage.play(each)
    if verdict.passed is False:
        stage.fail()
    assert verdict.passed is not False, f"{each.rule}: {verdict.story}; allowed: {each.outcomes}"
    if verdict.passed:
        applied.add(each.name)


def test_enough_cases_apply(stage: Stage, applied: set[str], request: pytest.FixtureRequest) -> None:
    chosen = sum(item.name.startswith("test_case[") for item in request.session.items)
    assert len(applied) >= min(AT_LEAST, chosen)
    assert "Traceback" not in stage.daemon.processes[0].log.read_text()


def test_the_names_tell_the_cases_apart() -> None:
    names = [each.name for each in CASES]
    assert sorted(set(names)) == sorted(names)
