"""Resources and, beside them, a configuration file: together the configuration that the daemon runs with."""

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from bgpd.calico.document import CalicoDocument, document_of
from bgpd.calico.fields import address_of
from bgpd.calico.reading import read_resources, sources_of
from bgpd.calico.report import CalicoError
from bgpd.calico.resources import Resource
from bgpd.cluster.facts import ClusterFacts
from bgpd.config import Configuration, ConfigurationError, DaemonSettings, Problem, build
from bgpd.config.faults import Fault, KeyPath
from bgpd.config.loading import Contents, read
from bgpd.config.problems import located
from bgpd.config.validation import validate

_NODE_NAME: Final = "NODENAME"
"""The environment of calico-node says with this what a node is called."""
_ROUTER_ID: Final = "CALICO_ROUTER_ID"
_TEXT: Final[KeyPath] = ("filter_files", "text")
_APPENDED: Final = ("neighbors",)
"""The only list of what resources say that a file adds to; others it replaces."""
_BGP_PORT: Final = 179
_USUAL_HANDOVER: Final = 300
_LONGEST_HANDOVER: Final = 86_400


class LoadedCalico(NamedTuple):
    """What came of resources."""

    configuration: Configuration
    settings: DaemonSettings


def load_calico(path: Path, node: str | None = None, file: Path | None = None) -> LoadedCalico:
    """Read resources, for the own node, and a configuration file beside them. Raises ConfigurationError."""
    try:
        resources = read_resources(path)
        document = own_document(resources, node)
    except CalicoError as error:
        raise problems_of(error) from None
    contents = Contents({}, {}, {}) if file is None else read(file)
    return with_document(document, contents, str(path if file is None else file), sources_of(path))


def problems_of(error: CalicoError) -> ConfigurationError:
    """Return what is wrong with resources as what is wrong with a configuration."""
    return ConfigurationError(*(Problem("", None, "", fault) for fault in error.faults))


def own_document(resources: Sequence[Resource], node: str | None) -> CalicoDocument:
    """Return what resources say about this host. Raises CalicoError."""
    name = own_name(resources, node)
    return document_of(resources, name, environment_router_id=os.environ.get(_ROUTER_ID, ""))


def own_name(resources: Iterable[Resource], wished: str | None) -> str:
    """Return which node this host is: as it is told, or else as it is called. Raises CalicoError."""
    if wished is not None:
        return wished
    host = socket.gethostname()
    candidates = (os.environ.get(_NODE_NAME, ""), host, host.lower(), host.lower().partition(".")[0])
    names = {resource.name for resource in resources if resource.kind == "Node"}
    found = next((name for name in candidates if name in names), None)
    if found is None:
        tried = ", ".join(dict.fromkeys(name for name in candidates if name))
        raise CalicoError(
            f"this host is no Node of the {len(names)} there are: none is called {tried}; see --node"
        )
    return found


def with_document(
    document: CalicoDocument, contents: Contents, file: str, sources: Sequence[str] = ()
) -> LoadedCalico:
    """Return what resources and a file say together; the file goes before them. Raises ConfigurationError.

    ``sources`` are the files that the resources are from.
    """
    handover, data = _without_cluster(contents.data, file)
    shared = located(_shared_neighbors(document.tables, data), data, file, contents.lines)
    if shared:
        raise ConfigurationError(*shared)
    strings = dict(contents.strings)
    strings.pop(_TEXT, None)  # it goes on behind that of the resources
    configuration = validate(combined(document.tables, data), file, contents.lines, strings)
    facts = ClusterFacts(
        node=document.node,
        mode=document.mode,
        asn=document.asn,
        handover=handover,
        members=document.members,
        sources=tuple(sources),
    )
    settings = build(configuration)
    remarks = (*settings.remarks, *document.remarks)
    return LoadedCalico(configuration, replace(settings, cluster=facts, remarks=remarks))


def combined(tables: Mapping[str, Any], data: Mapping[str, object]) -> dict[str, Any]:
    """Return two documents as one: keys of the second go before, and its list items come first.

    So its positions in lists stay what they are, and its mistakes can be found.
    """
    whole = {**tables, **data}
    for key in tables.keys() & data.keys():
        one, other = tables[key], data[key]
        if isinstance(one, dict) and isinstance(other, Mapping):
            whole[key] = combined(one, other)
        elif isinstance(one, list) and isinstance(other, list) and key in _APPENDED:
            whole[key] = [*other, *one]
        elif isinstance(one, str) and isinstance(other, str) and key == _TEXT[-1]:
            whole[key] = f"{one}\n{other}"
    return whole


def _shared_neighbors(tables: Mapping[str, Any], data: Mapping[str, object]) -> Iterator[Fault]:
    """Find the neighbors of a file that resources have, too."""
    names = {(each["address"], each.get("port", _BGP_PORT)): each["name"] for each in tables["neighbors"]}
    rows = data.get("neighbors")
    for position, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping):
            address = address_of(row.get("address"))
            name = names.get((str(address), row.get("port", _BGP_PORT)))
            if name is not None:
                message = f"the resources have a session with {address}, {name}; leave one of the two out"
                yield Fault(("neighbors", position, "address"), message)


def _without_cluster(data: Mapping[str, object], file: str) -> tuple[int, Mapping[str, object]]:
    """Return ``handover``, the one key of ``[cluster]`` that makes sense here, and the rest of the file."""
    rest = {key: value for key, value in data.items() if key != "cluster"}
    cluster = data.get("cluster", {})
    handover = cluster.get("handover", _USUAL_HANDOVER) if isinstance(cluster, Mapping) else None
    others = [key for key in cluster if key != "handover"] if isinstance(cluster, Mapping) else ["cluster"]
    if others:
        message = "Calico's resources say what the cluster is; only handover can be written beside them"
        raise ConfigurationError(Problem(file, None, f"cluster.{others[0]}", message))
    if not isinstance(handover, int) or isinstance(handover, bool) or not 0 <= handover <= _LONGEST_HANDOVER:
        message = f"write a number of seconds from 0 to {_LONGEST_HANDOVER}"
        raise ConfigurationError(Problem(file, None, "cluster.handover", message))
    return handover, rest
