"""What a handover keeps of the former configuration, as data for whoever shows it."""

from typing import Final, Literal, NamedTuple

Kind = Literal["neighbor", "client", "reflector", "reflected"]
"""Why somebody is kept.

- ``neighbor``: it is to leave, when its prefixes are known from others;
- ``client``: it is to leave, when it goes by itself or its prefixes are known from others;
- ``reflector``: it is to leave, when it lets us go, for it can't have our routes from the others before;
- ``reflected``: it stays as a neighbor, and we go on reflecting its routes.
"""
_OTHERS: Final = {
    "client": "stays until it has gone over to other reflectors",
    "reflector": "stays until it lets us go, since it may not have our routes from other reflectors",
    "reflected": "stays our client, since other nodes may have yet to change",
}


class Held(NamedTuple):
    """One neighbor that a handover keeps, wholly or as a client."""

    name: str
    address: str
    node: str
    """Which node of the cluster it is."""
    kind: Kind
    since: float
    """Unix time."""
    until: float
    """At most (Unix time)."""
    brought: int = 0
    """Prefixes that we have from it."""
    missing: int = 0
    """Those of them that we have from nobody else who stays."""
    example: str = ""
    """One of these."""
    is_ready: bool = False
    """Whether it is not needed any more, and about to go."""

    @property
    def why(self) -> str:
        """What it waits for, in words that follow its name."""
        if self.kind in _OTHERS and not (self.kind == "client" and self.missing):
            return _OTHERS[self.kind]
        if self.missing:
            return f"stays until {prefixes(self.missing, self.example)} known from others"
        if self.is_ready:
            return "is about to go: others have taken over"
        return "stays until others that stay are seen to reflect routes"


def prefixes(number: int, example: str = "") -> str:
    """Return so many prefixes with one of them, and a verb."""
    shown = f" ({example}{' ...' if number > 1 else ''})" if example else ""
    return f"{number} prefix{shown} is" if number == 1 else f"{number} prefixes{shown} are"
