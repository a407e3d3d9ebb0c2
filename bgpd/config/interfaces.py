"""What is taken from the interfaces: ``[device]`` and ``[direct]``."""

from typing import Annotated

from pydantic import Field

from bgpd.config.addresses import InterfacePattern
from bgpd.config.section import Section
from bgpd.config.values import MASTER, Preference, TableName
from bgpd.config.wording import Allowed

InterfacePatterns = Annotated[
    tuple[InterfacePattern, ...],
    Field(strict=False),
    Allowed('a list of patterns like ["-cali*", "*"]'),
]


class Device(Section):
    """Interface watching. It follows the kernel's notifications and is always on; there is nothing to set."""


class Direct(Section):
    """Routes to the networks the interfaces are connected to."""

    interfaces: InterfacePatterns = ("*",)
    """Patterns of interface names (`*` and `?` as in a shell). The first one that matches decides; a leading
    `-` leaves the interface out. `[]`: no interface gives a route."""

    table: TableName = MASTER
    """The table these routes belong to."""

    preference: Preference = 240
    """Of the routes to a prefix, those with the higher preference win, whatever else is known about them."""
