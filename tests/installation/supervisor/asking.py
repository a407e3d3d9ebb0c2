"""How the stand-in for systemd is asked."""

import json
import socket
from pathlib import Path
from typing import Final

ASK: Final = "/run/systemd/stand-in"
"""The socket on which it answers."""


def ask(words: list[str], path: str | Path = ASK) -> tuple[int, str]:
    """Return the exit status of ``systemctl`` with these words, and what it prints."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.sendall(json.dumps(words).encode() + b"\n")
        octets = b"".join(iter(lambda: sock.recv(65536), b""))
    status, text = json.loads(octets)
    return int(status), str(text)
