"""What ``show activity`` says, and how fast its numbers grow."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from bgpd.control.dialog import Dialog, DialogError, RefusedError

_QUESTION: Final = "show activity"
_RATES: Final = ("updates_in", "updates_out", "prefixes_in", "prefixes_out")


class Neighbor(NamedTuple):
    """One neighbor; rates are per second."""

    name: str
    address: str
    asn: int
    state: str
    seconds: float
    """For how long it has been in that state."""
    routes: int
    best: int
    lost: int
    updates_in: float
    updates_out: float
    prefixes_in: float
    prefixes_out: float
    info: str


class Table(NamedTuple):
    """One routing table."""

    name: str
    family: str
    prefixes: int
    changes: float
    """Of best routes, per second."""


class Kernel(NamedTuple):
    """One table of the kernel."""

    name: str
    family: str
    wanted: int
    installed: int
    problems: int
    written: float
    """Messages per second."""


class Figures(NamedTuple):
    """All that there is to see at one moment."""

    version: str
    router_id: str
    now: float
    uptime: float
    slow_callbacks: int
    longest_callback: float
    longest_callback_of: str
    tables: Sequence[Table]
    kernels: Sequence[Kernel]
    neighbors: Sequence[Neighbor]

    @property
    def states(self) -> Mapping[str, int]:
        """How many neighbors are in which state."""
        names = [neighbor.state for neighbor in self.neighbors]
        return {name: names.count(name) for name in sorted({*names}, reverse=True)}


Row = Mapping[str, Any]


class Answer:
    """One answer of the daemon, by kind and name of its rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = {(row["kind"], row.get("name"), row.get("family")): row for row in rows}
        self.daemon = next(self._of("daemon"))

    def _of(self, kind: str) -> Iterator[Row]:
        return (row for row in self._rows.values() if row["kind"] == kind)

    def since(self, before: "Answer | None") -> Figures:
        """Return what there is to see, with the rates since another answer."""
        daemon = self.daemon
        seconds = 0.0 if before is None else daemon["now"] - before.daemon["now"]
        return Figures(
            daemon["version"],
            daemon["router_id"],
            daemon["now"],
            daemon["now"] - _unix(daemon["started"]),
            daemon["slow_callbacks"],
            daemon["longest_callback"],
            daemon.get("longest_callback_of", ""),
            [self._table(row, before, seconds) for row in self._of("table")],
            [self._kernel(row, before, seconds) for row in self._of("kernel")],
            [self._neighbor(row, before, seconds) for row in self._of("neighbor")],
        )

    def _table(self, row: Row, before: "Answer | None", seconds: float) -> Table:
        return Table(row["name"], row["family"], row["prefixes"], _rate("changes", row, before, seconds))

    def _kernel(self, row: Row, before: "Answer | None", seconds: float) -> Kernel:
        numbers = (row["wanted"], row["installed"], row["problems"])
        return Kernel(row["name"], row["family"], *numbers, _rate("written", row, before, seconds))

    def _neighbor(self, row: Row, before: "Answer | None", seconds: float) -> Neighbor:
        rates = {name: _rate(name, row, before, seconds) for name in _RATES}
        return Neighbor(
            name=row["name"],
            address=row["address"],
            asn=row["asn"],
            state=row["state"],
            seconds=max(0.0, self.daemon["now"] - _unix(row["since"])),
            routes=row["routes"],
            best=row["best"],
            lost=row["sessions_lost"],
            info=row["info"],
            **rates,
        )

    def row(self, like: Row) -> Row | None:
        """Return the row of this answer that is about the same thing."""
        return self._rows.get((like["kind"], like.get("name"), like.get("family")))


def _rate(name: str, row: Row, before: Answer | None, seconds: float) -> float:
    """Return how much a number grows in a second; of what is new, or counts anew, nothing is known."""
    earlier = None if before is None else before.row(row)
    if earlier is None or seconds <= 0:
        return 0.0
    grown: float = row[name] - earlier[name]
    return max(0.0, grown / seconds)


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def ask(dialog: Dialog) -> Answer:
    """Ask the daemon. Raises DialogError if it does not answer, or has never heard of the question."""
    try:
        return Answer(dialog.document(_QUESTION))
    except RefusedError as error:
        raise DialogError(f"the server cannot tell what is going on: {error}") from None
