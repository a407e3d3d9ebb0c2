"""What a neighbor holds of what it was sent, kept in a dict to the letter of the UPDATEs."""

from collections.abc import Callable, Iterable

from messages.attribute_set import AttributeSet
from messages.families.path import PathKey, identifier_of, prefix_of
from messages.families.prefix import PrefixKey
from messages.update import Update

HeardKey = tuple[PrefixKey, int | None]
"""A prefix and the Path Identifier it came with, if it came with one."""


class Heard:
    """The literal Adj-RIB-In of one session (RFC 4271 §3.2)."""

    def __init__(self, on_said: Callable[[Iterable[HeardKey]], None] = lambda _keys: None) -> None:
        """``on_said`` is told what is announced and withdrawn."""
        self.routes: dict[HeardKey, AttributeSet] = {}
        self._on_said = on_said
        self._unsaid: set[HeardKey] = set()
        self.ends_of_rib = 0

    def take(self, update: Update) -> None:
        """Apply one UPDATE, the withdrawals first."""
        for _, keys in update.withdrawn:
            self._withdraw([(key, None) for key in keys])
        for _, paths in update.withdrawn_paths:
            self._withdraw(list(map(_split, paths)))
        for _, attributes, keys in update.announced:
            self._announce(attributes, [(key, None) for key in keys])
        for _, attributes, paths in update.announced_paths:
            self._announce(attributes, list(map(_split, paths)))
        self.ends_of_rib += update.end_of_rib is not None

    def _withdraw(self, keys: list[HeardKey]) -> None:
        self._on_said(keys)
        for key in keys:
            self.routes.pop(key, None)

    def _announce(self, attributes: AttributeSet, keys: list[HeardKey]) -> None:
        self._on_said(keys)
        self.routes.update(dict.fromkeys(keys, attributes))
        self._unsaid.difference_update(keys)

    def begin_again(self) -> None:
        """From here on everything is said again (RFC 7313 §4, BoRR)."""
        self._unsaid = set(self.routes)

    def forget_unsaid(self) -> None:
        """What was not said again is no more (RFC 7313 §4, EoRR)."""
        self._withdraw(list(self._unsaid))
        self._unsaid = set()


def _split(path: PathKey) -> HeardKey:
    return prefix_of(path), identifier_of(path)
