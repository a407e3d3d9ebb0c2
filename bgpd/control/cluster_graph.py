"""``bgpdcl cluster graph``: a picture of the sessions, from what one node says of them or many."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bgpd.control.dialog import Dialog, DialogError
from bgpd.control.terminal import Terminal
from bgpd.graph.documents import Document, DocumentError, read_document
from bgpd.graph.dot import dot
from bgpd.graph.model import Graph, graph_of
from bgpd.graph.svg import svg

_DEFAULT_SOCKET: Final = "/run/bgpd/bgpd.ctl"
_QUESTION: Final = "cluster status"
_PATIENCE: Final = 30.0
_LARGEST: Final = 64 << 20
"""Octets of a file."""
_STANDARD_INPUT: Final = "-"
_MODE: Final = 0o666

_FORMATS: Final[Mapping[str, Callable[[Graph], str]]] = {"svg": svg, "dot": dot}
_SUFFIXES: Final = {".dot": "dot", ".gv": "dot"}

_DONE, _FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Draw; the exit status is 1 if somebody could not be asked, though the others are drawn."""
    options = command_line().parse_args(arguments)
    terminal = Terminal(options.color)
    documents: list[Document] = []
    status = _DONE
    for place, read in _places(options):
        try:
            documents += (read_document(each) for each in _objects(read()))
        except (DialogError, DocumentError, OSError, ValueError) as error:
            terminal.complain(_words(place, error))
            status = _FAILED
    if not documents:
        terminal.complain("nothing to draw: nobody has answered")
        return _FAILED
    kind = options.format or _SUFFIXES.get(Path(options.output or "").suffix, "svg")
    return _write(_FORMATS[kind](graph_of(documents)), options.output, terminal) or status


def _words(place: str, error: Exception) -> str:
    """Say who could not be asked, and why; an error of the socket names it itself."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return reason if place in reason else f"{place}: {reason}"


# Asking


def _places(options: argparse.Namespace) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield who is asked, and how."""
    files: Sequence[str] = options.file
    for name in files:
        yield ("standard input" if name == _STANDARD_INPUT else name), partial(_of_file, name)
    for path in options.socket or ([] if files else [_DEFAULT_SOCKET]):
        yield path, partial(_of_daemon, path)


def _of_file(name: str) -> object:
    with open(0 if name == _STANDARD_INPUT else name, "rb", closefd=name != _STANDARD_INPUT) as file:
        octets = file.read(_LARGEST + 1)
    if len(octets) > _LARGEST:
        raise DocumentError(f"more than {_LARGEST >> 20} MB, which no answer is")
    return _decoded(octets)


def _of_daemon(path: str) -> object:
    with Dialog(path, _PATIENCE) as dialog:
        document: object = dialog.document(_QUESTION)
        return document


def _decoded(text: str | bytes) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"no JSON: {error}") from None
    return value


def _objects(value: object) -> Sequence[object]:
    """Return the answers in a file, which may have one or a list of them."""
    return value if isinstance(value, list) else [value]


# Writing


def _write(text: str, output: str | None, terminal: Terminal) -> int:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return _DONE
    try:
        _replace(Path(output), text)
    except OSError as error:
        terminal.complain(f"{output}: {error.strerror}")
        return _FAILED
    return _DONE


def _replace(path: Path, text: str) -> None:
    """Write a file at once, so that who shows it all the time never sees a part of it."""
    if path.exists() and not path.is_file():
        path.write_text(text, encoding="utf-8")  # a device, or a pipe
        return
    mask = os.umask(0)
    os.umask(mask)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.chmod(file.name, _MODE & ~mask)
            os.replace(file.name, path)
        except OSError:
            os.unlink(file.name)
            raise


def command_line() -> argparse.ArgumentParser:
    """Return what the command line may say; the manual is made of it, too."""
    parser = argparse.ArgumentParser(
        prog="bgpdcl cluster graph",
        description="Draw who has a session with whom, and how it stands.",
        epilog="examples:\n"
        "  bgpdcl cluster graph -o node1.svg                      the sessions of this node\n"
        "  bgpdcl -j cluster status > node1.json                  on each node, then\n"
        "  bgpdcl cluster graph -o cluster.svg node*.json         the whole cluster\n"
        "  bgpdcl cluster graph -s a.ctl -s b.ctl --format dot    for Graphviz\n\n"
        "A session is up if both ends say so. What one end says alone, what differs and what is\n"
        "missing in a mesh is drawn otherwise, and named below the picture.\n"
        "The exit status is 0, 1 if somebody could not be asked or the file not be written, 2 for\n"
        "wrong usage.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-s",
        "--socket",
        action="append",
        help=f"ask this daemon, may be repeated (default: {_DEFAULT_SOCKET})",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write the picture there (default: print it)")
    parser.add_argument("--format", choices=sorted(_FORMATS), help="(default: by the name of FILE, else svg)")
    parser.add_argument("--color", choices=("auto", "never"), default="auto", help="(default: %(default)s)")
    parser.add_argument("file", nargs="*", metavar="JSON", help="saved answers of 'bgpdcl -j cluster status'")
    return parser
