"""``protocol kernel`` and the protocols of interfaces: ``device`` and ``direct``."""

from itertools import takewhile
from typing import Final

from bgpd.bird.common_settings import COMMON
from bgpd.bird.settings import Protocol, Setting, Settings, flag, number
from bgpd.bird.tree import BirdConfiguration, MergePaths, PrimaryAddress, ProtocolBlock
from bgpd.bird.value_grammar import ValueGrammar
from rib.filters.errors import FilterError
from rib.filters.grammar.lexer import Kind

_MOST_PATHS: Final = 255
_SCAN_TIME: Final = 60


def _merge_paths(grammar: ValueGrammar) -> MergePaths:
    is_on = grammar.truth()
    if not grammar.accept("limit"):
        return MergePaths(is_on, None)
    limit = grammar.number()
    if not 0 < limit <= _MOST_PATHS:
        raise FilterError(grammar.place, f"Merge paths limit must be in range 1-{_MOST_PATHS}")
    return MergePaths(is_on, limit)


def _primary(grammar: ValueGrammar) -> PrimaryAddress:
    interface = grammar.string() if grammar.peek().kind is Kind.STRING else None
    return PrimaryAddress(interface, grammar.prefix_or_address())


def _check_kernel(block: ProtocolBlock, configuration: BirdConfiguration) -> str | None:
    """All scan at once, and each serves one table."""
    others = takewhile(lambda each: each is not block, configuration.protocols)
    for other in (each for each in others if each.kind == "kernel"):
        if _scan_time(other) != _scan_time(block):
            return "All kernel syncers must use the same table scan interval"
        table = block.value("table", "master")
        if other.value("table", "master") == table:
            return f"Kernel syncer ({other.name}) already attached to table {table}"
    return None


def _scan_time(block: ProtocolBlock) -> int:
    time: int = block.value("scan time", _SCAN_TIME)
    return time


KERNEL: Final = Protocol(
    "kernel",
    COMMON
    | Settings.of(
        flag("persist"),
        number("scan time"),
        flag("learn"),
        flag("device routes"),
        flag("graceful restart"),
        Setting("merge paths", _merge_paths),
        number("kernel table"),
        number("metric"),
    ),
    final_check=_check_kernel,
)
DEVICE: Final = Protocol(
    "device", COMMON | Settings.of(number("scan time"), Setting("primary", _primary)), is_unique=True
)
DIRECT: Final = Protocol(
    "direct", COMMON | Settings.of(Setting("interface", ValueGrammar.patterns), flag("check link"))
)
