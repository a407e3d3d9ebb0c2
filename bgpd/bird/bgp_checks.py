"""What can be wrong with a complete ``protocol bgp``."""

from collections.abc import Callable, Sequence
from typing import Final

from bgpd.bird.tree import BirdConfiguration, ProtocolBlock
from rib.next_hops import is_link_local

_HIGHEST_SHORT_ASN: Final = 65535


class _Session:
    """What the checks of a complete protocol ask about."""

    def __init__(self, block: ProtocolBlock, configuration: BirdConfiguration) -> None:
        self._block = block
        neighbors = list(block.values("neighbor"))
        self.local_as = local.asn if (local := block.value("local")) else 0
        self.address = next((neighbor.address for neighbor in neighbors if neighbor.address), None)
        self.remote_as = next(
            (neighbor.asn for neighbor in reversed(neighbors) if neighbor.asn is not None), 0
        )
        self.is_bound = bool(block.value("interface")) or any(neighbor.interface for neighbor in neighbors)
        self.is_internal = self.local_as == self.remote_as
        self.is_link_local = self.address is not None and is_link_local(self.address)
        self.is_multihop = self._is_multihop()
        gateway = block.value("gateway", "recursive" if self.is_multihop else "direct")
        self.is_recursive = gateway == "recursive"
        self.restarts = self.has("graceful restart", "aware")
        self.has_long_numbers = self.has("enable as4", True) and self.has("capabilities", True)
        self.has_sorted_table = configuration.tables[block.value("table", "master")].is_sorted

    def _is_multihop(self) -> bool:
        modes = [item.name for item in self._block.items if item.name in ("direct", "multihop")]
        return modes[-1] == "multihop" if modes else self.is_internal

    def has(self, name: str, default: object = False) -> bool:
        """Tell whether something is on."""
        return bool(self._block.value(name, default))


_MISTAKES: Final[Sequence[tuple[str, Callable[[_Session], bool]]]] = (
    ("Local AS number must be set", lambda session: not session.local_as),
    ("Neighbor must be configured", lambda session: session.address is None),
    ("Remote AS number must be set", lambda session: not session.remote_as),
    (
        "Link-local neighbor address requires specified interface",
        lambda session: session.is_link_local and not session.is_bound,
    ),
    (
        "Neighbor AS number out of range (AS4 not available)",
        lambda session: session.remote_as > _HIGHEST_SHORT_ASN and not session.has_long_numbers,
    ),
    (
        "Only internal neighbor can be RR client",
        lambda session: not session.is_internal and session.has("rr client"),
    ),
    (
        "Only external neighbor can be RS client",
        lambda session: session.is_internal and session.has("rs client"),
    ),
    (
        "Multihop BGP cannot use direct gateway mode",
        lambda session: session.is_multihop and not session.is_recursive,
    ),
    (
        "Multihop BGP cannot be used with link-local addresses",
        lambda session: session.is_multihop and session.is_link_local,
    ),
    (
        "Multihop BGP cannot be bound to interface",
        lambda session: session.is_multihop and session.is_bound,
    ),
    (
        "Multihop BGP cannot depend on link state",
        lambda session: session.is_multihop and session.has("check link"),
    ),
    (
        "Multihop BGP with BFD requires specified source address",
        lambda session: session.is_multihop and session.has("bfd") and not session.has("source address"),
    ),
    (
        "BGP in recursive mode prohibits sorted table",
        lambda session: session.is_recursive and session.has_sorted_table,
    ),
    (
        "BGP with deterministic MED prohibits sorted table",
        lambda session: session.has("deterministic med") and session.has_sorted_table,
    ),
    (
        "BGP with secondary option requires sorted table",
        lambda session: session.has("secondary") and not session.has_sorted_table,
    ),
    (
        "Long-lived graceful restart requires basic graceful restart",
        lambda session: (
            session.has("long lived graceful restart") and not session.has("graceful restart", "aware")
        ),
    ),
)
"""What can be wrong with a complete protocol, in BIRD's order."""


def check(block: ProtocolBlock, configuration: BirdConfiguration) -> str | None:
    """Return what is wrong with a complete protocol."""
    session = _Session(block, configuration)
    return next((text for text, is_wrong in _MISTAKES if is_wrong(session)), None)
