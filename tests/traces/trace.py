"""A recorded session: what came in, what went out, and when; one JSON file each.

A step is ``[time, connection, kind, value]``. Times are those of the event loop, connections are numbered in
the order of their machines, octets are in hex. Inputs are events by their names, ``received`` (a message),
``originated`` (UPDATEs were sent, which the machine does not ask for), ``expire`` (the driver's timer fired
with something due) and ``jitter`` (the factor that a timer was given); outputs are ``sent`` and ``state``.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from fsm.restart_state import RestartState
from fsm.settings import Settings
from messages.capabilities import Capabilities
from messages.families import family_named
from messages.iana import Role

RECEIVED: Final = "received"
EXPIRE: Final = "expire"
JITTER: Final = "jitter"
ORIGINATED: Final = "originated"
SENT: Final = "sent"
STATE: Final = "state"
OUTPUTS: Final = {SENT, STATE}


class Step(NamedTuple):
    """One thing that happened."""

    at: float
    connection: int
    kind: str
    value: Any = None


@dataclass(frozen=True)
class Trace:
    """All that happened between the daemon and one neighbor."""

    router: str
    scenario: str
    settings: Settings
    steps: Sequence[Step]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file."""
        content = json.loads(path.read_text(encoding="utf-8"))
        steps = tuple(Step(*step) for step in content["steps"])
        return cls(content["router"], content["scenario"], settings_from(content["settings"]), steps)

    def save(self, path: Path) -> None:
        """Write a file, a line for each step."""
        head = {"router": self.router, "scenario": self.scenario, "settings": settings_in_json(self.settings)}
        steps = ",\n".join(json.dumps(step, separators=(",", ":")) for step in self.steps)
        path.write_text(f'{json.dumps(head)[:-1]}, "steps": [\n{steps}\n]}}\n', encoding="utf-8")


def settings_in_json(settings: Settings) -> dict[str, Any]:
    """Return what JSON can say."""
    return {name: _plain(value) for name, value in _values(settings)}


def settings_from(plain: dict[str, Any]) -> Settings:
    """Read what ``settings_in_json`` wrote."""
    return Settings(**{name: _READ.get(name, _unchanged)(value) for name, value in plain.items()})


def _values(settings: Settings) -> Iterator[tuple[str, Any]]:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value != field.default and not isinstance(value, RestartState):  # what a start without a past has
            yield field.name, value


def _plain(value: object) -> object:
    match value:
        case Capabilities():
            return value.encode().hex()
        case tuple():
            return [getattr(each, "name", each) for each in value]
        case _:
            return value


def _capabilities(octets: str) -> Capabilities:
    return Capabilities.decode(bytes.fromhex(octets))


def _unchanged(value: object) -> object:
    return value


_READ: Final[dict[str, Any]] = {
    "families": lambda names: tuple(map(family_named, names)),
    "capabilities": _capabilities,
    "required": _capabilities,
    "role": Role,
    "error_wait": tuple,
}
