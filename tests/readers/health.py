"""The probes of calico-node: is BIRD ready (``-bird-ready``), and does it live (``-bird-live``)."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.readers.lines import UnexpectedLineError, connected, read, send
from tests.readers.node_status import peers

_STATUS: Final = ("0013", "0001", "1000", "1011", "0024", " ")


def restarts_gracefully(path: Path) -> bool:
    """Tell whether ``show status`` speaks of a graceful restart."""
    with connected(path) as stream:
        send(stream, "show status")
        is_restarting = False
        while not (line := read(stream)).startswith("0013"):
            if not line.startswith(_STATUS):
                raise UnexpectedLineError(line)
            is_restarting |= line.startswith("0024")
        return is_restarting


def why_not_ready(path: Path, *, is_new: bool) -> str:
    """Return why the node is not ready, "" if it is; ``is_new`` within 30 s of the node's start."""
    found = peers(path)
    waiting = [peer.address for peer in found if peer.bgp_state != "Established"]
    if is_new:
        if waiting:
            return f"BGP not established with {','.join(waiting)}"
        return "graceful restart in progress" if restarts_gracefully(path) else ""
    return "no BGP session is established" if found and len(waiting) == len(found) else ""


def is_alive(birdcl: Sequence[str | Path], path: Path, environment: Mapping[str, str]) -> bool:
    """Run the client as the liveness probe does; it waits for as long as the probe's own time-out."""
    done = subprocess.run(
        [*map(str, birdcl), "-s", str(path), "show", "status"],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return done.returncode == 0 and done.stdout.startswith("BIRD")
