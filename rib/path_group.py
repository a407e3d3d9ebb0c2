"""Neighbors that are sent several paths to a prefix (RFC 7911)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from messages.update import Encoded
from rib.decision import Decision
from rib.egress import GroupKey
from rib.loc_rib import Batch
from rib.member import Member, WasTold
from rib.outgoing import Outgoing, may_hear
from rib.route import Route, Source
from rib.slot import Path, Slot, paths_of
from rib.update_group import UpdateGroup
from rib.views import Views

BEST_PATH_ONLY: Final = 1
ALL_PATHS: Final = 0
"""``GroupKey.paths`` of those who are sent one path to a prefix, and of those who are sent every path."""


def new_group(key: GroupKey, views: Views, decision: Decision) -> UpdateGroup:
    """Return the group of those who are sent so many paths."""
    return UpdateGroup(key, views) if key.paths == BEST_PATH_ONLY else PathGroup(key, views, decision)


class PathGroup(UpdateGroup):
    """What was sent follows from the slot before, as the best route alone does it for others.

    A path is told by our Path Identifier, which it keeps while it lives, whatever becomes of its attributes.
    """

    def __init__(self, key: GroupKey, views: Views, decision: Decision) -> None:
        super().__init__(key, views)
        self._decision = decision

    @property
    def follows_all(self) -> bool:
        """Whether it needs to know of all routes to a prefix, if only to take back what was told."""
        return not self.is_silent or any(member.backlog is not None for member in self.members.values())

    def shown(
        self, slot: Slot | None, key: PrefixKey, *, silent: bool = False, known: Collection[Route] = ()
    ) -> Sequence[Path]:
        """Return what members are sent of a slot, each but its own: all paths, or the best of them.

        What the export filter says of ``known`` routes it has said before.
        """
        paths = [
            path
            for path in paths_of(slot)
            if path.route.refusal is None
            and self.shows(path.route, key, silent=silent or path.route in known)
        ]
        most = self.key.paths
        if most == ALL_PATHS or len(paths) <= most:
            return paths
        chosen: list[Path] = []
        for route in self._decision.ordered([path.route for path in paths], most):
            path = next(path for path in paths if path.route is route)
            paths.remove(path)
            chosen.append(path)
        return chosen

    def told(self, key: PrefixKey, slot: Slot | None, source: Source) -> Mapping[int, Route]:
        """Return what a member in step with this source was told of the routes in a prefix's slot."""
        return {sent: route for sent, route in self._told(slot, key).items() if route.source is not source}

    def _told(self, slot: Slot | None, key: PrefixKey) -> dict[int, Route]:
        """Return what members were told of a slot as it was, by Path Identifier."""
        return {path.sent: path.route for path in self.shown(slot, key, silent=True)}

    def touched(self, batch: Batch) -> Mapping[PrefixKey, WasTold]:
        touched: dict[PrefixKey, WasTold] = {}
        for before, _now, changed in batch.slot_changes:
            for keys in self.key.policy.by_kind(changed):
                touched.update(dict.fromkeys(keys, self._told(before, keys[0])))
        return touched

    def _differences(self, batch: Batch) -> Outgoing:
        outgoing = Outgoing(self)
        for before, now, changed in batch.slot_changes:
            for keys in self.key.policy.by_kind(changed):
                self._slot_difference(outgoing, before, now, keys)
        return outgoing

    def _encoded(self, route: Route, key: PrefixKey) -> Encoded:
        """Return what is sent of a route that is shown."""
        view = self.view(route, key, silent=True)
        assert isinstance(view, Encoded)
        return view

    def _slot_difference(
        self, outgoing: Outgoing, before: Slot | None, now: Slot | None, keys: Sequence[PrefixKey]
    ) -> None:
        """Note what a change means for prefixes that the export filter treats alike."""
        old = self._told(before, keys[0])
        known = {path.route for path in paths_of(before)}
        for path in self.shown(now, keys[0], known=known):
            route = old.pop(path.sent, None)
            if route is None or not self.looks_alike(route, path.route, keys[0]):
                paths = [make_path(path.sent, key) for key in keys]
                outgoing.announce(path.route, paths, self._encoded(path.route, keys[0]))
        for identifier, route in old.items():
            outgoing.withdraw([make_path(identifier, key) for key in keys], but=route.source)

    def _put_right(
        self, outgoing: Outgoing, member: Member, key: PrefixKey, slot: Slot | None, told: WasTold
    ) -> None:
        gone = dict(told) if isinstance(told, Mapping) else {}
        for path in self.shown(slot, key):
            if may_hear(member.source, path.route):
                gone.pop(path.sent, None)
                outgoing.announce(path.route, [make_path(path.sent, key)], self._encoded(path.route, key))
        for identifier, route in gone.items():
            if route.source is not member.source:
                outgoing.withdraw([make_path(identifier, key)], but=None)
