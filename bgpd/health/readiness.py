"""Whether traffic may be sent to this router, for those who take routers in and out of service.

After a start it may once its routes are what neighbors have to say, and the kernel has them. That is never
asked of neighbors who do not come: nobody else may have to wait for one that is broken. What is lost later is
the neighbors' to see, and alarms are for operators; so who is ready stays ready.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from bgpd.protocols.kernel import KernelProtocol
from bgpd.protocols.protocol import Protocol as RoutingProtocol
from bgpd.restart.adoption import Adoption
from bgpd.show.view import Recovery


class Speaker(Protocol):
    """The speaker, as far as it is looked at."""

    adoption: Adoption

    @property
    def protocols(self) -> Mapping[str, RoutingProtocol]: ...
    @property
    def recovery(self) -> Recovery | None: ...


def what_is_awaited(speaker: Speaker) -> Iterator[str]:
    """Say what there is to wait for, a line each."""
    adoption = speaker.adoption
    if not adoption.is_begun:
        yield "starting"
        return
    yield from _closed(speaker.protocols.values())
    if not adoption.is_over:
        yield f"waiting for {adoption.convergence.words() or 'the kernel'}"
    if speaker.recovery is not None:
        yield f"neighbors are told when {speaker.recovery.waiting} have said what they have"


def _closed(protocols: Iterable[RoutingProtocol]) -> Iterator[str]:
    for protocol in protocols:
        if isinstance(protocol, KernelProtocol) and not (protocol.is_up or protocol.is_disabled):
            yield f"{protocol.name}: the kernel's table is not open"
