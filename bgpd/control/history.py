"""The commands that were typed at the prompt, kept from one run to the next."""

import os
import re
from pathlib import Path
from typing import Final

_LINES: Final = 1000
_SECRET: Final = re.compile(r"passw|secret|\bkey\b", re.IGNORECASE)


def history_file() -> Path:
    """Return where the history is (XDG Base Directory Specification)."""
    state = os.environ.get("XDG_STATE_HOME", "")
    folder = state if os.path.isabs(state) else os.path.expanduser("~/.local/state")
    return Path(folder, "bgpd", "history")


class History:
    """The last commands of a user; a line that begins with a blank, or may have a secret, is not kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines = self._load()

    def add(self, line: str) -> bool:
        """Take a line into the history; return whether it is kept."""
        is_kept = bool(line) and not line[0].isspace() and not _SECRET.search(line)
        is_kept = is_kept and line not in self.lines[-1:]
        if is_kept:
            self.lines.append(line)
        return is_kept

    def save(self) -> None:
        """Write the history, for its user only; where that cannot be, there is none next time."""
        text = "".join(f"{line}\n" for line in self.lines[-_LINES:])
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._path.write_text(text, encoding="utf-8")
        except OSError:
            pass

    def _load(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
