"""From what a file says to a configuration, or to everything that is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from pydantic import ValidationError

from bgpd.cluster.identity import Host
from bgpd.config.checks import check
from bgpd.config.cluster_expansion import expand
from bgpd.config.configuration import Configuration
from bgpd.config.explain import faults_of
from bgpd.config.faults import ConfigurationError, Fault, KeyPath
from bgpd.config.filter_reading import read_filters
from bgpd.config.filter_sources import Sources
from bgpd.config.inheritance import Inherited, inherit
from bgpd.config.name_checks import check_order
from bgpd.config.problems import in_order, located
from bgpd.config.this_host import this_host
from bgpd.config.toml_lines import Beginning


def validate(
    data: Mapping[str, object],
    file: str = "",
    lines: Mapping[KeyPath, int] | None = None,
    strings: Mapping[KeyPath, Beginning] | None = None,
    host: Callable[[], Host] = this_host,
) -> Configuration:
    """Return the configuration, or raise every problem at once, in the order of the file.

    ``lines`` are those of its keys, ``strings`` the places where its texts begin. ``host`` is asked which
    node of a cluster this is.
    """
    plain = expand(data, file, host)
    inherited = inherit(plain.data)
    found = [*inherited.faults]
    configuration = None
    try:
        configuration = Configuration.model_validate(inherited.data)
    except ValidationError as error:
        found += _at_their_origin(faults_of(error), inherited)
    filters = read_filters(Sources(plain.data, file, strings))
    found += [*filters.faults, *_at_their_origin(check(inherited.data, filters.names), inherited)]
    if configuration is not None and not plain.is_broken:
        found += check_order(configuration)
    faults, elsewhere = plain.sorted_out([*plain.faults, *plain.at_their_origin(found)])
    if configuration is None or faults or elsewhere or filters.problems:
        problems = [*located(faults, data, file, lines or {}), *elsewhere, *filters.problems]
        raise ConfigurationError(*in_order(problems))
    return configuration.with_filters(filters.definitions, filters.changes).with_cluster(plain.facts)


def _at_their_origin(faults: Iterable[Fault], inherited: Inherited) -> Iterator[Fault]:
    """Blame a group, once, for a value that neighbors took over from it.

    What an unknown group would have given is not missed: the group is the problem.
    """
    incomplete = {("neighbors", position) for position in inherited.incomplete}
    for fault in faults:
        if not (fault.message.startswith("missing;") and fault.path[:2] in incomplete):
            key, rest = fault.path[:3], fault.path[3:]
            yield fault._replace(path=(*inherited.origins.get(key, key), *rest))
