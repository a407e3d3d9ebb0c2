"""A network namespace for each test that asks for one; the machine's own is never touched."""

import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from pyroute2 import netns

from tests.requirements import need_network_namespaces

_NUMBERS = count()


@pytest.fixture
def namespace() -> Iterator[None]:
    """Run the test inside a namespace of its own, with lo up and nothing else."""
    need_network_namespaces()
    name = f"bgpd-kernel-{os.getpid()}-{next(_NUMBERS)}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        netns.pushns(name)
        try:
            run("ip link set lo up")
            yield
        finally:
            netns.popns()
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


@pytest.fixture
def shell(namespace: None) -> Callable[[str], str]:
    """Return a function that runs a command inside the test's namespace and returns what it prints."""
    return run


@pytest.fixture
def link(shell: Callable[[str], str]) -> str:
    """Make an interface ``left`` that is up, has neighbors 10.0.0.0/24 and fd00::/64, and return its name."""
    shell("ip link add left type veth peer name right")
    shell("ip link set right up")
    shell("ip link set left up")
    shell("ip address add 10.0.0.1/24 dev left")
    shell("ip -6 address add fd00::1/64 dev left nodad")
    return "left"


def run(command: str) -> str:
    done = subprocess.run(command.split(), check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout
