"""Is it the whole host that ends, or this daemon alone? Routes of a host that ends are of use to nobody.

systemd knows (``systemctl is-system-running``), a shutdown that is due is written down beside it, and hosts
without systemd have a runlevel in utmp(5). In a container none of this can be seen, unless it is mounted
there: the daemon believes that it ends alone. ``/run/nologin`` says too little: operators make one as well.
"""

import asyncio
import subprocess
from contextlib import suppress
from pathlib import Path
from struct import Struct
from time import time
from typing import Final, NamedTuple

_SCHEDULED: Final = Path("/run/systemd/shutdown/scheduled")
_UTMP: Final = Path("/run/utmp")
_ASK: Final = ("systemctl", "is-system-running")
_PATIENCE: Final = 1.0
"""Seconds for systemd to answer; it is busy when it ends."""
_STOPPING: Final = "stopping"
_SOON: Final = 30.0
"""Seconds within which a shutdown that is written down counts as begun."""
_ENDS: Final = frozenset({"poweroff", "reboot", "halt", "kexec", "soft-reboot"})
_RUNLEVELS: Final = {"0": "runlevel 0", "6": "runlevel 6"}
_RECORD: Final = Struct("hi376x")
"""Type and process of a record of utmp(5), which has 384 octets."""
_RUN_LEVEL: Final = 1


class HostFacts(NamedTuple):
    """What can be found out; empty is not known."""

    manager: str = ""
    """What systemd says of its state."""
    scheduled: str = ""
    """The shutdown that is written down."""
    utmp: bytes = b""


def why_it_ends(facts: HostFacts, now: float) -> str:
    """Return why the host is taken to be shutting down; empty if it is not. ``now`` is the Unix time."""
    if facts.manager == _STOPPING:
        return "systemd is stopping"
    fields = dict(line.split("=", 1) for line in facts.scheduled.splitlines() if "=" in line)
    at = fields.get("USEC", "")
    if fields.get("MODE") in _ENDS and at.isdecimal() and int(at) / 1e6 <= now + _SOON:
        return f"a {fields['MODE']} is due"
    return _RUNLEVELS.get(_runlevel(facts.utmp), "")


def _runlevel(utmp: bytes) -> str:
    """Return the last one that was entered, a character; empty if there is none."""
    whole = utmp[: len(utmp) // _RECORD.size * _RECORD.size]
    levels = [process for kind, process in _RECORD.iter_unpack(whole) if kind == _RUN_LEVEL]
    return chr(levels[-1] % 256) if levels else ""


async def host_ends() -> str:
    """Find out whether the host is shutting down: return why, or an empty text."""
    return why_it_ends(await asyncio.to_thread(_facts), time())


def _facts() -> HostFacts:
    manager, scheduled, utmp = "", "", b""
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(_ASK, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        manager = asked.stdout.strip()
    with suppress(OSError, UnicodeDecodeError):
        scheduled = _SCHEDULED.read_text(encoding="ascii")
    with suppress(OSError):
        utmp = _UTMP.read_bytes()
    return HostFacts(manager, scheduled, utmp)
