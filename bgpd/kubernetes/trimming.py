"""What of an object is kept: the rest is most of it, and changes every minute."""

from collections.abc import Mapping
from typing import Final

from bgpd.kubernetes.answers import Change, Event, Object, Page
from bgpd.kubernetes.collections import Collection

_KEPT_METADATA: Final = ("name", "namespace", "labels", "deletionTimestamp")
_ANNOTATIONS: Final = "projectcalico.org/"
_BESIDE_METADATA: Final = ("spec", "data")


class Trimming:
    """Keeps what one node needs: of blocks only its own, which are a few of ten thousand."""

    def __init__(self, node: str) -> None:
        """Without the name of a node everything is kept."""
        self._node = node

    def page(self, collection: Collection, page: Page) -> Page:
        """Return a page of a list with what is kept."""
        kept = {key: self._trim(collection, each) for key, each in page.objects.items()}
        return page._replace(objects={key: each for key, each in kept.items() if each is not None})

    def event(self, collection: Collection, event: Event) -> Event:
        """Return an event with what is kept; what is no longer kept is removed."""
        if event.change is not Change.PUT:
            return event
        kept = self._trim(collection, event.object)
        return event._replace(change=Change.REMOVED) if kept is None else event._replace(object=kept)

    def _trim(self, collection: Collection, content: Object) -> Object | None:
        if self._node and collection.kind == "BlockAffinity":
            spec = content.get("spec")
            if isinstance(spec, Mapping) and spec.get("node", self._node) != self._node:
                return None
        return trimmed(collection, content)


def trimmed(collection: Collection, content: Object) -> Object:
    """Return what may matter; two that are equal are the same to us.

    Items of lists do not say what kind they are, and metadata alone are said to be no more than that.
    """
    kept: dict[str, object] = {"apiVersion": collection.api_version, "kind": collection.kind}
    kept["metadata"] = _metadata(content.get("metadata"))
    if not collection.metadata_only:
        kept |= {key: content[key] for key in _BESIDE_METADATA if key in content}
    return kept


def _metadata(metadata: object) -> Object:
    if not isinstance(metadata, Mapping):
        return {}
    kept = {key: metadata[key] for key in _KEPT_METADATA if key in metadata}
    annotations = metadata.get("annotations")
    if isinstance(annotations, Mapping):
        calico = {key: value for key, value in annotations.items() if key.startswith(_ANNOTATIONS)}
        if calico:
            kept["annotations"] = calico
    return kept
