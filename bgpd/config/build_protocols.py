"""From the models of protocols to their settings, but for neighbors and static routes."""

from collections.abc import Iterator, Sequence

from bgpd.config.build_options import options_of
from bgpd.config.configuration import Configuration
from bgpd.config.interfaces import Direct
from bgpd.config.kernel import KernelTable
from bgpd.settings import DeviceSettings, DirectSettings, KernelSettings, PipeSettings
from messages.families import family_named
from messages.families.prefix import parse_address


def device_settings(configuration: Configuration, names: Sequence[str]) -> DeviceSettings | None:
    """Return those of the interfaces; the protocol may be left out."""
    device = configuration.device
    if not names:
        return None
    return DeviceSettings(name=names[0], primary=device.primary, **options_of(device))


def direct_settings(configuration: Configuration, names: Sequence[str]) -> Iterator[DirectSettings]:
    """Yield those of ``[direct]``, then those with names of their own."""
    unnamed = () if configuration.direct is None else (configuration.direct,)
    for name, direct in zip(names, (*unnamed, *configuration.directs.values()), strict=True):
        yield _direct(name, direct)


def _direct(name: str, direct: Direct) -> DirectSettings:
    return DirectSettings(
        name=name,
        interfaces=direct.interfaces,
        table=direct.table,
        preference=direct.preference,
        check_link=direct.check_link,
        families=tuple(map(family_named, direct.families)),
        import_filter=direct.import_filter,
        **options_of(direct),
    )


def kernel_settings(configuration: Configuration, names: Sequence[str]) -> Iterator[KernelSettings]:
    """Yield the tables of the kernel: that of each family, then those with names of their own."""
    kernel = configuration.kernel
    control_plane = tuple(map(parse_address, configuration.router.control_plane))
    both = (("ipv4", kernel.ipv4), ("ipv6", kernel.ipv6))
    tables = [(family, table) for family, table in both if table is not None]
    tables += [(table.family, table) for table in configuration.kernels.values()]
    for name, (family, table) in zip(names, tables, strict=True):
        yield _kernel(name, family, table, control_plane)


def _kernel(
    name: str, family_name: str, table: KernelTable, control_plane: Sequence[bytes]
) -> KernelSettings:
    family = family_named(family_name)
    return KernelSettings(
        name=name,
        family=family,
        table=table.table,
        metric=table.metric,
        persist=table.persist,
        merge_paths=table.merge_paths,
        rib_table=table.rib_table,
        import_filter=table.import_filter,
        export_filter=table.export_filter,
        protocol=table.protocol,
        learn=table.learn,
        guard=table.guard,
        control_plane=tuple(each for each in control_plane if len(each) == family.address_octets),
        adopt_wait=table.adopt_wait,
        check_interval=table.check_interval,
        restore_limit=table.restore_limit,
        device_routes=table.device_routes,
        **options_of(table),
    )


def pipe_settings(configuration: Configuration, names: Sequence[str]) -> Iterator[PipeSettings]:
    """Yield those of the pipes."""
    for name, pipe in zip(names, configuration.pipes, strict=True):
        yield PipeSettings(
            name=name,
            table=pipe.table,
            peer_table=pipe.peer_table,
            mode=pipe.mode,
            import_filter=pipe.import_filter,
            export_filter=pipe.export_filter,
            preference=pipe.preference,
            families=tuple(map(family_named, pipe.families)),
            **options_of(pipe),
        )
