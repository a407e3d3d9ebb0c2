"""What ``configure check`` predicts is what ``configure`` then does: for each neighbor, table and prefix."""

import sys

import pytest

from tests.interop.lab import Host

pytestmark = pytest.mark.interop


def play(hosts: tuple[Host, Host], *arguments: object) -> None:
    near, far = hosts
    words = ("-m", "tests.prediction.play", far.namespace, *map(str, arguments))
    print(near.run(sys.executable, *words, within=900))


@pytest.mark.soak
def test_everything_comes_as_predicted(hosts: tuple[Host, Host], soaking: bool) -> None:
    play(hosts, 21, 200 if soaking else 25, "bgpd")


@pytest.mark.soak
def test_everything_comes_as_predicted_in_the_place_of_bird(hosts: tuple[Host, Host], soaking: bool) -> None:
    play(hosts, 21, 200 if soaking else 5, "cfg")
