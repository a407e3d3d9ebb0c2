"""All there is to say of one prefix, put together in slices."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bgpd.pipeline import Pipeline
from bgpd.show.audience import Case, Follower, KernelTable, kernel_tables, neighbors, pipes
from bgpd.show.candidates import Candidate, candidate, ordered_paths
from bgpd.show.followers import kernels_of, sharing
from bgpd.show.lookup import covering
from bgpd.show.verdicts import label
from bgpd.show.view import Daemon
from messages.families.prefix import PrefixKey, render_prefix
from rib.slot import Path, paths_of
from rib.table import Table


class Instead(NamedTuple):
    """What packets follow where the prefix has no route that may be used."""

    prefix: str
    route: str


class Explanation(NamedTuple):
    """The answer to ``explain``."""

    asked: str | None
    """What was asked for, if there is no route to just that."""
    prefix: str
    table: str
    best: str | None
    instead: Instead | None
    changes: bool
    """Whether something new is known of the prefix that was not looked at yet."""
    candidates: Sequence[Candidate]
    kernel: Sequence[KernelTable]
    neighbors: Sequence[Follower]
    pipes: Sequence[Follower]


def explanation(
    daemon: Daemon, pipeline: Pipeline, asked: PrefixKey, key: PrefixKey
) -> Iterator[Explanation | None]:
    """Find everything out; yields None wherever others may have their turn, and at last the answer.

    Meanwhile the table may change: this is about the routes that were there at the beginning.
    """
    table = pipeline.table
    slot = table.settled(key)
    paths: list[Path] = []
    for path in ordered_paths(table.decision, paths_of(slot)):
        if path is None:
            yield None
        else:
            paths.append(path)
    shares = sharing(kernels_of(daemon.protocols), table, slot, key)
    candidates: list[Candidate] = []
    for path in paths:
        candidates.append(candidate(daemon, pipeline, path, paths, shares))
        yield None
    case = Case(daemon, table, key, slot, paths)
    told: list[Follower] = []
    for neighbor in neighbors(case):
        if neighbor is None:
            yield None
        else:
            told.append(neighbor)
    is_usable = bool(paths) and paths[0].route.refusal is None
    yield Explanation(
        asked=None if asked == key else render_prefix(asked, table.family),
        prefix=render_prefix(key, table.family),
        table=table.name,
        best=label(paths[0], paths) if is_usable else None,
        changes=table.is_unsettled(key),
        instead=None if is_usable else _instead(table, key),
        candidates=candidates,
        kernel=list(kernel_tables(case)),
        neighbors=told,
        pipes=list(pipes(case)),
    )


def _instead(table: Table, key: PrefixKey) -> Instead | None:
    for prefix in covering(key):
        best = table.best(prefix)
        if best is not None:
            return Instead(render_prefix(prefix, table.family), best.source.name)
    return None
