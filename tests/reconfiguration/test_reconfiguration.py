"""However a daemon came to a configuration, it is what it would be had it started with it."""

import sys
from collections.abc import Iterator

import pytest

from tests.interop.lab import Host

pytestmark = pytest.mark.interop


def play(hosts: tuple[Host, Host], module: str, *arguments: object, within: float) -> None:
    near, far = hosts
    words = ("-m", f"tests.reconfiguration.{module}", far.namespace, *map(str, arguments))
    print(near.run(sys.executable, *words, within=within))


def seeds(soaking: bool) -> Iterator[int]:
    yield from range(1, 11 if soaking else 2)


@pytest.mark.soak
@pytest.mark.parametrize("language", ["bgpd", "bird", "cfg"])
def test_it_makes_no_difference_how_a_daemon_came_to_its_configuration(
    hosts: tuple[Host, Host], language: str, soaking: bool
) -> None:
    for seed in seeds(soaking):
        play(hosts, "play", seed, 100 if soaking else 8, language, within=600)


@pytest.mark.soak
def test_nothing_stays_of_former_configurations(hosts: tuple[Host, Host], soaking: bool) -> None:
    for seed in seeds(soaking):
        play(hosts, "rounds", seed, 8 if soaking else 4, 60 if soaking else 8, within=600)
