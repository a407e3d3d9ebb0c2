"""How operators talk to the daemon: ``[control]``."""

from typing import Annotated, Final, Literal

from pydantic import Field, PlainValidator

from bgpd.config.section import Section
from bgpd.config.values import Name, SocketPath
from bgpd.config.wording import Allowed, quoted, refusal

_NAMED_FORMATS: Final = ("iso short", "iso long", "old short", "old long")
_FORMATS: Final = (
    '"iso short", "iso long", "old short", "old long", a text like "%F %T", '
    'or a list like ["%T", 72000, "%F"]'
)


def _time_format(value: object) -> str | tuple[str, int, str]:
    """Check a format, or one for what is recent, the seconds that it is so, and one for what is older."""
    match value:
        case str() if value in _NAMED_FORMATS or ("%" in value and value.isprintable()):
            return value
        case str():
            raise refusal(f"{quoted(value)} is no format of times; write {_FORMATS}")
        case [str(recent), int(limit), str(older)] if limit >= 0 and (recent + older).isprintable():
            return recent, limit, older
    raise ValueError(value)


Dialect = Annotated[Literal["bgpd", "bird"], Allowed('"bgpd" or "bird"')]
Order = Annotated[tuple[Name, ...], Field(strict=False), Allowed('a list of names like ["static1", "tor1"]')]
TimeFormat = Annotated[str | tuple[str, int, str], PlainValidator(_time_format), Allowed(_FORMATS)]


class TimeFormats(Section):
    """How points in time are printed.

    `"iso short"` is the time of day, and the date of what is older than 20 hours; `"iso long"` is both,
    `"old short"` and `"old long"` are forms that earlier programs had. Other texts are those of `strftime`;
    in a list the second one is for what is older than so many seconds.
    """

    route: TimeFormat = "iso short"
    """When routes came, in `show route`."""

    protocol: TimeFormat = "iso short"
    """When protocols changed their states, in `show protocols`."""

    base: TimeFormat = "iso long"
    """When the daemon was started and configured, in `show status`."""

    log: TimeFormat = "iso long"
    """At the beginning of the lines of the log."""


class Control(Section):
    """The socket through which `bgpdcl` talks to the daemon, and what it finds there."""

    socket: SocketPath = "/run/bgpd/bgpd.ctl"
    """The path of the socket; its mode is 0660. The option `-s` of `bgpd` goes before it."""

    dialect: Dialect = "bgpd"
    """Whose words are spoken. `"bird"`: the answers and the log are exactly those of BIRD 1.6.8, for programs
    that read them."""

    order: Order = ()
    """The names of protocols in the order in which they are listed. Those that are left out follow, by their
    kind."""

    timeformats: Annotated[TimeFormats, Allowed("a table of keys and values")] = TimeFormats()
    """How points in time are printed."""
