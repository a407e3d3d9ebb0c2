"""Objects as a Kubernetes cluster with Calico has them, with all that nobody here reads."""

from base64 import b64encode
from typing import Any

Object = dict[str, Any]
CALICO = "crd.projectcalico.org/v1"


def node(name: str, address: str, labels: dict[str, str] | None = None, **annotations: str) -> Object:
    """Return a node; underscores in the names of annotations are none."""
    own = {f"projectcalico.org/{key}": value for key, value in annotations.items()}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": f"uid-of-{name}",
            "labels": {"kubernetes.io/hostname": name, **(labels or {})},
            "annotations": {
                "node.alpha.kubernetes.io/ttl": "0",
                "projectcalico.org/IPv4Address": f"{address}/24",
                **own,
            },
            "managedFields": [{"manager": "kubelet", "fieldsV1": {"f:status": {"f:conditions": {}}}}],
        },
        "spec": {"podCIDR": "10.244.0.0/24"},
        "status": {"images": [{"names": ["registry.example/pause"], "sizeBytes": 1}], "conditions": []},
    }


def calico(kind: str, name: str, **spec: Any) -> Object:
    """Return an object of Calico's."""
    return {"apiVersion": CALICO, "kind": kind, "metadata": {"name": name}, "spec": spec}


def secret(name: str, namespace: str = "kube-system", **values: str) -> Object:
    """Return a secret."""
    data = {key: b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}
