"""Which address families the daemon has to do with; BIRD 1.6 is one program for each."""

from bgpd.show.view import Daemon
from messages.families import Family


def only_family(daemon: Daemon) -> Family | None:
    """Return the family, if all protocols have the same one."""
    protocols = daemon.protocols.values()
    families = {channel.family for protocol in protocols for channel in protocol.channels}
    return families.pop() if len(families) == 1 else None
