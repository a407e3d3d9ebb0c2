"""Why the daemon can't start, in words that say what to do."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bgpd.capabilities import NUMBERS, effective, is_kept_from_more

_FIRST_UNPRIVILEGED_PORT: Final = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
KERNEL_RIGHT: Final = {"CAP_NET_ADMIN": "write routes into the kernel"}


class StartupError(Exception):
    """The daemon can't start; the text is for the operator."""


def require_capabilities(port: int | None, *, kernel: bool) -> None:
    """Raise StartupError if a right is missing that listening on ``port`` or writing kernel routes takes."""
    needed: dict[str, str] = {}
    if port is not None and port < int(_FIRST_UNPRIVILEGED_PORT.read_text()):
        needed["CAP_NET_BIND_SERVICE"] = f"listen on port {port}"
    if kernel:
        needed |= KERNEL_RIGHT
    present = effective()
    missing = {name: purpose for name, purpose in needed.items() if not present >> NUMBERS[name] & 1}
    if missing:
        raise StartupError(missing_capabilities(missing))


def missing_capabilities(missing: Mapping[str, str]) -> str:
    """Return what is missing, what for (by name), and ways to grant it."""
    purposes = ", and ".join(f"{name}, which it takes to {purpose}" for name, purpose in missing.items())
    short = [name.removeprefix("CAP_") for name in missing]
    granted = ",".join(f"+{name.lower()}" for name in short)
    command = shlex.join([sys.executable, *sys.orig_argv[1:]])
    obstacle = " and without no-new-privileges" if is_kept_from_more() else ""
    return (
        f"a capability is missing: {purposes}; run bgpd as root,\n"
        f"under systemd with AmbientCapabilities={' '.join(missing)},\n"
        f"in a container with {' '.join(f'--cap-add={name}' for name in short)}{obstacle}, or as\n"
        f"  sudo setpriv --reuid={os.getuid()} --regid={os.getgid()} --init-groups"
        f" --inh-caps={granted} --ambient-caps={granted} {command}"
    )
