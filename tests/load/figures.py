"""What it costs to have many neighbors."""

import time
from collections.abc import Iterator
from typing import Any

from tests.load.arena import Crowd, MeasuredBgpd


class Figures:
    """Taken from the moment at which all sessions are up, until ``stop``."""

    def __init__(self, daemon: MeasuredBgpd, crowd: Crowd, routes: int, started: float) -> None:
        self._daemon = daemon
        self._crowd = crowd
        self._routes = routes
        stories = crowd.report.stories.values()
        self.all_up = max(story.up for story in stories) - started
        """Seconds from the start of the daemon to its last session."""
        self.coming_up = daemon.longest_callback()
        """The longest callback until then."""
        self.callback: dict[str, Any] = {}
        """The longest one since."""
        self._cpu_coming_up = daemon.cpu_seconds
        self._begun = self._reading()
        self._ended = self._begun

    def stop(self) -> None:
        """All further costs belong to something else."""
        self._ended = self._reading()
        self.callback = self._daemon.longest_callback()

    def __str__(self) -> str:
        return "\n".join(f"  {line}" for line in self._lines())

    def _reading(self) -> tuple[float, float, float, int]:
        report = self._crowd.report
        return time.monotonic(), self._daemon.cpu_seconds, report.cpu_seconds, report.sweeps

    def _lines(self) -> Iterator[str]:
        seconds, cpu, crowd_cpu, sweeps = (
            after - before for before, after in zip(self._begun, self._ended, strict=True)
        )
        yield f"all up after                {self.all_up:8.1f} s, {self._cpu_coming_up:.1f} s of CPU time"
        yield f"daemon, CPU                 {cpu:8.1f} s in {seconds:.0f} s"
        yield f"crowd, CPU                  {crowd_cpu:8.1f} s"
        yield f"daemon, memory              {self._daemon.resident / (1 << 20):8.0f} MB"
        yield f"routes flapped              {sweeps * self._routes / seconds:8.0f} /s, {sweeps} sweeps"
        yield f"longest callback, coming up {_callback(self.coming_up)}"
        yield f"longest callback, being up  {_callback(self.callback)}"
        silence = max(story.longest_silence for story in self._crowd.report.stories.values())
        yield f"longest silence             {silence:8.1f} s"


def _callback(longest: dict[str, Any]) -> str:
    cpu, wall = longest["cpu"] * 1000, longest["wall"] * 1000
    return f"{cpu:8.0f} ms of CPU time, {wall:.0f} ms of wall time: {longest['what'][:110]}"
