"""Calico's resources as configuration: nodes, peers, filters, pools, blocks, and what holds for all of them.

Objects, as JSON has them, become the document that a configuration file would be for one node of the cluster:
what calico-node would have BIRD do. All of it is pure, but for ``reading`` and ``loading``.
"""

from bgpd.calico.document import CalicoDocument, document_of
from bgpd.calico.report import CalicoError
from bgpd.calico.resources import Resource, resources_of
from bgpd.calico.secret_references import secrets_named_by
from bgpd.calico.secrets import SecretKey

__all__ = [
    "CalicoDocument",
    "CalicoError",
    "Resource",
    "SecretKey",
    "document_of",
    "resources_of",
    "secrets_named_by",
]
