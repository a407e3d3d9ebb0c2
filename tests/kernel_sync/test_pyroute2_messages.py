"""Reading links must not cost the memory of all of pyroute2; who wants all of it must get it."""

import subprocess
import sys


def run(program: str) -> str:
    """Return what a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout


def test_the_daemon_does_not_run_the_whole_package() -> None:
    loaded = run("import bgpd.daemon, sys; print(*sys.modules)").split()
    assert "pyroute2.netlink.rtnl.ifinfmsg" in loaded
    assert not {"pyroute2.iproute", "pyroute2.ndb", "pyroute2.ipset"} & {*loaded}


def test_whoever_asks_for_more_gets_it() -> None:
    program = "import kernel_sync.link_messages; from pyroute2 import IPRoute, netns; print(IPRoute.__name__)"
    assert run(program).strip() == "IPRoute"
    program = "import pyroute2, kernel_sync.link_messages; print(pyroute2.IPRoute.__name__)"
    assert run(program).strip() == "IPRoute"
