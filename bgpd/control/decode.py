"""``bgpdcl decode``: explains messages that somebody captured; it needs no daemon."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence

from bgpd.control.terminal import Terminal
from bgpd.explain.document import document
from bgpd.explain.field import Explanation
from bgpd.explain.hexadecimal import read_hexadecimal
from bgpd.explain.stream import explain
from bgpd.explain.text import text_lines
from messages.context import Context
from messages.families import FAMILIES
from messages.iana import EXTENDED_MESSAGE_OCTETS

_SOUND, _FAULTY, _WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Explain; the exit status is 0, 1 if there is an error in a message, 2 if there is nothing to read."""
    options = command_line().parse_args(arguments)
    terminal = Terminal(options.color)
    try:
        octets = _read(options.hex)
    except ValueError as error:
        terminal.complain(str(error))
        return _WRONG_USAGE
    explanations = list(explain(octets, _context(options)))
    _print(explanations, terminal, as_json=options.json)
    return _FAULTY if any(explanation.faults for explanation in explanations) else _SOUND


def _read(words: Sequence[str]) -> bytes:
    """Return the octets that the words or standard input spell; raises ``ValueError`` if they spell none."""
    try:
        given = sys.stdin.read() if words == ["-"] else " ".join(words)
    except UnicodeDecodeError:
        raise ValueError("standard input is no text: give the octets as hexadecimal digits") from None
    octets = read_hexadecimal(given)
    if not octets:
        raise ValueError("there are no octets to explain")
    return octets


def _print(explanations: Iterable[Explanation], terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.print(json.dumps(list(map(document, explanations))))
        return
    for explanation in explanations:
        for line in text_lines(explanation):
            terminal.print(line)


def _context(options: argparse.Namespace) -> Context:
    families = frozenset(FAMILIES.values())
    return Context(
        external=not options.internal,
        as_number_octets=2 if options.two_octet_as else 4,
        families=families,
        message_octets=EXTENDED_MESSAGE_OCTETS,
        add_path_receive=families if options.add_path else frozenset(),
        extended_next_hop=families,
    )


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
    parser = argparse.ArgumentParser(
        prog="bgpdcl decode",
        description="Explain BGP messages, octet by octet with offsets, and what a receiver does with them. "
        "Blanks, colons, line breaks and 0x in HEX do not matter; messages may follow one another.",
        epilog="The exit status is 0, 1 if there is an error in a message, 2 if HEX cannot be read.",
    )
    parser.add_argument("--two-octet-as", action="store_true", help="AS numbers have two octets")
    parser.add_argument("--add-path", action="store_true", help="prefixes have path identifiers (RFC 7911)")
    parser.add_argument("--internal", action="store_true", help="judge as from an internal neighbor")
    parser.add_argument("-j", "--json", action="store_true", help="print JSON")
    parser.add_argument("--color", choices=("auto", "never"), default="auto", help="(default: %(default)s)")
    parser.add_argument(
        "hex", nargs="+", metavar="HEX", help="the octets of the messages; - is standard input"
    )
    return parser
