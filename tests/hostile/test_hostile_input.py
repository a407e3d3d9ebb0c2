"""Whatever comes in at an open port: the session stays, others are answered, and nothing is left of it."""

import resource
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import cast

import pytest

from tests.hostile import attacks_on_bgp, attacks_on_control, attacks_on_http
from tests.hostile.victim import Victim
from tests.interop.lab import Lab

pytestmark = [pytest.mark.interop, pytest.mark.soak]

ROUTES, MANY_ROUTES = 30_000, 1_000_000
PORTS = {
    "http": attacks_on_http.ATTACKS,
    "control": attacks_on_control.ATTACKS,
    "bgp": attacks_on_bgp.ATTACKS,
}


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let this process have enough connections to be a nuisance."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
@pytest.mark.parametrize("attacks", PORTS.values(), ids=PORTS)
def test_hostile_input_is_harmless(
    lab: Lab, soaking: bool, attacks: Mapping[str, Callable[[Victim], object]]
) -> None:
    with Victim.in_lab(lab, MANY_ROUTES if soaking else ROUTES) as victim:
        before = victim.files
        for name, attack in attacks.items():
            with victim.unharmed(name), cast("AbstractContextManager[None]", attack(victim)):
                victim.look(name)
            victim.calm(name, before)
