"""The commands that BIRD 1.6 understands in the build of Calico, with the syntax of what may follow them.

The server takes whole words only; its clients write them out. Here is what they need for that, for completion
and for help.
"""

from typing import Final, NamedTuple

_PROTOCOLS: Final = '(<protocol> | "<pattern>" | all)'
_MORE: Final = "..."
_ROA: Final = "<prefix> max <num> as <num> [table <name>]"


GIVES_WAY: Final = "roa"
"""The word that is not meant where an abbreviation fits another, too: ``sh ro`` is ``show route``."""


class BirdCommand(NamedTuple):
    """A row of help, and a command unless it stands for a group of them."""

    words: str
    help: str
    syntax: str = ""
    is_group: bool = False
    changes: bool = False
    """Whether a restricted client is refused it."""


BIRD_COMMANDS: Final = (
    BirdCommand("add", "Enter a ROA by hand", f"roa {_MORE}", is_group=True),
    BirdCommand("add roa", "Enter a ROA by hand", _ROA, changes=True),
    BirdCommand("configure", "Read the configuration again", _MORE, is_group=True),
    BirdCommand("configure", "Read the configuration again", '["<file>"] [timeout [<sec>]]', changes=True),
    BirdCommand("configure check", "Look for mistakes in the configuration, change nothing", '["<file>"]'),
    BirdCommand("configure confirm", "Keep the new configuration: stop the undo timeout", changes=True),
    BirdCommand(
        "configure soft",
        "Read it again, and leave routes alone though filters changed",
        '["<file>"] [timeout [<sec>]]',
        changes=True,
    ),
    BirdCommand(
        "configure soft timeout", "The same, undone in time unless confirmed", "[<sec>]", changes=True
    ),
    BirdCommand(
        "configure timeout", "Read it again, undone in time unless confirmed", "[<sec>]", changes=True
    ),
    BirdCommand("configure undo", "Go back to the configuration before", changes=True),
    BirdCommand("debug", "Choose what protocols write to the log", _MORE, is_group=True),
    BirdCommand(
        "debug",
        "Choose what protocols write to the log",
        f"{_PROTOCOLS} (all | off | {{ states|routes|filters|interfaces|events|packets [, {_MORE}] }})",
        changes=True,
    ),
    BirdCommand("delete", "Remove a ROA that was entered by hand", f"roa {_MORE}", is_group=True),
    BirdCommand("delete roa", "Remove a ROA that was entered by hand", _ROA, changes=True),
    BirdCommand("disable", "Stop protocols", f"{_PROTOCOLS} [message]", changes=True),
    BirdCommand("down", "Shut the daemon down", changes=True),
    BirdCommand("dump", "Write internals to the debug output", _MORE, is_group=True),
    BirdCommand("dump attributes", "Write the cached attributes to the debug output"),
    BirdCommand("dump events", "Write the pending events to the debug output"),
    BirdCommand("dump interfaces", "Write the interfaces to the debug output"),
    BirdCommand("dump neighbors", "Write the known neighbors to the debug output"),
    BirdCommand("dump protocols", "Write the protocols to the debug output"),
    BirdCommand("dump resources", "Write the resources in use to the debug output"),
    BirdCommand("dump routes", "Write the routes to the debug output"),
    BirdCommand("dump sockets", "Write the open sockets to the debug output"),
    BirdCommand("echo", "Choose the log lines that are shown here", _MORE, is_group=True),
    BirdCommand(
        "echo",
        "Choose the log lines that are shown here",
        f"(all | off | {{ debug|trace|info|remote|warning|error|auth [, {_MORE}] }}) [<buffer-size>]",
    ),
    BirdCommand("enable", "Start protocols", f"{_PROTOCOLS} [message]", changes=True),
    BirdCommand("eval", "Work out an expression of the filter language", "<expr>"),
    BirdCommand("exit", "Leave this client"),
    BirdCommand("flush", "Remove all ROAs that were entered by hand", "roa [table <name>]", is_group=True),
    BirdCommand("flush roa", "Remove all ROAs that were entered by hand", "[table <name>]", changes=True),
    BirdCommand("help", "Tell how to get help"),
    BirdCommand("mrtdump", "Choose what protocols write to the MRT file", _MORE, is_group=True),
    BirdCommand(
        "mrtdump",
        "Choose what protocols write to the MRT file",
        f"{_PROTOCOLS} (all | off | {{ states|messages [, {_MORE}] }})",
        changes=True,
    ),
    BirdCommand("quit", "Leave this client"),
    BirdCommand("reload", "Import and export the routes of protocols again", _PROTOCOLS[1:-1], changes=True),
    BirdCommand("reload in", "Only import them again", _PROTOCOLS[1:-1], changes=True),
    BirdCommand("reload out", "Only export them again", _PROTOCOLS[1:-1], changes=True),
    BirdCommand("restart", "Stop protocols and start them again", f"{_PROTOCOLS} [message]", changes=True),
    BirdCommand("restrict", "Allow this connection nothing that changes the daemon"),
    BirdCommand("show", "Look at what the daemon knows", _MORE, is_group=True),
    BirdCommand("show bfd", "BFD", _MORE, is_group=True),
    BirdCommand("show bfd sessions", "The BFD sessions", "[<name>]"),
    BirdCommand("show interfaces", "The network interfaces and their addresses"),
    BirdCommand("show interfaces summary", "The network interfaces, one a line"),
    BirdCommand("show memory", "How much memory is in use"),
    BirdCommand("show protocols", "The protocols, one a line", '[<protocol> | "<pattern>"]'),
    BirdCommand("show protocols all", "The protocols with all details", '[<protocol> | "<pattern>"]'),
    BirdCommand("show roa", "The tables of ROAs", _MORE, is_group=True),
    BirdCommand(
        "show roa",
        "The tables of ROAs",
        "[<prefix> | in <prefix> | for <prefix>] [as <num>] [table <t>]",
    ),
    BirdCommand("show route", "The routing tables", _MORE, is_group=True),
    BirdCommand(
        "show route",
        "The routing tables",
        "[<prefix>|for <prefix>|for <ip>] [table <t>] [filter <f>|where <cond>] [all] [primary] [filtered] "
        "[(export|preexport|noexport) <p>] [protocol <p>] [stats|count]",
    ),
    BirdCommand("show static", "The routes of static protocols", "[<name>]"),
    BirdCommand("show status", "Version, router ID, times and state of the daemon"),
    BirdCommand("show symbols", "The names that the configuration defines", _MORE, is_group=True),
    BirdCommand(
        "show symbols",
        "The names that the configuration defines",
        "[table|filter|function|protocol|template|roa|<symbol>]",
    ),
)
