"""What comes of the routes when the daemon stops, in words, before it does.

``withdraw`` is BIRD's way: Cease, and all routes go. With ``graceful`` neighbors that have agreed to keep our
routes (RFC 4724 §4.2) lose the connection without a word, so that they do; all others are sent a Cease, since
they forget our routes anyway and should know why. The kernel's routes stay.
"""

from collections.abc import Iterable, Iterator, Sized
from typing import Final, Literal, NamedTuple, Protocol, runtime_checkable

Stop = Literal["withdraw", "graceful"]
STOPS: Final[tuple[Stop, ...]] = ("graceful", "withdraw")
_SEVERAL: Final = "neighbors are sent a Cease and forget"


@runtime_checkable
class Hearer(Protocol):
    """A neighbor, as far as it is concerned."""

    @property
    def name(self) -> str: ...
    @property
    def keeps_ours(self) -> int:
        """For how many seconds it keeps our routes if we leave without a word; 0: not at all."""


class Kernel(Protocol):
    """A table of the kernel."""

    @property
    def fib(self) -> Sized:
        """The routes of ours in it."""


@runtime_checkable
class Writer(Protocol):
    """A table of the kernel that is written to."""

    @property
    def name(self) -> str: ...
    @property
    def persists(self) -> bool:
        """Whether its routes stay at the end."""

    @property
    def kernel(self) -> Kernel: ...


class Told(NamedTuple):
    """A neighbor with a session, and how many routes it has been told."""

    neighbor: Hearer
    routes: int


def consequences(how: Stop, told: Iterable[Told], writers: Iterable[Writer]) -> Iterator[str]:
    """Return sentences on what will come of all routes."""
    everybody = [*told]
    if how == "withdraw":
        if everybody:
            routes = sum(each.routes for each in everybody)
            forget = "neighbor is sent a Cease and forgets" if len(everybody) == 1 else _SEVERAL
            yield f"withdraw: {len(everybody)} {forget} our {_routes(routes)}"
    else:
        yield from _graceful(everybody)
    for writer in (each for each in writers if each.kernel.fib):
        number = len(writer.kernel.fib)
        verb = "stay in" if how == "graceful" or writer.persists else "leave"
        singular = {"stay in": "stays in", "leave": "leaves"}
        yield f"{writer.name}: {_routes(number)} {singular[verb] if number == 1 else verb} the kernel"


def _graceful(everybody: list[Told]) -> Iterator[str]:
    keepers = [each for each in everybody if each.neighbor.keeps_ours]
    others = [each for each in everybody if not each.neighbor.keeps_ours]
    if keepers:
        seconds = sorted({each.neighbor.keeps_ours for each in keepers})
        until = f"{seconds[0]} s" if len(seconds) == 1 else f"{seconds[0]} to {seconds[-1]} s"
        keep = "1 neighbor keeps" if len(keepers) == 1 else f"{len(keepers)} neighbors keep"
        yield f"graceful: {keep} our routes for up to {until}"
    for each in others:
        yield (
            f"graceful: {each.neighbor.name} does not keep our routes (no graceful restart negotiated): "
            f"its {_routes(each.routes)} {'goes' if each.routes == 1 else 'go'}, with a Cease"
        )


def _routes(number: int) -> str:
    return "1 route" if number == 1 else f"{number} routes"
