"""Who asks a running daemon for another configuration, when, and how often."""

import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

import pytest

from tests.interop.lab import CommandFailedError, Host
from tests.interop.routers.bgpd import Bgpd
from tests.interop.waiting import eventually

pytestmark = pytest.mark.interop

_FILE: Final = """
[router]
id = "192.0.2.1"
listen = []
[direct]
interfaces = []
[kernel]
[metrics]
listen = "127.0.0.1:{port}"
[[static]]
prefix = "10.{number}.0.0/16"
blackhole = true
"""
_READ: Final = "import urllib.request as u; print(len(u.urlopen('http://127.0.0.1:{port}/metrics').read()))"

_IMPATIENT: Final = """
import os, signal, sys
from bgpd import daemon
from bgpd.__main__ import main
plain = daemon.Daemon.run
async def run(self):
    os.kill(os.getpid(), signal.SIGHUP)
    await plain(self)
daemon.Daemon.run = run
sys.exit(main(["-c", sys.argv[1], "-s", sys.argv[2]]))
"""


def serves(daemon: Bgpd, port: int) -> bool:
    """Tell whether the daemon has figures there."""
    try:
        return int(daemon.run(sys.executable, "-c", _READ.format(port=port))) > 0
    except CommandFailedError:
        return False


@pytest.fixture
def daemon(host: Host) -> Bgpd:
    return Bgpd.with_file(host, _FILE.format(port=9001, number=1)).start()


def change(daemon: Bgpd, **values: int) -> None:
    daemon.text = _FILE.format(**values)
    daemon.reconfigure()


@pytest.mark.parametrize(
    "go_back",
    [
        lambda daemon: daemon.ask("configure undo"),
        lambda daemon: change(daemon, port=9001, number=1),
    ],
    ids=["undone", "as it was"],
)
def test_figures_are_served_where_the_configuration_in_force_says(
    daemon: Bgpd, go_back: Callable[[Bgpd], None]
) -> None:
    change(daemon, port=9002, number=2)
    eventually(lambda: (serves(daemon, 9001), serves(daemon, 9002)), equals=(False, True))
    go_back(daemon)
    eventually(lambda: (serves(daemon, 9001), serves(daemon, 9002)), equals=(True, False))


def test_of_many_signals_the_last_one_counts_and_few_do_work(daemon: Bgpd) -> None:
    """What waits to read the file reads it for all who have asked since."""
    eventually(partial(few_do_work, daemon))  # unless it has the processor whenever it is sent a signal


def few_do_work(daemon: Bgpd) -> bool:
    """Send many signals; tell whether the daemon has read its file again, but not as often as it was told."""
    for number in range(2, 202):
        daemon.text = _FILE.format(port=9001, number=number)
        daemon.write()
        daemon.processes[0].signal(signal.SIGHUP)
    eventually(partial(daemon.ask, "show static"), lambda lines: "10.201.0.0/16" in " ".join(lines))
    log = daemon.processes[0].log.read_text()
    return 1 < log.count("Reconfiguring") < log.count("Reconfiguration requested by SIGHUP")


def test_a_signal_at_the_start_waits_for_its_end(host: Host) -> None:
    """There is nothing as yet that could be changed."""
    daemon = Bgpd.with_file(host, _FILE.format(port=9001, number=1))
    daemon.write()
    daemon.spawn(sys.executable, "-c", _IMPATIENT, daemon.configuration, daemon.socket)
    eventually(partial(daemon.ask, "show status"))
    eventually(lambda: "Reconfigured" in daemon.processes[0].log.read_text())
    assert "Traceback" not in daemon.processes[0].log.read_text()
