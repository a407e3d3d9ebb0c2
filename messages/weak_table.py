"""A dictionary of values that live as long as somebody else uses them."""

from collections.abc import Hashable
from typing import Generic, TypeVar
from weakref import ref

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Reference(ref[V], Generic[K, V]):
    """A weak reference that knows under which key it is filed."""

    __slots__ = ("key",)

    key: K


class WeakTable(Generic[K, V]):
    """What ``WeakValueDictionary`` is, for one thread and at a third of the cost of a new entry.

    A full table of routes puts a hundred thousand attribute sets in here within a second.
    """

    __slots__ = ("_forget", "_references")

    def __init__(self) -> None:
        references: dict[K, _Reference[K, V]] = {}

        def forget(reference: ref[V]) -> None:
            """Drop the entry of a value that is gone, unless the key has another one since."""
            assert isinstance(reference, _Reference)
            if references.get(reference.key) is reference:
                del references[reference.key]

        self._references = references
        self._forget = forget

    def __len__(self) -> int:
        return len(self._references)

    def get(self, key: K) -> V | None:
        """Return the value, if it is still there."""
        reference = self._references.get(key)
        return None if reference is None else reference()

    def put(self, key: K, value: V) -> None:
        """File a value under a key."""
        reference: _Reference[K, V] = _Reference(value, self._forget)
        reference.key = key
        self._references[key] = reference
