"""What bgpdcl asks the daemon: one command, those of a pipe, or those typed at its prompt."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from bgpd.control.dialog import Dialog, DialogError
from bgpd.control.hints import explained
from bgpd.control.programs import PROGRAMS
from bgpd.control.prompt import Prompt
from bgpd.control.reply import JSON
from bgpd.control.terminal import Terminal
from bgpd.control.words import RESTRICT, AmbiguousWordError, expand, help_lines, without_options
from bgpd.show import COMMANDS

DEFAULT_SOCKET: Final = "/run/bgpd/bgpd.ctl"

_DONE, _FAILED, _WRONG_USAGE = 0, 1, 2
_ASKING: Final = ("?", "help")


def main(arguments: Sequence[str]) -> int:
    """Ask; the exit status is 0, 1 if the daemon cannot be reached or refuses, 2 if the words are wrong."""
    options = command_line().parse_args(without_options(arguments))
    terminal = Terminal(options.color, in_json=options.json)
    try:
        return _run(options, terminal)
    except AmbiguousWordError as error:
        terminal.fail(str(error))
        return _WRONG_USAGE
    except DialogError as error:
        terminal.fail(str(error))
        return _FAILED


def _run(options: argparse.Namespace, terminal: Terminal) -> int:
    words: Sequence[str] = " ".join(options.command).split(" ") if options.command else ()
    if words and words[-1] in _ASKING:
        for text in help_lines(words[:-1]):
            terminal.print(text)
        return _DONE
    prefix = f"{JSON} " if options.json else ""
    whole = expand(words)
    with Dialog(options.socket) as dialog:
        if options.restrict and not _is_restricted(dialog):
            raise DialogError("the server does not restrict this connection")
        if words:
            answer = dialog.ask(prefix + " ".join(whole))
            good = terminal.print_answer(explained(answer, whole))
        elif sys.stdin.isatty():
            Prompt(dialog, terminal, prefix).run()
            good = True
        else:
            good = _run_lines(dialog, terminal, prefix)
        return _DONE if good else _FAILED


def _run_lines(dialog: Dialog, terminal: Terminal, prefix: str) -> bool:
    """Ask the commands on standard input, one a line; stop at the first that fails."""
    commands = (expand(line.split()) for line in sys.stdin if line.strip())
    return all(
        terminal.print_answer(explained(dialog.ask(prefix + " ".join(words)), words)) for words in commands
    )


def _is_restricted(dialog: Dialog) -> bool:
    return any("restricted" in line.text for line in dialog.ask(RESTRICT))


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
    known = [
        *((command.example, command.help) for command in COMMANDS),
        *((each.example, each.help) for each in PROGRAMS),
    ]
    width = max(len(example) for example, _ in known)
    examples = "\n".join(f"  bgpdcl {example:<{width}}  {text}" for example, text in known)
    parser = argparse.ArgumentParser(
        prog="bgpdcl",
        description="Ask a running bgpd. Without a command, prompt for commands, or read them from a pipe.",
        epilog=f"commands, for example:\n{examples}\n\n"
        "Words may be abbreviated: 'bgpdcl sh pr a' is 'bgpdcl show protocols all'; not so\n"
        "those of commands that change something.\n"
        "'bgpdcl show route ?' lists what may follow, and '?' alone the commands.\n"
        "The exit status is 0, 1 if the command failed or was refused, 2 for wrong usage.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-s", "--socket", default=DEFAULT_SOCKET, help="its socket (default: %(default)s)")
    parser.add_argument("-j", "--json", action="store_true", help='print JSON, errors too: {"error": ...}')
    parser.add_argument("-r", "--restrict", action="store_true", help="ask nothing that changes the daemon")
    parser.add_argument("--color", choices=("auto", "never"), default="auto", help="(default: %(default)s)")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="words of a command")
    return parser
