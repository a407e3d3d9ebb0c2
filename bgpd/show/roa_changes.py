"""``add roa``, ``delete roa`` and ``flush roa``: which AS may originate what, beside the configuration."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from bgpd.show.command import SYNTAX_ERROR, Argument, Arguments, Command, CommandError, Line
from bgpd.show.lookup import read_prefix
from bgpd.show.numbers import read_number
from bgpd.show.view import Daemon
from messages.families.prefix import address_of
from rib.filters.algebra.roa import RoaTable
from rib.filters.errors import Place
from rib.filters.syntax import Roa

_PREFIX, _LONGEST, _AS, _TABLE = "", "max", "as", "table"
_TYPED: Final = Place("command", 1, 1)


class _Change(NamedTuple):
    table: RoaTable
    roa: Roa


class _Changed(NamedTuple):
    roas: int


def _table(daemon: Daemon, arguments: Arguments) -> RoaTable:
    tables = daemon.policies.program.symbols.roa_tables
    if not tables:
        raise CommandError(SYNTAX_ERROR, "No ROA table defined")
    name = arguments.get(_TABLE, next(iter(tables)))
    if name not in tables:
        raise CommandError(SYNTAX_ERROR, f"{name} is not a ROA table")
    return tables[name]


def _change(daemon: Daemon, arguments: Arguments) -> _Change:
    if not {_PREFIX, _LONGEST, _AS}.issubset(arguments):
        raise CommandError(SYNTAX_ERROR, "syntax error")
    family, key = read_prefix(arguments[_PREFIX])
    longest, asn = (read_number(daemon, arguments[word]) for word in (_LONGEST, _AS))
    roa = Roa(address_of(key, family), key[0], longest, asn, at=_TYPED)
    return _Change(_table(daemon, arguments), roa)


def _add(change: _Change) -> Iterator[_Changed]:
    change.table.add(change.roa)
    yield _Changed(len(change.table.roas))


def _delete(change: _Change) -> Iterator[_Changed]:
    change.table.remove(change.roa)
    yield _Changed(len(change.table.roas))


def _flush(table: RoaTable) -> Iterator[_Changed]:
    table.clear()
    yield _Changed(len(table.roas))


def _no_text(_request: object, _row: _Changed) -> Iterator[Line]:
    return iter(())


def _is_single(_request: object) -> bool:
    return True


_IN_TABLE: Final = Argument(_TABLE, "The table, instead of the first one", "TABLE")
_ARGUMENTS: Final = (
    Argument(_PREFIX, "Of this prefix", "PREFIX"),
    Argument(_LONGEST, "And of what it has of up to so many bits", "BITS"),
    Argument(_AS, "Allowed to this AS", "ASN"),
    _IN_TABLE,
)


def _command(
    words: str, text: str, rows: Callable[[_Change], Iterator[_Changed]]
) -> Command[_Change, _Changed]:
    return Command(
        words=words,
        help=text,
        example=f"{words} 10.0.0.0/8 max 8 as 1",
        request=_change,
        rows=rows,
        layout=_no_text,
        is_single=_is_single,
        arguments=_ARGUMENTS,
        changes=True,
    )


COMMANDS: Final = (
    _command("add roa", "Allow an AS to originate a prefix", _add),
    _command("delete roa", "Take back what add roa allowed", _delete),
    Command(
        words="flush roa",
        help="Take back all that add roa allowed",
        example="flush roa",
        request=_table,
        rows=_flush,
        layout=_no_text,
        is_single=_is_single,
        arguments=(_IN_TABLE,),
        changes=True,
    ),
)
