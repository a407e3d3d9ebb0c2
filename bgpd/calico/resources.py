"""Resources: the objects that Calico's configuration consists of, as JSON has them.

They come one by one, in lists, and in the ``List`` objects of ``calicoctl get -o json`` and of the Kubernetes
API, whose items need not say what kind they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bgpd.calico.report import CalicoError, Report

CORE: Final = "v1"
CALICO: Final = ("projectcalico.org/v3", "crd.projectcalico.org/v1")
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Node": (*CALICO, CORE),
    "BGPConfiguration": CALICO,
    "BGPPeer": CALICO,
    "BGPFilter": CALICO,
    "IPPool": CALICO,
    "BlockAffinity": CALICO,
    "WorkloadEndpoint": CALICO,
    "Secret": (CORE,),
}
"""What is read, and in which versions; all other objects are passed over."""
_DEEPEST: Final = 4
"""Lists within lists that anybody has use for."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One object."""

    kind: str
    namespace: str
    name: str
    version: str
    content: Mapping[str, object]
    origin: str
    """The file it is from, or what else gave it."""

    @property
    def place(self) -> str:
        """Where a user finds it: origin, kind and name."""
        name = self.name if self.name.isprintable() else ascii(self.name)[1:-1]
        return f"{self.origin}: {self.kind} {name}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What no two objects have in common."""
        return self.kind, self.namespace, self.name


def resources_of(value: object, origin: str) -> Iterator[Resource]:
    """Yield the objects that a JSON value has. Raises CalicoError for what is none."""
    yield from _resources(value, origin, {}, _DEEPEST)


def _resources(value: object, origin: str, inherited: Mapping[str, object], depth: int) -> Iterator[Resource]:
    if isinstance(value, list) and depth:
        for item in value:
            yield from _resources(item, origin, inherited, depth - 1)
        return
    if not isinstance(value, Mapping):
        raise CalicoError(f"{origin}: there is something that is no object; resources have kind and metadata")
    content = {**inherited, **value}
    items = content.get("items")
    if isinstance(items, list) and depth:
        yield from _resources(items, origin, _of_items(content), depth - 1)
    elif (resource := _resource(content, origin)) is not None:
        yield resource


def _of_items(content: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a typed list says of its items, which the Kubernetes API leaves out there."""
    kind = str(content.get("kind", ""))
    if kind in ("", "List") or not kind.endswith("List"):
        return {}
    return {"kind": kind.removesuffix("List"), "apiVersion": content.get("apiVersion")}


def _resource(content: Mapping[str, object], origin: str) -> Resource | None:
    """Return an object of a kind that is read, or None. Raises CalicoError."""
    kind, version, metadata = content.get("kind"), content.get("apiVersion"), content.get("metadata")
    if not isinstance(kind, str) or not isinstance(version, str):
        raise CalicoError(f"{origin}: there is an object without kind and apiVersion; is it a resource?")
    if version not in KINDS.get(kind, ()):
        return None
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(metadata, Mapping) or not isinstance(name, str) or not name:
        raise CalicoError(f"{origin}: there is a {kind} without metadata.name")
    namespace = metadata.get("namespace")
    return Resource(kind, namespace if isinstance(namespace, str) else "", name, version, content, origin)


def by_kind(resources: Iterable[Resource], report: Report) -> Mapping[str, list[Resource]]:
    """Return the objects of each kind by their names; the same one twice is a fault.

    A node may be there twice, as Calico's own and as that of Kubernetes: then Calico's holds.
    """
    found: dict[tuple[str, str, str], Resource] = {}
    for resource in resources:
        former = found.setdefault(resource.key, resource)
        if former is resource:
            continue
        if (former.version == CORE) != (resource.version == CORE):
            found[resource.key] = former if resource.version == CORE else resource
        else:
            report.fault(resource.place, f"it is there twice, also in {former.origin}; remove one of them")
    kinds: dict[str, list[Resource]] = {kind: [] for kind in KINDS}
    for key in sorted(found):
        kinds[key[0]].append(found[key])
    return kinds
