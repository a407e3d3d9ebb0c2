"""All objects of the collections that are watched, as the API has them by now."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from threading import Lock

from bgpd.kubernetes.answers import Change, Event, Key, Object
from bgpd.kubernetes.collections import Collection


class Store:
    """Written by the threads that watch, read by those who read the configuration.

    Objects are never changed, only replaced, so what was handed out stays as it is.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._objects: dict[Collection, dict[Key, Object]] = {}

    def replace(self, collection: Collection, listed: Mapping[Key, Object]) -> int:
        """Have what a list says and nothing else; return how many objects came, went or changed."""
        with self._lock:
            former = self._objects.get(collection, {})
            self._objects[collection] = dict(listed)
        return sum(former.get(key) != listed.get(key) for key in former.keys() | listed.keys())

    def apply(self, collection: Collection, event: Event) -> int:
        """Do what an event of a watch says; return how many objects came, went or changed."""
        with self._lock:
            objects = self._objects.setdefault(collection, {})
            match event.change:
                case Change.PUT if objects.get(event.key) != event.object:
                    objects[event.key] = event.object
                    return 1
                case Change.REMOVED if event.key in objects:
                    del objects[event.key]
                    return 1
        return 0

    def forget(self, collection: Collection) -> None:
        """Nobody wants these objects any more."""
        with self._lock:
            self._objects.pop(collection, None)

    def objects(self, collections: Iterable[Collection]) -> tuple[Object, ...]:
        """Return the objects of some collections, in an order that depends on nothing but their names."""
        with self._lock:
            known = [[*self._objects.get(each, {}).items()] for each in collections]
        return tuple(content for items in known for _, content in sorted(items, key=itemgetter(0)))

    def __len__(self) -> int:
        with self._lock:
            return sum(map(len, self._objects.values()))
