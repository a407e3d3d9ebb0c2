"""What routes look like to neighbors: the octets they are sent as, or why they are withheld."""

from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeAlias

from messages.attribute_set import AttributeSet
from messages.families.path import PathKey, make_path
from messages.families.prefix import PrefixKey, make_key
from messages.update import Encoded, encode_attributes, pack_announcements
from rib.egress import GroupKey, Withheld, egress
from rib.loc_rib import Change
from rib.outgoing import Outgoing
from rib.plain_exit import PlainExit
from rib.policy import Reading
from rib.route import Route

View: TypeAlias = Encoded | Withheld
"""What a route looks like to a group: the bytes it is sent as, or why it is withheld."""

_MOST_KNOWN: Final = 4096
"""Views that are remembered: of a burst, or of what changes all the time."""
_ALWAYS_ENOUGH: Final = 128
"""What a message with one prefix has besides the attributes, and some more."""


class Views:
    """Shared by groups that show the same.

    A view follows from the group key and the route, so it can be worked out again whenever somebody asks;
    to keep it for every route of a full table would take as much memory as the routes.
    """

    def __init__(
        self, key: GroupKey, number: int, failed: Callable[[Route, Exception], None] | None = None
    ) -> None:
        """``failed`` is told of routes that are withheld because of a bug; without it that is nobody's."""
        self.number: Final = number
        """Tells people which groups show the same."""
        self._failed = failed
        self._key: Final = key
        self._plain_exit = PlainExit(key) if PlainExit.suits(key) else None
        self._known: dict[Hashable, View] = {}
        self._encodings = 0

    @property
    def encodings(self) -> int:
        """How many routes were encoded."""
        return self._encodings + (0 if self._plain_exit is None else self._plain_exit.encodings)

    def view(self, route: Route, prefix: PrefixKey, *, silent: bool = False) -> View:
        """Return what is shown of a route to a prefix.

        Where the export filter tells prefixes apart, it is remembered once per kind of them; where it looks
        at each one, not at all. ``silent`` asks about the past (``Judge``).
        """
        if self._plain_exit is not None:
            plain = self._plain_exit.attributes(route)
            if plain is not None:
                self._plain_exit.encodings += not silent
                return Encoded(plain, b"")
        if self._key.policy.reading is Reading.PREFIX:
            return self._work_out(route, prefix, silent=silent)
        asked = self._asked(route, prefix)
        known = self._known.get(asked)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[asked] = self._work_out(route, prefix, silent=silent)
        return known

    def shows(self, route: Route, prefix: PrefixKey, *, silent: bool = False) -> bool:
        """Tell whether a route to a prefix is shown at all."""
        if self._plain_exit is not None and self._plain_exit.shows(route):
            return True
        known = self._known.get(self._asked(route, prefix))
        if known is None:
            return self._would_show(route, prefix, silent=silent)
        route.attributes.forget()
        return not isinstance(known, Withheld)

    def _would_show(self, route: Route, prefix: PrefixKey, *, silent: bool) -> bool:
        try:
            outcome = egress(self._key, route, prefix, silent=silent)
            route.attributes.forget()
            return not isinstance(outcome, Withheld) and self._has_room(outcome)
        except Exception as error:
            self._broke(route, error, silent=silent)
            return False

    def _has_room(self, outcome: AttributeSet) -> bool:
        """Tell whether attributes fit into a message; most do, and need not be encoded for that."""
        most = 2 * len(outcome.wire) + _ALWAYS_ENOUGH  # AS numbers may be there twice (RFC 6793 §4.2.2)
        return most <= self._key.context.message_octets or isinstance(self._encode(outcome), Encoded)

    def _asked(self, route: Route, prefix: PrefixKey) -> Hashable:
        """Return what a view depends on; for what depends on each prefix nothing is remembered."""
        kind_of = self._key.policy.kind_of
        return route if kind_of is None else (route, kind_of(prefix))

    def forget(self) -> None:
        """Let go of what is remembered, and of the routes."""
        self._known.clear()

    def say_plainly(self, changes: Sequence[Change], outgoing: Outgoing) -> Sequence[Change]:
        """Say what there is to say of plain routes that came first, or were the last; return what is left."""
        if self._plain_exit is None:
            return changes
        return self._plain_exit.say(changes, outgoing)

    def _work_out(self, route: Route, prefix: PrefixKey, *, silent: bool) -> View:
        try:
            outcome = egress(self._key, route, prefix, silent=silent)
            if isinstance(outcome, Withheld):
                return outcome
            self._encodings += 1
            view = self._encode(outcome)
        except Exception as error:
            self._broke(route, error, silent=silent)
            return Withheld.BUG
        route.attributes.forget()
        return view

    def _broke(self, route: Route, error: Exception, *, silent: bool) -> None:
        """A bug costs the route, and not the neighbors who would be sent it."""
        if self._failed is None:
            raise error
        if not silent:
            self._failed(route, error)

    def _encode(self, attributes: AttributeSet) -> View:
        """Return what goes on the wire, if a message has room for it (RFC 4271 §9.2)."""
        family, context = self._key.family, self._key.context
        encoded = encode_attributes(attributes, family, context)
        if len(encoded.attributes) + _ALWAYS_ENOUGH <= context.message_octets:
            return encoded
        fits = pack_announcements(family, encoded, self._longest, context)
        return encoded if fits else Withheld.TOO_LARGE

    @property
    def _longest(self) -> list[PrefixKey] | list[PathKey]:
        """The prefix, or path, that takes the most room."""
        family = self._key.family
        longest = make_key(bytes(family.address_octets), family.max_bits)
        if family in self._key.context.add_path_send:
            return [make_path(0, longest)]
        return [longest]
