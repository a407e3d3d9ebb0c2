"""``protocol pipe``."""

from typing import Final

from bgpd.bird.common_settings import COMMON
from bgpd.bird.settings import Protocol, Setting, Settings
from bgpd.bird.tree import BirdConfiguration, ProtocolBlock
from bgpd.bird.value_grammar import ValueGrammar


def _mode(grammar: ValueGrammar) -> str:
    return grammar.word("opaque", "transparent")


def _check(block: ProtocolBlock, _configuration: BirdConfiguration) -> str | None:
    peer = block.value("peer table")
    if peer is None:
        return "Name of peer routing table not specified"
    if peer == block.value("table", "master"):
        return "Primary table and peer table must be different"
    return None


PIPE: Final = Protocol(
    "pipe",
    COMMON | Settings.of(Setting("peer table", ValueGrammar.peer_table), Setting("mode", _mode)),
    final_check=_check,
)
