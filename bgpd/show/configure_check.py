"""``configure check``: read a configuration, apply nothing, and say what it would change.

In BIRD's dialect nothing is said but that it is right, unless somebody asks for the changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from bgpd.prediction.forecast import Forecast, OutdatedError, Progress
from bgpd.show.command import Argument, Arguments, Command, CommandError, Line
from bgpd.show.configure import BROKEN_FILE, NAMED_FILE, NO_FILE, READING
from bgpd.show.folding import folded
from bgpd.show.forecast import ForecastText
from bgpd.show.forecast_document import forecast_document
from bgpd.show.view import Daemon, Prediction, ReconfigurationError

_OK: Final = Line(20, "Configuration OK")
_CHANGES: Final = "changes"
_PROGRESS_SECONDS: Final = 2.0
"""How often to say how far it is."""
_FAILED: Final = 8008
_OUTDATED: Final = "runtime error: another configuration was applied meanwhile; ask again"
_NOT_NOW: Final = "What would change can't be said now: no configuration is in force, or one is being applied"


@dataclass(slots=True)
class _Request:
    """One command, and what became of it."""

    daemon: Daemon
    file: str | None
    predicts: bool
    """Whether to say what would change."""
    prediction: Prediction | None = None
    problem: str = ""


class _Outcome(NamedTuple):
    remarks: Sequence[str]
    """What waits for a restart."""
    forecast: Forecast | None = None
    text: ForecastText | None = None


_Row: TypeAlias = _Outcome | Progress


def _request(daemon: Daemon, arguments: Arguments) -> _Request:
    file = arguments[NAMED_FILE.key].strip('"') if NAMED_FILE.key in arguments else None
    return _Request(daemon, file, daemon.dialect == "bgpd" or _CHANGES in arguments)


def _heading(request: _Request) -> Iterator[Line]:
    yield Line(READING, f"Reading configuration from {request.file or request.daemon.configuration_file}")


async def _read(request: _Request) -> None:
    daemon, file = request.daemon, request.file
    try:
        if request.predicts:
            request.prediction = await daemon.predict(file)
        else:
            await daemon.check_configuration(file)
    except ReconfigurationError as error:
        request.problem = str(error).removeprefix(NO_FILE)


def _rows(request: _Request) -> Iterator[_Row | None]:
    """Find out what would change; yields how far that is once in a while, and at last what came of it."""
    if request.problem:
        raise CommandError(BROKEN_FILE, request.problem)
    prediction, now = request.prediction, request.daemon.now
    if prediction is None:
        yield _Outcome([_NOT_NOW] if request.predicts else [])
        return
    next_time = now() + _PROGRESS_SECONDS
    try:
        for step in prediction.steps():
            is_time = step is not None and now() >= next_time
            next_time += _PROGRESS_SECONDS * is_time
            yield step if is_time else None
    except OutdatedError:
        raise CommandError(_FAILED, _OUTDATED) from None
    forecast = prediction.forecast
    text = ForecastText(request.daemon, forecast)
    yield from text.prepare()
    yield _Outcome(forecast.waiting, forecast, text)


def _layout(_request: _Request, row: _Row) -> Iterator[Line]:
    if isinstance(row, Progress):
        yield Line(READING, f"{row.done:,} of {row.total:,} prefixes looked at")
        return
    lines = row.remarks if row.text is None else row.text.lines()
    for text in lines:
        yield from (Line(READING, line) for line in folded(text))


def _document(request: _Request, row: _Row) -> Mapping[str, object] | None:
    if isinstance(row, Progress):
        return None
    document: dict[str, object] = {"message": _OK.text, "remarks": row.remarks}
    if row.forecast is not None:
        document |= forecast_document(request.daemon, row.forecast)
    return document


COMMAND: Final[Command[_Request, _Row]] = Command(
    words="configure check",
    help="Say what the configuration file would change; apply nothing",
    example="configure check",
    request=_request,
    heading=_heading,
    work=_read,
    rows=_rows,
    layout=_layout,
    ending=lambda _request: _OK,
    document=_document,
    is_single=lambda _request: True,
    arguments=(
        NAMED_FILE,
        Argument(_CHANGES, "Say what would change, in BIRD's dialect as well"),
    ),
)
