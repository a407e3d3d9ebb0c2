"""A file with ``[cluster.kubernetes]``: what it and the resources of the cluster say together."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from bgpd.calico import CalicoError
from bgpd.calico.loading import LoadedCalico, own_document, problems_of, with_document
from bgpd.config.faults import ConfigurationError, NotYetError, Problem
from bgpd.config.kubernetes import Kubernetes
from bgpd.config.kubernetes_reading import PLACE, kubernetes_of, without_kubernetes
from bgpd.config.loading import Contents
from bgpd.config.problems import render_path
from bgpd.config.regular_files import read_regular_file
from bgpd.config.toml_lines import line_of
from bgpd.kubernetes.resources import ApiAwayError, ClusterResources
from bgpd.kubernetes.settings import KubernetesSettings

_HOST: Final = "KUBERNETES_SERVICE_HOST"
_PORT: Final = "KUBERNETES_SERVICE_PORT"
_NODE: Final = "NODENAME"
_USUAL_NAMESPACE: Final = "kube-system"
_USUAL_PORT: Final = "443"


class _NoServerError(Exception):
    """Neither the file nor the environment says where the API is."""


def load_kubernetes(
    contents: Contents, file: str, node: str | None, resources: ClusterResources
) -> LoadedCalico | None:
    """Return what a file and the resources of its cluster say; None if it names no Kubernetes.

    Raises ConfigurationError, and NotYetError if it is the resources that are wrong, or the API is away and
    nothing is known from an earlier run.
    """
    section = kubernetes_of(contents, file)
    if section is None:
        return None
    try:
        settings = _settings(section, node)
        document = own_document(resources.read(settings), settings.node or None)
    except _NoServerError as error:
        raise ConfigurationError(_problem(error, contents, file)) from None
    except ApiAwayError as error:
        raise NotYetError(_problem(error, contents, file)) from None
    except CalicoError as error:
        raise NotYetError(*problems_of(error).problems) from None
    loaded = with_document(document, without_kubernetes(contents), file)
    cluster = loaded.settings.cluster
    assert cluster is not None
    return loaded._replace(settings=replace(loaded.settings, cluster=replace(cluster, kubernetes=settings)))


def _problem(error: Exception, contents: Contents, file: str) -> Problem:
    """Return what is wrong with ``[cluster.kubernetes]`` as a whole."""
    return Problem(file, line_of(PLACE, contents.lines), render_path(PLACE, contents.data), str(error))


def _settings(section: Kubernetes, node: str | None) -> KubernetesSettings:
    """Find what is left out. Raises _NoServerError."""
    folder = Path(section.token_file).parent
    return KubernetesSettings(
        server=section.server or _server(),
        token_file=section.token_file,
        ca_file=section.ca_file,
        namespace=section.namespace or _namespace(folder),
        node=node or os.environ.get(_NODE, ""),
        state_file=section.state_file,
        wait=section.wait,
    )


def _server() -> str:
    host = os.environ.get(_HOST, "")
    if not host:
        raise _NoServerError(
            f"{_HOST} is not in the environment, as it is in a pod; write server, and token_file and ca_file"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}:{os.environ.get(_PORT, _USUAL_PORT)}"


def _namespace(folder: Path) -> str:
    """Return the namespace of our service account, which Kubernetes writes beside its token."""
    try:
        return read_regular_file(folder / "namespace").decode("ascii").strip() or _USUAL_NAMESPACE
    except (OSError, ValueError):
        return _USUAL_NAMESPACE
