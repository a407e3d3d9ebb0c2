"""What is watched: collections of the Kubernetes API, and what each is called there."""

from typing import Final, NamedTuple

CALICO: Final = "crd.projectcalico.org"


class Collection(NamedTuple):
    """The objects of one kind, or the one of them that is wanted."""

    plural: str
    """What paths and RBAC rules call it: ``nodes``."""
    kind: str
    """What an object says it is: ``Node``."""
    group: str = ""
    """The API group; that of ``nodes`` and ``secrets`` has no name."""
    namespace: str = ""
    object_name: str = ""
    """The only object that is wanted; empty: all of them."""
    metadata_only: bool = False
    """Whether the metadata say all that is read; the rest of a node is most of it."""
    is_optional: bool = False
    """Whether older versions of Calico do without."""

    @property
    def api_version(self) -> str:
        """Return what an object of it has as ``apiVersion``."""
        return f"{self.group}/v1" if self.group else "v1"

    @property
    def path(self) -> str:
        """Return where the API has it."""
        root = f"/apis/{self.api_version}" if self.group else "/api/v1"
        return "/".join((root, *(["namespaces", self.namespace] if self.namespace else []), self.plural))

    @property
    def words(self) -> str:
        """Return its name for a log line."""
        if self.object_name:
            return f"{self.kind.lower()} {self.namespace}/{self.object_name}"
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def rule(self) -> str:
        """Return the RBAC rule that lets us watch it."""
        names = f', resourceNames: ["{self.object_name}"]' if self.object_name else ""
        where = f"in a Role of namespace {self.namespace}" if self.namespace else "in a ClusterRole"
        verbs = '["list", "watch"]'
        return f'apiGroups: ["{self.group}"], resources: ["{self.plural}"]{names}, verbs: {verbs} {where}'


COLLECTIONS: Final = (
    Collection("nodes", "Node", metadata_only=True),
    Collection("bgpconfigurations", "BGPConfiguration", CALICO),
    Collection("bgppeers", "BGPPeer", CALICO),
    Collection("bgpfilters", "BGPFilter", CALICO, is_optional=True),
    Collection("ippools", "IPPool", CALICO),
    Collection("blockaffinities", "BlockAffinity", CALICO),
)
"""What every node watches."""


def secret(namespace: str, name: str) -> Collection:
    """Return the collection that has one secret only."""
    return Collection("secrets", "Secret", namespace=namespace, object_name=name)
