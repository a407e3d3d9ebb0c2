"""Which Secrets the resources refer to, for whoever has to fetch them."""

from collections.abc import Iterable
from typing import Final

from bgpd.calico.fields import Fields
from bgpd.calico.report import Report
from bgpd.calico.resources import Resource
from bgpd.calico.secrets import SecretKey, secret_key_of

_FIELDS: Final = {"BGPPeer": "password", "BGPConfiguration": "nodeMeshPassword"}


def secrets_named_by(resources: Iterable[Resource]) -> frozenset[SecretKey]:
    """Return the Secrets, and the keys in them, that passwords are in."""
    report = Report()
    references = (
        secret_key_of(Fields.of(resource, report), _FIELDS[resource.kind])
        for resource in resources
        if resource.kind in _FIELDS
    )
    return frozenset(reference for reference in references if reference is not None)
