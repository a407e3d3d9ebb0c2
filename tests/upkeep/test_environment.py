"""How the daemon is to stop, if the environment says so."""

import pytest

from bgpd.config import build, load
from bgpd.restart.environment import STOP, as_wished


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "withdraw"),
        ({STOP: ""}, "withdraw"),
        ({STOP: "graceful"}, "graceful"),
        ({STOP: "no"}, "withdraw"),
    ],
)
def test_it_goes_before_the_file(environment: dict[str, str], expected: str) -> None:
    assert as_wished(build(load(None)), environment).stop == expected


def test_what_nobody_understands_is_remarked() -> None:
    (remark,) = as_wished(build(load(None)), {STOP: "gracefully"}).notices()
    assert remark.startswith("BGPD_STOP=gracefully in the environment is not followed")
