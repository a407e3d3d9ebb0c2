"""Log lines for who listens on the control socket (BIRD's command ``echo``)."""

from collections.abc import Callable
from typing import Final, TypeAlias

Listener: TypeAlias = Callable[[str, str], None]
"""Takes the class of a line, by its name, and its text, without time and class."""


class Echo:
    """Tells every line, as it is written, to those who want to know. Costs nothing while nobody does."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def register(self, listener: Listener) -> None:
        """Tell this one from now on."""
        self._listeners.append(listener)

    def unregister(self, listener: Listener) -> None:
        """Tell it no more; nothing happens if it was not told."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def write(self, class_name: str, text: str) -> None:
        """Tell everybody a line."""
        for listener in tuple(self._listeners):
            listener(class_name, text)


ECHO: Final = Echo()
"""That of this process: there is one log."""
