"""The journals of a daemon, read on and on, also after it was away."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from bgpd.control.dialog import Dialog, DialogError

Row = Mapping[str, Any]

_PATIENCE: Final = 10.0
_NOW: Final = "now"
_FROM_THE_BEGINNING: Final = ""
_SENDER: Final = "from"


class Wanted(NamedTuple):
    """What somebody wants to see."""

    routes: bool = True
    sessions: bool = True
    sender: str = ""
    """Only of this neighbor, or of those that match a quoted pattern."""
    table: str = ""
    prefix: str = ""

    @property
    def questions(self) -> Iterator[tuple[str, str]]:
        """What has to be asked, by the kind of what is answered."""
        sender = f" from {self.sender}" if self.sender else ""
        if self.sessions:
            yield "session", f"show journal sessions{sender}"
        if self.routes:
            table = f" table {self.table}" if self.table else ""
            prefix = f" {self.prefix}" if self.prefix else ""
            yield "route", f"show journal{sender}{table}{prefix}"


class Journals:
    """Reads what has changed since the last time. All of it raises DialogError."""

    def __init__(self, path: str, wanted: Wanted, *, from_the_beginning: bool) -> None:
        self._path = path
        self._wanted = wanted
        self._dialog: Dialog | None = None
        self._started: str | None = None
        """When the daemon was; another one has other journals."""
        self._is_first = True
        self.more = False
        """Whether there is more already than what was read."""
        start = _FROM_THE_BEGINNING if from_the_beginning else _NOW
        self._positions = {kind: start for kind, _ in wanted.questions}

    def read(self) -> Sequence[Row]:
        """Return the changes, in order, and how many are missing, each with its kind."""
        try:
            dialog = self._dialog or self._connect()
            found: list[Row] = []
            self.more = False
            for kind, question in self._wanted.questions:
                found += self._read(dialog, kind, question)
        except DialogError:
            self.close()
            raise
        return sorted(found, key=itemgetter("unix"))

    def _connect(self) -> Dialog:
        self._dialog = dialog = Dialog(self._path, _PATIENCE)
        started = dialog.document("show status").get("last_reboot")
        if self._started is None and self._wanted.sender:
            dialog.document(f"show protocols {self._wanted.sender}")  # who has no such neighbor is told so
        if self._started not in (None, started):
            self._positions = dict.fromkeys(self._positions, _FROM_THE_BEGINNING)
        self._started = started
        return dialog

    def _read(self, dialog: Dialog, kind: str, question: str) -> Iterator[Row]:
        position = self._positions[kind]
        rows = dialog.document(f"{question} after {position}" if position else question)
        places = [row for row in rows if row["kind"] == "position"]
        self._positions[kind] = ",".join(str(place["position"]) for place in places)
        changes = [row for row in rows if row["kind"] == "change"]
        for place in places:
            self.more = self.more or place.get("more", False)
            if place["missed"] and position:
                yield _gap(kind, place, changes)
        yield from ({**row, "kind": kind} for row in changes)

    def close(self) -> None:
        """Hang up."""
        if self._dialog is not None:
            self._dialog.__exit__()
            self._dialog = None


def _gap(kind: str, place: Row, changes: Sequence[Row]) -> Row:
    """Say what is missing, before what came after it."""
    whose = {name: place[name] for name in ("table", "family") if name in place}
    later = [change["unix"] for change in changes if whose.items() <= change.items()]
    return {"kind": "missed", "of": kind, **whose, "missed": place["missed"], "unix": min(later, default=0.0)}
