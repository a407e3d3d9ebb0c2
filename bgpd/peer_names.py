"""What the name of a neighbor tells of it, where Calico or ``[cluster]`` gave it."""

import re
from collections.abc import Mapping
from typing import Final

CALICO_NAME: Final = re.compile(r"(Global|Node|Mesh)_(.+?)(?:_port_(\d+))?")
PEER_TYPES: Final[Mapping[str, str]] = {
    "Global": "global",
    "Mesh": "node-to-node mesh",
    "Node": "node specific",
}
"""By the first word of the name, in the words of calicoctl."""


def peer_type(name: str) -> str | None:
    """Return what calicoctl calls a neighbor of this name; None if the name says nothing."""
    found = CALICO_NAME.fullmatch(name)
    return None if found is None else PEER_TYPES[found[1]]
