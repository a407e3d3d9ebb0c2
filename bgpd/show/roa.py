"""``show roa``: which AS may originate which prefixes, by a ROA table of the configuration (RFC 6482)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from bgpd.show.bird_prefixes import bird_prefix
from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.lookup import not_in_table, read_prefix
from bgpd.show.view import Daemon
from messages.families import Family
from messages.families.prefix import PrefixKey, covers, make_key, render_address
from rib.filters.algebra.roa import RoaTable
from rib.filters.syntax import Roa

_CODE: Final = 1019
_SLICE: Final = 500
"""ROAs looked at between two pauses."""
_PREFIXES: Final = ("", "in", "for")
"""The words before a prefix: that one alone, what it covers, what covers it."""


class _Row(NamedTuple):
    prefix: str
    max: int
    asn: int


@dataclass(frozen=True, slots=True)
class _Request:
    table: RoaTable
    relation: str
    prefix: tuple[Family, PrefixKey] | None
    asn: int | None

    def concerns(self, roa: Roa) -> bool:
        """Tell whether a ROA is asked for."""
        if self.asn not in (None, roa.asn):
            return False
        if self.prefix is None:
            return True
        family, key = self.prefix
        if len(roa.address) != family.address_octets:
            return False
        other = make_key(roa.address, roa.length)
        if self.relation == "in":
            return covers(key, other)
        return covers(other, key) if self.relation == "for" else other == key


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    tables = daemon.policies.program.symbols.roa_tables
    table = _table(tables, arguments.get("table", ""))
    relations = [word for word in _PREFIXES if word in arguments]
    if len(relations) > 1:
        raise CommandError(SYNTAX_ERROR, "Only one prefix expected")
    relation = relations[0] if relations else ""
    read = partial(bird_prefix, daemon) if daemon.dialect == "bird" else read_prefix
    prefix = read(arguments[relation]) if relations else None
    request = _Request(table, relation, prefix, _asn(arguments.get("as")))
    if prefix is not None and not relation and not any(map(request.concerns, table.roas)):
        raise not_in_table()
    return request


def _table(tables: Mapping[str, RoaTable], name: str) -> RoaTable:
    if name:
        if name not in tables:
            raise CommandError(SYNTAX_ERROR, f"{name} is not a ROA table")
        return tables[name]
    if not tables:
        raise CommandError(SYNTAX_ERROR, "No ROA table defined")
    return next(iter(tables.values()))


def _asn(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal():
        raise CommandError(SYNTAX_ERROR, "syntax error")
    return int(text)


def _rows(request: _Request) -> Iterator[_Row | None]:
    in_order = sorted(request.table.roas, key=_place, reverse=request.relation == "for")
    for number, roa in enumerate(in_order):
        if request.concerns(roa):
            yield _Row(_prefix(roa), roa.longest, roa.asn)
        if not number % _SLICE:
            yield None


def _place(roa: Roa) -> tuple[int, bytes, int, int]:
    """By address; those that cover a prefix are listed with the longest first, as BIRD finds them."""
    return len(roa.address), roa.address, roa.length, roa.asn


def _prefix(roa: Roa) -> str:
    return f"{render_address(roa.address)}/{roa.length}"


def _layout(_request: _Request, row: _Row) -> Iterator[Line]:
    yield Line(_CODE, f"{row.prefix} max {row.max} as {row.asn}")


COMMAND: Final[Command[_Request, _Row]] = Command(
    words="show roa",
    help="Which AS may originate which prefixes, by a ROA table",
    example="show roa for 192.0.2.0/24",
    request=_request,
    rows=_rows,
    layout=_layout,
    arguments=(
        Argument("", "Of this prefix alone", "PREFIX", repeated="Only one prefix expected"),
        Argument("in", "Of this prefix and those it covers", "PREFIX", repeated="Only one prefix expected"),
        Argument(
            "for", "Of this prefix and those that cover it", "PREFIX", repeated="Only one prefix expected"
        ),
        Argument("as", "Only those of this AS", "NUMBER", repeated=None),
        Argument("table", "Another table than the first one", "NAME", repeated=None),
    ),
)
