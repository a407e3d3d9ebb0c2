"""A daemon on a host of its own, with its neighbors connected: where a turn of the benchmark takes place."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from messages.iana import BGP_PORT
from tests.bench.daemons import LOCAL_ASN, Neighbor, Program, Task
from tests.bench.link import Link, daemon_address, link, neighbor_address
from tests.bench.running import Running
from tests.bench.speaker import Speaker
from tests.interop.process import Process

_FIRST_ASN: Final = LOCAL_ASN + 1
_LOG_LINES: Final = 40


def asn_of(number: int) -> int:
    """Return the AS of an external neighbor."""
    return _FIRST_ASN + number


def external(number: int, *, version: int = 4, link: int = 0, is_told: bool = False) -> Neighbor:
    """Return a neighbor in an AS of its own."""
    return Neighbor(neighbor_address(number, version, link), asn_of(number), is_told=is_told)


class Stage(NamedTuple):
    """A daemon, the neighbors that are connected to it, and the link between them."""

    daemon: Running
    speakers: Sequence[Speaker]
    link: Link


@contextmanager
def stage(
    program: Program,
    neighbors: Sequence[Neighbor],
    *,
    version: int = 4,
    kernel: bool = False,
    number: int = 0,
) -> Iterator[Stage]:
    """Start a daemon on a host of its own and connect these neighbors, in this order; kill it at the end.

    Several at a time have different numbers.
    """
    local = daemon_address(version, number)
    task = Task(local, neighbors, version if kernel else 0)
    with link(len(neighbors), number) as made, started(program, task, made) as (process, folder):
        speakers = [
            Speaker(
                each.address,
                each.asn,
                (local, BGP_PORT),
                each.capabilities,
                router_id=neighbor_address(place, 4, number),
            )
            for place, each in enumerate(neighbors)
        ]
        with ExitStack() as connected:
            for each in speakers:
                each.connect()
                connected.callback(each.close)
            daemon = Running.of(program, process, folder)
            daemon.rest()
            yield Stage(daemon, speakers, made)


@contextmanager
def started(program: Program, task: Task, host: Link) -> Iterator[tuple[Process, Path]]:
    """Start a daemon, and kill it at the end; show what it logged last if something went wrong."""
    with tempfile.TemporaryDirectory(prefix="bgpd-bench-") as name:
        folder = Path(name)
        command = host.inside(*program.prepare(task, folder))
        process = Process(command, folder / "log", program.environment)
        try:
            yield process, folder
        except BaseException:
            print(process.log_tail(_LOG_LINES), file=sys.stderr)
            raise
        finally:
            process.kill()  # to take millions of routes down in good order is another matter
