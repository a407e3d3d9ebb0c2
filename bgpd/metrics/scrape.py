"""What the figures of one answer are read from."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Protocol

from bgpd.health.callbacks import CallbackClock
from bgpd.protocols.bgp import BgpProtocol
from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import Channel
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.show.view import Daemon
from kernel_sync.report import KernelReport
from messages.families import Family


class House(Daemon, Protocol):
    """The running daemon, as far as the pages see it."""

    @property
    def awaited(self) -> Sequence[str]:
        """What is missing until traffic may be sent here, in words."""

    def exported_lately(self, protocol_name: str, family: Family) -> int | None:
        """Return how many routes a protocol was told of when they were counted last, without counting."""


class Scrape:
    """The daemon at the moment somebody asks; what many figures need is looked up once."""

    def __init__(self, house: House, callbacks: CallbackClock) -> None:
        self.house = house
        self.callbacks = callbacks

    @cached_property
    def protocols(self) -> "Sequence[RoutingProtocol]":
        """All of them."""
        return [each for each in self.house.protocols.values() if isinstance(each, RoutingProtocol)]

    @cached_property
    def neighbors(self) -> Sequence[BgpProtocol]:
        """Those that have a session, or may have one."""
        return [each for each in self.protocols if isinstance(each, BgpProtocol)]

    @cached_property
    def kernels(self) -> Sequence[tuple[Sequence[str], KernelReport]]:
        """What the tables of the kernel report, each with its labels."""
        kernels = [each for each in self.protocols if isinstance(each, KernelProtocol)]
        return [((each.name, each.family.name), each.kernel.report()) for each in kernels]

    @property
    def channels(self) -> Iterator[tuple[RoutingProtocol, Channel]]:
        """The families of every protocol."""
        for protocol in self.protocols:
            for channel in protocol.channels:
                yield protocol, channel
