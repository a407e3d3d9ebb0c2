"""Routers that take BIRD's commands."""

from abc import abstractmethod

from tests.interop.routers.router import Router


class BirdRouter(Router):
    """What BIRD 1.6, BIRD 2.0 and our own daemon have in common for an operator."""

    @abstractmethod
    def control(self, neighbor: str, command: str, argument: str = "") -> list[str]:
        """Give a command about the protocol that is this neighbor, and return the reply."""

    def reset(self, neighbor: str) -> None:
        self.control(neighbor, "restart")

    def disable(self, neighbor: str, communication: str) -> None:
        self.control(neighbor, "disable", f'"{communication}"')

    def enable(self, neighbor: str) -> None:
        self.control(neighbor, "enable")

    def refresh(self, neighbor: str) -> None:
        self.control(neighbor, "reload in")

    def updates_received(self, neighbor: str) -> int:
        lines = map(str.split, self.control(neighbor, "show protocols all"))
        return next(int(words[2]) for words in lines if words[:2] == ["Import", "updates:"])
