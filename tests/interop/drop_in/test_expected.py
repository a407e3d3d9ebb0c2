"""Every difference that the tests expect is explained to whoever switches a cluster."""

import pytest

from tests.interop.drop_in.comparison import Difference
from tests.interop.drop_in.expected import EXPECTED, unexplained
from tests.interop.routers.bgpd import ROOT

REASONS = sorted({row.reason for row in EXPECTED})


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_in_the_documentation(reason: str) -> None:
    assert reason in (ROOT / "docs" / "calico.md").read_text()


@pytest.mark.parametrize(
    ("question", "theirs", "ours"),
    [
        ("show status", ("1000-BIRD 1.6.8",), ()),
        ("show status", (), ("1011-Implementation is bgpd 0.1.0",)),
        ("configure soft", ("0004 Reconfiguration in progress",), ("0003 Reconfigured",)),
    ],
)
def test_what_is_expected(question: str, theirs: tuple[str, ...], ours: tuple[str, ...]) -> None:
    assert unexplained([Difference(question, "ipv4", theirs, ours)]) == []


@pytest.mark.parametrize(
    ("question", "theirs", "ours"),
    [
        ("show protocols", ("1000-BIRD 1.6.8",), ()),
        ("show status", ("1000-BIRD 1.6.8", "1011-Router ID is 10.10.0.1"), ()),
        ("show status", (), ("1011-Router ID is 10.10.0.1",)),
        ("show status", ("1011-Implementation is bgpd 0.1.0",), ()),
    ],
)
def test_what_is_not_expected(question: str, theirs: tuple[str, ...], ours: tuple[str, ...]) -> None:
    """The same line in another answer, beside a line without a reason, or said by the other side."""
    difference = Difference(question, "ipv4", theirs, ours)
    assert unexplained([difference]) == [difference]
