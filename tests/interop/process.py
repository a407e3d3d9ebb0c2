"""One daemon under test: started, watched and ended, with its log kept."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class ProcessDiedError(Exception):
    """A daemon ended although nobody had asked it to."""


class Process:
    """A child in a session of its own, so that a Ctrl-C at the terminal reaches only the test."""

    def __init__(self, arguments: Sequence[str | Path], log: Path, environment: Mapping[str, str]) -> None:
        self.log = log
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        self.pid = self._child.pid

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def require_running(self) -> None:
        """Raise ``ProcessDiedError``, with the end of the log, unless the process runs."""
        if not self.running:
            raise ProcessDiedError(f"exit status {self._child.returncode}; its log ends:\n{self.log_tail()}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the main process."""
        self._child.send_signal(number)

    def stop(self, within: float = 60.0) -> int:
        """End the process with SIGTERM, by force if it does not obey, and return its exit status."""
        if self.running:
            self._child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(within)
        self.kill()
        return self._child.returncode

    def end(self, within: float) -> int:
        """Wait until the process has ended by itself and return its exit status."""
        return self._child.wait(within)

    def kill(self) -> None:
        """SIGKILL the process and whatever it has forked."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._child.wait()

    def log_tail(self, lines: int = 40) -> str:
        """Return the last lines of what the process wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
