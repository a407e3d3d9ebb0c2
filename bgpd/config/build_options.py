"""From the models to the settings that all protocols have."""

from typing import TypedDict

from bgpd.config.protocol_options import ProtocolOptions
from bgpd.settings import Trace


class Options(TypedDict):
    """The settings that all protocols have."""

    description: str
    disabled: bool
    traces: frozenset[Trace]


def options_of(protocol: ProtocolOptions) -> Options:
    """Return them, as arguments for the settings of any protocol but a neighbor."""
    return Options(
        description=protocol.description,
        disabled=protocol.disabled,
        traces=frozenset(protocol.debug),
    )
