"""``bgpd --flush-kernel``: take our routes out of the kernel where no daemon looks after them any more."""

import argparse
import json
import socket
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from bgpd.control.dialog import Dialog, DialogError
from bgpd.kernel.places import Place, read_protocol, read_table
from bgpd.settings import DaemonSettings
from bgpd.show.kernel_text import route_text
from bgpd.startup import KERNEL_RIGHT, StartupError, missing_capabilities, require_capabilities
from kernel_sync.flush import MarkedRoute, MarkedRoutes, Removal
from kernel_sync.netlink import KernelPermissionError
from kernel_sync.types import ALL_TABLES, MAIN_TABLE, PROTOCOL_BIRD
from messages.families import FAMILIES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let the command line ask for it."""
    group = parser.add_argument_group("taking routes out of the kernel, while no daemon runs")
    group.add_argument(
        "--flush-kernel",
        action="store_true",
        help="remove the routes of the configured kernel tables, or proto bird from main, and exit",
    )
    group.add_argument(
        "--protocol", type=_protocol, metavar="N", help="the number that marks the routes; 12 is proto bird"
    )
    group.add_argument("--table", type=_table, metavar="T", help='a number, "main" or "all"')
    group.add_argument("--dry-run", action="store_true", help="only list what would be removed")


def _protocol(text: str) -> int:
    try:
        return read_protocol(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _table(text: str) -> int:
    try:
        return read_table(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def check_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End with an error if an option says how to flush, and none to do it."""
    details = options.protocol is not None or options.table is not None or options.dry_run
    if details and not options.flush_kernel:
        parser.error("--protocol, --table and --dry-run go with --flush-kernel")


def flush_kernel(options: argparse.Namespace, settings: DaemonSettings) -> Iterator[str]:
    """Remove the routes, and yield a line for each. Raises StartupError if it cannot, or not all of them."""
    places = _places(options, settings)
    _refuse_beside_daemon(settings.socket, places)
    if options.dry_run:
        yield from _list(places)
        return
    require_capabilities(None, kernel=True)
    try:
        yield from _remove(places)
    except KernelPermissionError as error:  # root in a user namespace has its rights elsewhere
        raise StartupError(missing_capabilities(KERNEL_RIGHT)) from error


def _places(options: argparse.Namespace, settings: DaemonSettings) -> Sequence[Place]:
    """Take those of the file's kernel tables, if there is one; what the command line says goes before."""
    if options.config is None:
        named = [Place(family, MAIN_TABLE, PROTOCOL_BIRD) for family in FAMILIES.values()]
    else:
        named = [Place(kernel.family, kernel.table, kernel.protocol) for kernel in settings.kernels]
    return [
        *dict.fromkeys(
            Place(
                family,
                table if options.table is None else options.table,
                protocol if options.protocol is None else options.protocol,
            )
            for family, table, protocol, _ in named
        )
    ]


def _refuse_beside_daemon(path: str, places: Iterable[Place]) -> None:
    """Raise StartupError if a running daemon looks after such routes: it would write them again."""
    try:
        with Dialog(path) as dialog:
            answer = "".join(line.text for line in dialog.ask("json show kernel"))
    except DialogError:
        return
    try:
        kernels = [(row["table"], row["protocol"]) for row in json.loads(answer)]
    except (ValueError, LookupError, TypeError):
        raise StartupError(f"a daemon that is no bgpd of today answers on {path}; stop it first") from None
    for _, table, protocol, _ in places:
        if any(table in (each, ALL_TABLES) and number == protocol for each, number in kernels):
            raise StartupError(
                f"the bgpd that answers on {path} writes these routes;\n"
                "bgpdcl kernel flush removes what it does not want; to remove all of them, stop it first"
            )


def _list(places: Iterable[Place]) -> Iterator[str]:
    found = 0
    for place in places:
        with MarkedRoutes(*place) as routes:
            for some in routes.find():
                found += len(some)
                yield from (_text(marked, place.protocol) for marked in some)
    yield f"{_routes(found)} would be removed"


def _remove(places: Iterable[Place]) -> Iterator[str]:
    removed = refused = 0
    for place in places:
        for marked, failure in _removals(place):
            text = _text(marked, place.protocol)
            removed += failure is None
            refused += failure is not None
            yield text if failure is None else f"{text}: {failure.text}"
    yield f"{_routes(removed)} removed"
    if refused:
        raise StartupError(f"{_routes(refused)} could not be removed")


def _removals(place: Place) -> Iterator[Removal]:
    with MarkedRoutes(*place) as routes:
        for some in routes.flush():
            yield from some


def _routes(count: int) -> str:
    return f"{count} route{'' if count == 1 else 's'}"


def _text(marked: MarkedRoute, protocol: int) -> str:
    return route_text(marked.key, marked.family, marked.route, marked.table_id, protocol, _interface_name)


@lru_cache(maxsize=4096)
def _interface_name(index: int) -> str:
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"#{index}"
