"""An event loop whose time passes when a test says so."""

from collections.abc import Callable


class Appointment:
    """A call to come."""

    def __init__(self, at: float, callback: Callable[[], object]) -> None:
        self.at = at
        self.callback = callback
        self.is_canceled = False

    def cancel(self) -> None:
        self.is_canceled = True


class VirtualTime:
    """Calls what is due when time passes; nothing happens at any other moment."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._calendar: list[Appointment] = []

    def time(self) -> float:
        return self._now

    def call_soon(self, callback: Callable[[], object], /) -> Appointment:
        return self.call_later(0, callback)

    def call_later(self, delay: float, callback: Callable[[], object], /) -> Appointment:
        appointment = Appointment(self._now + delay, callback)
        self._calendar.append(appointment)
        return appointment

    @property
    def appointments(self) -> int:
        """How many calls are to come."""
        return sum(1 for each in self._calendar if not each.is_canceled)

    def pass_by(self, seconds: float = 0.0) -> None:
        """Let time pass, and do what is due in the course of it, in order."""
        end = self._now + seconds
        while due := sorted((each for each in self._calendar if each.at <= end), key=lambda each: each.at):
            self._calendar.remove(due[0])
            if not due[0].is_canceled:
                self._now = max(self._now, due[0].at)
                due[0].callback()
        self._now = end
