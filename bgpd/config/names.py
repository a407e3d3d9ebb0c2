"""What protocols are called: as the file says, or "bgp1", "bgp2", ... around the names that are taken."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bgpd.config.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all protocols; a kind without a word in the file has none."""

    device: tuple[str, ...]
    directs: tuple[str, ...]
    kernels: tuple[str, ...]
    """Those of ``[kernel]`` in the order of the families, then those with names of their own."""
    statics: tuple[str, ...]
    """One for each table and preference of ``[[static]]``, then those with names of their own."""
    pipes: tuple[str, ...]
    neighbors: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """Those of all kinds."""
        return (*self.device, *self.directs, *self.kernels, *self.pipes, *self.statics, *self.neighbors)


def names_of(configuration: Configuration) -> Names:
    """Return what the protocols of a configuration are called."""
    device, kernel = configuration.device, configuration.kernel
    taken = _taken(configuration)
    unnamed_kernels = [None for table in (kernel.ipv4, kernel.ipv6) if table is not None]
    unnamed_statics = [None for _ in {(route.table, route.preference) for route in configuration.static}]
    unnamed_direct = [None for direct in (configuration.direct,) if direct is not None]
    return Names(
        device=tuple(_filled("device", [device.name] if device.present else [], taken)),
        directs=tuple(_filled("direct", [*unnamed_direct, *configuration.directs], taken)),
        kernels=tuple(_filled("kernel", [*unnamed_kernels, *configuration.kernels], taken)),
        statics=tuple(_filled("static", [*unnamed_statics, *configuration.statics], taken)),
        pipes=tuple(_filled("pipe", [pipe.name for pipe in configuration.pipes], taken)),
        neighbors=tuple(_filled("bgp", [neighbor.name for neighbor in configuration.neighbors], taken)),
    )


def _taken(configuration: Configuration) -> set[str | None]:
    """Return what is the name of something already. No protocol is called like a table by itself."""
    return {
        configuration.device.name,
        *configuration.directs,
        *configuration.kernels,
        *configuration.statics,
        *(pipe.name for pipe in configuration.pipes),
        *(neighbor.name for neighbor in configuration.neighbors),
        *configuration.router.tables,
    }


def _filled(kind: str, written: Iterable[str | None], taken: set[str | None]) -> Iterator[str]:
    free = (name for name in map(f"{kind}{{}}".format, range(1, 1 << 32)) if name not in taken)
    yield from (name or next(free) for name in written)
