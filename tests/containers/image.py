"""A container image, as far as a Containerfile says what it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.containers.containerfile import Instruction, expanded
from tests.installation.root import ENVIRONMENT

_NO_CHECK: Final = Instruction("HEALTHCHECK", {}, "NONE")


@dataclass(slots=True)
class Image:
    """The files, and what is said about them."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": ENVIRONMENT["PATH"]})
    labels: dict[str, str] = field(default_factory=dict)
    ports: list[str] = field(default_factory=list)
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: Instruction = _NO_CHECK
    stop_signal: str = "SIGTERM"

    def take(self, step: Instruction) -> None:
        """Take what a step says; one that is about files says nothing here."""
        if step.word in _TAKEN:
            _TAKEN[step.word](self, step)

    @property
    def health_command(self) -> list[str]:
        """What is executed to find out whether it is healthy."""
        return self.health._replace(rest=self.health.rest.removeprefix("CMD ")).command

    def _take_environment(self, step: Instruction) -> None:
        self.environment |= step._replace(rest=expanded(step.rest, self.environment)).pairs

    def _take_labels(self, step: Instruction) -> None:
        self.labels |= step.pairs

    def _take_ports(self, step: Instruction) -> None:
        self.ports += step.words

    def _take_user(self, step: Instruction) -> None:
        self.user = step.rest

    def _take_entrypoint(self, step: Instruction) -> None:
        self.entrypoint, self.command = step.command, []

    def _take_command(self, step: Instruction) -> None:
        self.command = step.command

    def _take_health(self, step: Instruction) -> None:
        self.health = step

    def _take_stop_signal(self, step: Instruction) -> None:
        self.stop_signal = step.rest


_TAKEN: Final[Mapping[str, Callable[[Image, Instruction], None]]] = {
    "ENV": Image._take_environment,
    "LABEL": Image._take_labels,
    "EXPOSE": Image._take_ports,
    "USER": Image._take_user,
    "ENTRYPOINT": Image._take_entrypoint,
    "CMD": Image._take_command,
    "HEALTHCHECK": Image._take_health,
    "STOPSIGNAL": Image._take_stop_signal,
}
