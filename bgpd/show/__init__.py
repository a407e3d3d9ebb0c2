"""The commands of the control socket: one a file (what is done to protocols is one file), one line here.

A command makes a request of the words that were typed, rows from the request, and says how a row reads as
text (BIRD 1.6's, since people and programs know it) and as JSON. Nothing here knows about sockets, nor about
the parts of the daemon beyond ``view.Daemon``; the client imports this table to complete words and print
help, so it must stay quick to import.
"""

from collections.abc import Sequence
from typing import Any, Final

from bgpd.show import (
    activity,
    bfd,
    cluster_plan,
    cluster_status,
    configure,
    configure_check,
    down,
    dump,
    echo,
    evaluate,
    explain,
    groups,
    history,
    interfaces,
    journal,
    kernel,
    kernel_flush,
    kernel_routes,
    memory,
    operations,
    protocols,
    roa,
    roa_changes,
    route,
    session_journal,
    static,
    status,
    strangers,
    symbols,
    tracing,
    try_filter,
)
from bgpd.show.command import Command

COMMANDS: Final[Sequence[Command[Any, Any]]] = (
    status.COMMAND,
    cluster_status.COMMAND,
    cluster_plan.COMMAND,
    protocols.COMMAND,
    route.COMMAND,
    history.COMMAND,
    journal.COMMAND,
    session_journal.COMMAND,
    explain.COMMAND,
    groups.COMMAND,
    activity.COMMAND,
    interfaces.COMMAND,
    static.COMMAND,
    symbols.COMMAND,
    roa.COMMAND,
    bfd.COMMAND,
    memory.COMMAND,
    kernel.COMMAND,
    *kernel_routes.COMMANDS,
    kernel_flush.COMMAND,
    strangers.COMMAND,
    try_filter.COMMAND,
    evaluate.COMMAND,
    *operations.COMMANDS,
    *configure.COMMANDS,
    configure_check.COMMAND,
    *tracing.COMMANDS,
    *roa_changes.COMMANDS,
    echo.COMMAND,
    dump.COMMAND,
    down.COMMAND,
)
