"""A terminal of a certain size, by tmux: keys go in, and what is on the screen comes out."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.requirements import skip_package_missing

NARROW: Final = (60, 16)
WIDE: Final = (160, 24)
_WRAPPED: Final = ("sh", "-c", '"$@"; echo "exit status $?"; exec sleep 600', "sh")
_STATUS: Final = re.compile(r"^exit status (\d+)$", re.MULTILINE)
_SETTINGS: Final = ("status off",)
_PATIENCE: Final = 60.0


def need_tmux() -> None:
    """Skip unless there is tmux."""
    if shutil.which("tmux") is None:
        skip_package_missing("tmux")


class Tmux:
    """One window, in a server of its own."""

    def __init__(self, folder: Path, size: tuple[int, int], environment: Mapping[str, str]) -> None:
        self._socket = folder / "tmux"
        self._size = size
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")},
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "XDG_STATE_HOME": str(folder / "state"),
            **environment,
        }

    def start(self, program: Sequence[str | Path]) -> None:
        """Run a program in the window, which stays when it is over and says with which status."""
        columns, rows = self._size
        size = ("-x", str(columns), "-y", str(rows))
        settings = self._socket.with_suffix(".conf")
        settings.write_text("".join(f"set -g {setting}\n" for setting in _SETTINGS))
        self._call("-f", str(settings), "new-session", "-d", *size, *_WRAPPED, *map(str, program))

    def stop(self) -> None:
        """End what runs there."""
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], check=False, capture_output=True)

    def type(self, text: str) -> None:
        """Type a text."""
        self._call("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys by their names in tmux: Enter, Tab, PageDown."""
        self._call("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        self._call("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self, *, colors: bool = False) -> str:
        """Return what is on the screen, without blanks at the ends of lines."""
        shown = self._call("capture-pane", "-p", *(["-e"] if colors else []))
        return "\n".join(line.rstrip() for line in shown.splitlines()).rstrip("\n")

    def until(self, *expected: str) -> str:
        """Wait until all these texts are on the screen, and return it."""
        end = time.monotonic() + _PATIENCE
        while not all(text in (shown := self.screen()) for text in expected):
            assert time.monotonic() < end, f"{expected} do not come:\n{shown}"
            time.sleep(0.1)
        return shown

    def until_gone(self, text: str) -> str:
        """Wait until a text is not on the screen any more."""
        end = time.monotonic() + _PATIENCE
        while text in (shown := self.screen()):
            assert time.monotonic() < end, f"{text!r} stays:\n{shown}"
            time.sleep(0.1)
        return shown

    def status(self) -> int:
        """Wait until the program is over, and return its exit status."""
        found = _STATUS.search(self.until("exit status "))
        assert found is not None
        return int(found[1])

    def _call(self, *words: str) -> str:
        command = ["tmux", "-S", str(self._socket), *words]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=self._environment
        ).stdout


@contextmanager
def terminal(
    folder: Path, size: tuple[int, int], words: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[Tmux]:
    """Run bgpdcl with these words in a terminal."""
    need_tmux()
    tmux = Tmux(folder, size, environment or {})
    try:
        tmux.start([sys.executable, "-m", "bgpd.control.client", *words])
        yield tmux
    finally:
        tmux.stop()


@contextmanager
def served(path: Path) -> Iterator[Path]:
    """Serve the daemon of the screens at a path."""
    program = [sys.executable, "-m", "tests.terminal.daemon", str(path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            assert daemon.stdout.readline() == "ready\n"
            yield path
        finally:
            daemon.kill()
