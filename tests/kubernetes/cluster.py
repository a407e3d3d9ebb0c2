"""What a Kubernetes API server keeps: objects with their versions, and what became of them for a while."""

import threading
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Plural, namespace, name."""


class Past(NamedTuple):
    """One thing that happened."""

    version: int
    change: str
    key: Key
    object: Object


class Cluster:
    """Objects of all kinds share one counter of versions, as in etcd. Thread-safe."""

    def __init__(self) -> None:
        self.news = threading.Condition()
        self.version = 1000
        self.oldest = 1000
        """What happened until here is forgotten."""
        self.objects: dict[Key, Object] = {}
        self.past: list[Past] = []

    def put(self, plural: str, content: Object) -> None:
        """Create or replace an object."""
        metadata = content["metadata"]
        key = (plural, metadata.get("namespace", ""), metadata["name"])
        with self.news:
            self.version += 1
            change = "MODIFIED" if key in self.objects else "ADDED"
            new = deepcopy(content)
            new["metadata"]["resourceVersion"] = str(self.version)
            self.objects[key] = new
            self.past.append(Past(self.version, change, key, new))
            self.news.notify_all()

    def delete(self, plural: str, name: str, namespace: str = "") -> None:
        """Remove an object."""
        key = (plural, namespace, name)
        with self.news:
            self.version += 1
            last = deepcopy(self.objects.pop(key))
            last["metadata"]["resourceVersion"] = str(self.version)
            self.past.append(Past(self.version, "DELETED", key, last))
            self.news.notify_all()

    def compact(self) -> None:
        """Forget what has happened."""
        with self.news:
            self.past.clear()
            self.version += 1
            self.oldest = self.version
            self.news.notify_all()

    def snapshot(self) -> tuple[int, dict[Key, Object]]:
        """Return everything as it is now."""
        with self.news:
            return self.version, dict(self.objects)

    def since(self, version: int) -> Iterator[Past] | None:
        """Return what has happened after a version, or None if that is forgotten."""
        with self.news:
            if version < self.oldest:
                return None
            return iter([each for each in self.past if each.version > version])
