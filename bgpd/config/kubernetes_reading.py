"""``[cluster.kubernetes]`` of a file, read before the rest: that is read together with what this leads to."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from bgpd.config.explain import faults_of
from bgpd.config.faults import ConfigurationError, Fault, KeyPath
from bgpd.config.kubernetes import Kubernetes
from bgpd.config.loading import Contents
from bgpd.config.problems import located
from bgpd.config.section import Section

PLACE: Final[KeyPath] = ("cluster", "kubernetes")


class _File(Section):
    """The model of a file in which nothing else is looked at."""

    kubernetes: Kubernetes = Kubernetes()


def kubernetes_of(contents: Contents, file: str) -> Kubernetes | None:
    """Return what a file says about Kubernetes, if anything. Raises ConfigurationError."""
    cluster = contents.data.get("cluster")
    if not isinstance(cluster, Mapping) or "kubernetes" not in cluster:
        return None
    try:
        return _File.model_validate({"kubernetes": cluster["kubernetes"]}).kubernetes
    except ValidationError as error:
        faults = [Fault(("cluster", *fault.path), fault.message) for fault in faults_of(error, _File)]
        raise ConfigurationError(*located(faults, contents.data, file, contents.lines)) from None


def without_kubernetes(contents: Contents) -> Contents:
    """Return the rest of the file."""
    cluster = contents.data.get("cluster")
    if not isinstance(cluster, Mapping):
        return contents
    rest = {key: value for key, value in cluster.items() if key != "kubernetes"}
    return contents._replace(data={**contents.data, "cluster": rest})
