"""Starts a daemon and returns when it is ready, or over: ``background.py PROGRAM ARGUMENT...``.

A daemon that was started in the same way before, with the same arguments, is ended first. What it says goes
to a file, and is shown if it ends.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Final

RUNNING: Final = Path("/run/running")
_PATIENCE: Final = 60.0


def start(command: list[str]) -> int:
    """Start a daemon and return 0 when it is ready, or its exit status."""
    namespace = Path("/proc/self/ns/net").stat().st_ino
    mark = RUNNING / f"{namespace}-{zlib.crc32(repr(command).encode())}"
    RUNNING.mkdir(exist_ok=True)
    _end(mark)
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(f"\0ready-{os.getpid()}")
    notices.settimeout(0.2)
    log = mark.with_suffix(".log")
    with log.open("wb") as output:
        daemon = subprocess.Popen(
            command,
            env={**os.environ, "NOTIFY_SOCKET": f"@ready-{os.getpid()}"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    mark.write_text(str(daemon.pid))
    status = _until_ready(daemon, notices)
    if status:
        print(log.read_text(errors="replace"), end="")
    return status


def _until_ready(daemon: "subprocess.Popen[bytes]", notices: socket.socket) -> int:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        status = daemon.poll()
        if status is not None:
            return status or 1
        try:
            if b"READY=1" in notices.recv(4096):
                return 0
        except TimeoutError:
            pass
    return 1


def _end(mark: Path) -> None:
    """End who was there before, and wait for it."""
    if not mark.exists():
        return
    process = int(mark.read_text())
    end = time.monotonic() + _PATIENCE
    try:
        os.kill(process, signal.SIGTERM)
        while time.monotonic() < end:
            os.kill(process, 0)
            time.sleep(0.05)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
