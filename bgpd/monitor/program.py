"""``bgpdcl monitor``: the loop around questions and lines."""

import argparse
import select
import sys
import time
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Final

from bgpd.control.dialog import DialogError
from bgpd.control.intervals import add_interval
from bgpd.control.programs import MONITOR
from bgpd.control.terminal import Terminal
from bgpd.monitor.journals import Journals, Wanted
from bgpd.monitor.text import as_json, as_text
from bgpd.show.command import Argument, CommandError, read_arguments, split_words

_DEFAULT_SOCKET: Final = "/run/bgpd/bgpd.ctl"
_INTERVAL: Final = 1.0
_LEAST: Final = 0.1
_DONE, _FAILED = 0, 1
_ARGUMENTS: Final = [Argument(*argument) for argument in MONITOR.arguments]


def main(arguments: Sequence[str]) -> int:
    """Print what changes until Ctrl-C, or until nobody reads it any more."""
    parser = command_line()
    options = parser.parse_intermixed_args(arguments)
    try:
        wanted = _wanted(options.words)
    except (CommandError, ValueError) as error:
        parser.error(f"{' '.join(options.words)}: {error}")
    terminal = Terminal(options.color, in_json=options.json)
    journals = Journals(options.socket, wanted, from_the_beginning=options.past)
    try:
        _Monitor(journals, terminal, options).run()
    except DialogError as error:
        terminal.fail(str(error))
        return _FAILED
    except KeyboardInterrupt:
        return _DONE
    finally:
        journals.close()
    return _DONE


def _wanted(words: Sequence[str]) -> Wanted:
    """Understand what somebody wants to see. Raises CommandError or ValueError."""
    typed = read_arguments(_ARGUMENTS, split_words(" ".join(words)))
    prefix, table, sender = typed.get("", ""), typed.get("table", ""), typed.get("from", "")
    if prefix:
        ip_network(prefix, strict=False)
    is_about_routes = "routes" in typed or bool(prefix or table)
    if "sessions" in typed and (prefix or table):
        raise ValueError("sessions have neither prefix nor table")
    return Wanted(
        routes=is_about_routes or "sessions" not in typed,
        sessions="sessions" in typed or not is_about_routes,
        sender=f'"{sender}"' if {"*", "?"} & {*sender} and not sender.startswith('"') else sender,
        table=table,
        prefix=prefix,
    )


class _Monitor:
    """Reads and prints."""

    def __init__(self, journals: Journals, terminal: Terminal, options: argparse.Namespace) -> None:
        self._journals = journals
        self._terminal = terminal
        self._in_json: bool = options.json
        self._interval: float = options.interval
        self._left: int | None = options.count

    def run(self) -> None:
        """Go on until there is enough. Raises DialogError if the daemon is away from the beginning."""
        self._print()
        while self._left != 0 and (self._journals.more or _is_read(self._interval)):
            try:
                self._print()
            except DialogError as error:
                self._terminal.complain(f"{error}; trying again")
                self._wait()

    def _wait(self) -> None:
        """Wait until the daemon is there again."""
        while _is_read(self._interval):
            try:
                self._print()
            except DialogError:
                continue
            self._terminal.complain("the daemon is there again")
            return

    def _print(self) -> None:
        rows = self._journals.read()[: self._left]
        for row in rows:
            text = as_json(row) if self._in_json else as_text(row, self._terminal.colored)
            sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        self._left = None if self._left is None else self._left - len(rows)


def _is_read(seconds: float) -> bool:
    """Wait; return whether somebody still reads what is printed."""
    try:
        output = sys.stdout.fileno()
    except OSError:  # nobody but us
        time.sleep(seconds)
        return True
    poll = select.poll()
    poll.register(output, 0)
    return not any(found & select.POLLERR for _, found in poll.poll(seconds * 1000))


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
    words = [(f"{each.word} {each.value}".strip(), each.help) for each in MONITOR.arguments]
    meanings = "\n".join(f"  {word:<21} {text}" for word, text in words)
    parser = argparse.ArgumentParser(
        prog="bgpdcl monitor",
        description="Print what changes as it changes, until Ctrl-C: best routes that appear, are replaced "
        "or withdrawn, and sessions that change their state.",
        epilog=f"words:\n{meanings}\n\n"
        "examples:\n"
        "  bgpdcl monitor                        routes and sessions\n"
        "  bgpdcl monitor sessions from tor1     why one session comes and goes\n"
        "  bgpdcl monitor routes 10.0.0.0/8      a prefix, and those within it\n"
        "  bgpdcl monitor -p -n 20 sessions      the first 20 changes that are remembered\n"
        "  bgpdcl monitor -j >> changes.jsonl    a JSON object a line\n\n"
        "The daemon remembers the last 4096 changes of sessions, and of each table 65,536 changes of\n"
        "single prefixes, fewer if they come one by one. If there are more between two questions, a line\n"
        "says how many are missing. A daemon that is restarted is waited for. The exit status is 0,\n"
        "1 if there is no daemon or it refuses, 2 for wrong usage.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-s", "--socket", default=_DEFAULT_SOCKET, help="its socket (default: %(default)s)")
    parser.add_argument("-j", "--json", action="store_true", help="print JSON, one object a line")
    parser.add_argument("-n", "--count", type=int, help="end after so many changes")
    parser.add_argument("-p", "--past", action="store_true", help="begin with all that is remembered")
    add_interval(parser, "how often to ask", _INTERVAL, _LEAST)
    parser.add_argument("--color", choices=("auto", "never"), default="auto", help="(default: %(default)s)")
    parser.add_argument("words", nargs="*", metavar="WORD", help="what to print; without any, everything")
    return parser
