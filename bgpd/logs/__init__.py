"""The log: one stream of records, written in our own dialect or in BIRD's.

classes.py        BIRD's classes of lines as levels of ``logging``
about.py          what a line is about, for programs
dialects.py       what a record is in which dialect
one_line.py       text from anywhere as one line
layouts.py        with time and class, without, as JSON
outlet.py         octets to a descriptor, at once or not at all
targets.py        standard error and files
syslog_target.py  the syslog
journald.py       the journal of systemd
output.py         records to lines to targets
echo.py           lines for the command ``echo``
restraint.py      how much is logged of what happens all the time
journal.py        what happens to one protocol
route_log.py      what becomes of its routes
"""

import logging
from typing import Final, TextIO

from bgpd.logs.dialects import Dialect
from bgpd.logs.output import LogOutput, Style
from bgpd.settings import DaemonSettings

_OURS: Final = "bgpd"


def set_up(
    style: Style = "text",
    *,
    debug: bool,
    dialect: Dialect = "bgpd",
    debug_output: TextIO | None = None,
) -> None:
    """Send all log lines to standard error in ``text`` or ``json``, until ``follow`` says otherwise."""
    output = LogOutput(style, dialect=dialect, debug=debug, debug_output=debug_output)
    root = logging.getLogger()
    for former in _outputs():
        root.removeHandler(former)
        former.close()
    root.addHandler(output)
    root.setLevel(logging.DEBUG if debug and dialect == "bgpd" else logging.INFO)
    logging.getLogger(_OURS).setLevel(output.lowest_level)


def follow(settings: DaemonSettings) -> None:
    """Write the log as these settings say from now on."""
    for output in _outputs():
        output.follow(settings)
        logging.getLogger(_OURS).setLevel(output.lowest_level)


def _outputs() -> list[LogOutput]:
    return [handler for handler in logging.getLogger().handlers if isinstance(handler, LogOutput)]
