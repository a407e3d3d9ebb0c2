"""Communities as Calico writes them, ``65000:100`` or ``65000:100:200``, and as the filter language does."""

import re
from typing import Final

_COMMUNITY: Final = re.compile(r"\d{1,10}(?::\d{1,10}){1,2}", re.ASCII)
_LARGEST: Final = {2: 0xFFFF, 3: 0xFFFFFFFF}
WANTED: Final = "a community like 65000:100, or a large one like 65000:100:200"


def community(text: object) -> tuple[int, ...] | None:
    """Return the two or three parts of a community, or None if it is none."""
    if not isinstance(text, str) or not _COMMUNITY.fullmatch(text):
        return None
    parts = tuple(map(int, text.split(":")))
    return parts if max(parts) <= _LARGEST[len(parts)] else None


def attribute(parts: tuple[int, ...]) -> str:
    """Return the attribute that such a community is in."""
    return "bgp_community" if len(parts) == 2 else "bgp_large_community"


def literal(parts: tuple[int, ...]) -> str:
    """Return a community in the filter language."""
    return f"({', '.join(map(str, parts))})"


def addition(parts: tuple[int, ...]) -> str:
    """Return the statement that adds a community."""
    return f"{attribute(parts)}.add({literal(parts)});"
