"""``protocol pipe``."""

from bgpd.bird.translation.protocol import OF_OTHERS, Protocol


def translate_pipe(protocol: Protocol) -> None:
    """Write one of ``[[pipes]]``. A transparent one leaves routes the preference that they have."""
    protocol.table.put("name", protocol.name, protocol.at)
    protocol.table.put("families", [protocol.part.family])
    protocol.copy("table", "table")
    protocol.copy("peer table", "peer_table")
    protocol.copy("mode", "mode")
    protocol.copy("disabled", "disabled")
    if protocol.value("mode") == "opaque":
        protocol.copy("preference", "preference")
    protocol.policy("import", default="all")
    protocol.policy("export", default="none")
    protocol.describe()
    protocol.ignore("preference", "router id")
    protocol.remark_all(OF_OTHERS)
