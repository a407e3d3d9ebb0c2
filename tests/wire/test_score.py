"""The same suite against other daemons: what they pass shows that the cases are fair."""

from typing import Final

import pytest

from tests.interop.routers import Bgpd, Bird2, Frr
from tests.interop.routers.router import Router
from tests.requirements import need_network_namespaces
from tests.wire.cases import CASES
from tests.wire.score import play_all, share, table

pytestmark = [pytest.mark.interop, pytest.mark.soak]

FAIR: Final[dict[type[Router], float]] = {Bgpd: 1.0, Bird2: 0.85, Frr: 0.55}
"""The least part of the cases each passes; well below what it was when the suite was written."""
EVERY: Final = 25
"""How many cases there are for one of the short form."""


@pytest.mark.parametrize("router", FAIR, ids=lambda router: router.name)
def test_score(router: type[Router], soaking: bool, capsys: pytest.CaptureFixture[str]) -> None:
    need_network_namespaces()
    router.require()
    verdicts = play_all(router, CASES if soaking else CASES[::EVERY])
    failed = {name: verdict.story for name, verdict in verdicts.items() if verdict.passed is False}
    if soaking:
        with capsys.disabled():
            print("", *table(router.name, verdicts), sep="\n")
    assert share(verdicts.values()) >= FAIR[router], failed
