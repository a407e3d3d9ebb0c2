"""What can be said about every protocol, whatever it does."""

from typing import Annotated, Final, get_args

from pydantic import BeforeValidator, Field

from bgpd.config.section import Section
from bgpd.config.values import Line, Switch
from bgpd.config.wording import Allowed
from bgpd.settings import Trace

_TRACES: Final = '"states", "routes", "filters", "interfaces", "events" or "packets"'

_EVERY_TRACE: Final[tuple[Trace, ...]] = get_args(Trace)


def _all_of_them(value: object) -> object:
    return _EVERY_TRACE if value == "all" else value


Debug = Annotated[
    tuple[Annotated[Trace, Allowed(_TRACES)], ...],
    Field(strict=False),
    BeforeValidator(_all_of_them),
    Allowed('"all", or a list like ["states", "events"]'),
]


class ProtocolOptions(Section):
    """The keys that the tables of all protocols have, but for those of neighbors."""

    description: Line = ""
    """Free text for people."""

    disabled: Switch = False
    """Keep the protocol down until it is enabled."""

    debug: Debug = ()
    """What is logged of it: `"states"`, `"routes"`, `"filters"`, `"interfaces"`, `"events"`, `"packets"`."""
