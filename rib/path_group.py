"""Neighbors that are sent several paths to a prefix (RFC 7911)."""

from collections.abc import Mapping, Sequence
from typing import Final

from messages.families.path import make_path
from messages.families.prefix import PrefixKey
from rib.decision import Decision
from rib.egress import GroupKey
from rib.loc_rib import Batch
from rib.member import Member, WasTold
from rib.outgoing import Outgoing, may_hear
from rib.route import Route, Source
from rib.slot import Path, Slot, paths_of
from rib.update_group import UpdateGroup

ALL_PATHS: Final = 0
"""``GroupKey.paths`` of those who are sent every path."""


class PathGroup(UpdateGroup):
    """What was sent follows from the slot before, as the best route alone does it for others.

    A path is told by our Path Identifier, which it keeps while it lives, whatever becomes of its attributes.
    """

    def __init__(self, key: GroupKey, number: int, decision: Decision) -> None:
        super().__init__(key, number)
        self._decision = decision
        self._longest_key = make_path(0, PrefixKey(self._longest_key))

    @property
    def follows_all(self) -> bool:
        """Whether it needs to know of all routes to a prefix, if only to take back what was told."""
        return not self.is_silent or any(member.backlog is not None for member in self.members.values())

    def shown(self, slot: Slot | None) -> Sequence[Path]:
        """Return what members are sent of a slot, each but its own: all paths, or the best of them."""
        paths = [path for path in paths_of(slot) if path.route.refusal is None and self.shows(path.route)]
        most = self.key.paths
        if most == ALL_PATHS or len(paths) <= most:
            return paths
        chosen: list[Path] = []
        for route in self._decision.ordered([path.route for path in paths], most):
            path = next(path for path in paths if path.route is route)
            paths.remove(path)
            chosen.append(path)
        return chosen

    def told(self, slot: Slot | None, source: Source) -> Mapping[int, Route]:
        """Return what a member in step with this source was told of the routes in a slot."""
        return {path.sent: path.route for path in self.shown(slot) if path.route.source is not source}

    def touched(self, batch: Batch) -> Mapping[PrefixKey, WasTold]:
        touched: dict[PrefixKey, WasTold] = {}
        for before, _now, keys in batch.slot_changes:
            told = {path.sent: path.route for path in self.shown(before)}
            touched.update(dict.fromkeys(keys, told))
        return touched

    def _differences(self, batch: Batch) -> Outgoing:
        outgoing = Outgoing(self)
        for before, now, keys in batch.slot_changes:
            old = {path.sent: path.route for path in self.shown(before)}
            for path in self.shown(now):
                route = old.pop(path.sent, None)
                if route is None or not self.looks_alike(route, path.route):
                    outgoing.announce(path.route, [make_path(path.sent, key) for key in keys])
            for identifier, route in old.items():
                outgoing.withdraw([make_path(identifier, key) for key in keys], but=route.source)
        return outgoing

    def _put_right(
        self, outgoing: Outgoing, member: Member, key: PrefixKey, slot: Slot | None, told: WasTold
    ) -> None:
        gone = dict(told) if isinstance(told, Mapping) else {}
        for path in self.shown(slot):
            if may_hear(member.source, path.route):
                gone.pop(path.sent, None)
                outgoing.announce(path.route, [make_path(path.sent, key)])
        for identifier, route in gone.items():
            if route.source is not member.source:
                outgoing.withdraw([make_path(identifier, key)], but=None)
