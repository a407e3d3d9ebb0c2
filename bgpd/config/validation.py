"""From what a file says to a configuration, or to everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import ValidationError

from bgpd.config.checks import check
from bgpd.config.configuration import Configuration
from bgpd.config.explain import faults_of
from bgpd.config.faults import ConfigurationError, Fault, KeyPath
from bgpd.config.filter_reading import read_filters
from bgpd.config.filter_sources import Sources
from bgpd.config.inheritance import Inherited, inherit
from bgpd.config.name_checks import check_order
from bgpd.config.problems import in_order, located
from bgpd.config.toml_lines import Beginning


def validate(
    data: Mapping[str, object],
    file: str = "",
    lines: Mapping[KeyPath, int] | None = None,
    strings: Mapping[KeyPath, Beginning] | None = None,
) -> Configuration:
    """Return the configuration, or raise every problem at once, in the order of the file.

    ``lines`` are those of its keys, ``strings`` the places where its texts begin.
    """
    inherited = inherit(data)
    faults = [*inherited.faults]
    configuration = None
    try:
        configuration = Configuration.model_validate(inherited.data)
    except ValidationError as error:
        faults += _at_their_origin(faults_of(error), inherited)
    filters = read_filters(Sources(data, file, strings))
    faults += [*filters.faults, *_at_their_origin(check(inherited.data, filters.names), inherited)]
    if configuration is not None:
        faults += check_order(configuration)
    if configuration is None or faults or filters.problems:
        problems = [*located(faults, data, file, lines or {}), *filters.problems]
        raise ConfigurationError(*in_order(problems))
    return configuration.with_filters(filters.definitions, filters.changes)


def _at_their_origin(faults: Iterable[Fault], inherited: Inherited) -> Iterator[Fault]:
    """Blame a group, once, for a value that neighbors took over from it.

    What an unknown group would have given is not missed: the group is the problem.
    """
    incomplete = {("neighbors", position) for position in inherited.incomplete}
    for fault in faults:
        if not (fault.message.startswith("missing;") and fault.path[:2] in incomplete):
            key, rest = fault.path[:3], fault.path[3:]
            yield fault._replace(path=(*inherited.origins.get(key, key), *rest))
