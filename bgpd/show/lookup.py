"""The tables and prefixes that a command names."""

from collections.abc import Iterator, Sequence
from typing import Final

from bgpd.pipeline import Pipeline
from bgpd.show.command import SYNTAX_ERROR, CommandError
from bgpd.show.view import Daemon
from messages.families import Family
from messages.families.prefix import PrefixKey, make_key, parse_address, parse_prefix, shorten

MASTER: Final = "master"
EVERY_TABLE: Final = "all"
NETWORK_NOT_IN_TABLE: Final = 8001


def pipelines_named(daemon: Daemon, name: str) -> Sequence[Pipeline]:
    """Return the pipelines of the tables of one name, or of all."""
    if name == EVERY_TABLE:
        return daemon.pipelines
    named = [pipeline for pipeline in daemon.pipelines if pipeline.table.name == name]
    if not named:
        raise CommandError(SYNTAX_ERROR, f"{name} is not a table")
    return named


def pipeline_of(daemon: Daemon, name: str, family: Family) -> Pipeline:
    """Return the pipeline of one table."""
    for pipeline in daemon.pipelines:
        if pipeline.table.name == name and pipeline.table.family is family:
            return pipeline
    raise CommandError(SYNTAX_ERROR, f"{name} is not a table")


def of_family(pipelines: Sequence[Pipeline], family: Family) -> Sequence[Pipeline]:
    """Return those of one family."""
    return [pipeline for pipeline in pipelines if pipeline.table.family is family]


def read_prefix(text: str) -> tuple[Family, PrefixKey]:
    """Understand a prefix."""
    try:
        return parse_prefix(text)
    except ValueError:
        raise CommandError(SYNTAX_ERROR, "Invalid prefix") from None


def read_target(text: str) -> tuple[Family, PrefixKey]:
    """Understand a prefix, or an address, which is the longest one."""
    if "/" in text:
        return read_prefix(text)
    try:
        address = parse_address(text)
    except ValueError:
        raise CommandError(SYNTAX_ERROR, "Invalid prefix") from None
    key = make_key(address, 8 * len(address))
    return parse_prefix(f"{text}/{key[0]}")


def covering(key: PrefixKey) -> Iterator[PrefixKey]:
    """Yield the prefix and those that cover it, the longest first."""
    return (shorten(key, bits) for bits in range(key[0], -1, -1))


def not_in_table() -> CommandError:
    """Return what is raised if there is no route."""
    return CommandError(NETWORK_NOT_IN_TABLE, "Network not in table")
