"""What is taken from the interfaces: ``[device]``, ``[direct]`` and ``[directs.NAME]``."""

from typing import Annotated

from pydantic import Field

from bgpd.config.addresses import Families, InterfacePattern, PrimaryAddress
from bgpd.config.protocol_options import ProtocolOptions
from bgpd.config.values import MASTER, FilterName, Name, Preference, Switch, TableName
from bgpd.config.wording import Allowed, Unset

InterfacePatterns = Annotated[
    tuple[InterfacePattern, ...],
    Field(strict=False),
    Allowed('a list of patterns like ["-cali*", "*"]'),
]
PrimaryAddresses = Annotated[
    tuple[PrimaryAddress, ...],
    Field(strict=False),
    Allowed('a list like ["192.168.0.0/16", "eth* 10.0.0.1"]'),
]


class Device(ProtocolOptions):
    """Interface watching. It follows the kernel's notifications, so it needs no time between two scans."""

    present: Switch = True
    """Whether `show protocols` has it. Interfaces are watched in any case."""

    name: Annotated[Name | None, Unset('`"device1"`')] = None
    """What it is called in commands and logs."""

    primary: PrimaryAddresses = ()
    """Which address of an interface stands for it, as our next hop where the session's own address is of the
    other family: the first of these that it has, each a network or an address, perhaps after a pattern of
    interface names. Without any of them, its lowest address counts. Secondary addresses never do, link-local
    ones only for want of another."""


class Direct(ProtocolOptions):
    """Routes to the networks the interfaces are connected to: the protocol "direct1".

    Without a word about it in the file it is there. As soon as `[directs]` is written, it is only if
    `[direct]` is, too; an empty `[directs]` alone leaves no such protocol.
    """

    interfaces: InterfacePatterns = ("*",)
    """Patterns of interface names (`*` and `?` as in a shell), of networks that their addresses are in, or of
    both: `"eth*"`, `"10.0.0.0/8"`, `"eth* 10.0.0.0/8"`. The first one that matches an address decides about
    its network, and both ends of a point-to-point link count; a leading `-` leaves out what matches. `[]`: no
    interface gives a route."""

    check_link: Switch = False
    """Give no routes for interfaces without a carrier."""

    table: TableName = MASTER
    """The table these routes belong to."""

    preference: Preference = 240
    """Of the routes to a prefix, those with the higher preference win, whatever else is known about them."""

    families: Families = ("ipv4", "ipv6")
    """Which addresses give routes."""

    import_filter: FilterName = Field(default="all", alias="import")
    """The filter for these routes."""


class NamedDirect(Direct):
    """Further such routes, under a name of their own, for example for another one of `tables`.

    It has the keys of `[direct]`.
    """
