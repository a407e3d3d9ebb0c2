"""What all kinds of protocols have in common on their way to our own format."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from bgpd.bird.translation import spelling
from bgpd.bird.translation.draft import Draft, Table
from bgpd.bird.tree import BirdConfiguration, Item, ProtocolBlock
from rib.filters.syntax import Block, Declare, Filter

Rules = Mapping[str, tuple[Callable[[Any], bool], str]]
"""Statements that we don't do as BIRD does: by their words whether a value is one of that sort, and what the
user is told then."""


def is_on(value: object) -> bool:
    """Tell whether something is switched on."""
    return bool(value)


def is_off(value: object) -> bool:
    """Tell whether something is switched off."""
    return not value


def is_written(_value: object) -> bool:
    """Whatever is said."""
    return True


class Part(NamedTuple):
    """What one of BIRD's daemons is told; that of each family has a file of its own."""

    configuration: BirdConfiguration
    bits: int

    @property
    def family(self) -> str:
        """Return the family that it is for."""
        return "ipv4" if self.bits == 32 else "ipv6"

    def items(self, name: str) -> list[Item]:
        """Return the statements of a name that belong to no protocol."""
        return [item for item in self.configuration.items if item.name == name]


class Bounds(NamedTuple):
    """The numbers that we take."""

    lowest: int
    highest: int

    def nearest(self, number: int) -> int:
        """Return the number, or the one of these that is nearest to it."""
        return min(max(number, self.lowest), self.highest)


class Protocol:
    """The statements of one protocol, of which the last of its kind holds, and the table they become.

    What nobody has asked for in the end is remarked, so no statement goes unnoticed.
    """

    def __init__(self, block: ProtocolBlock, part: Part, table: Table) -> None:
        self.kind: Final = block.kind
        self.name: Final = block.name
        self.at: Final = block.at
        self.part: Final = part
        self.table: Final = table
        self._items: Final = block.items
        table.draft.places[table.path] = block.at
        self._asked: set[str] = set()

    @property
    def draft(self) -> Draft:
        """Return the document that the table is part of."""
        return self.table.draft

    # Statements

    def latest(self, *names: str, of: Callable[[Any], bool] = is_written) -> Item | None:
        """Return the last statement with one of these names, or of those whose value is of some sort."""
        self._asked.update(names)
        latest = (item for item in reversed(self._items) if item.name in names and of(item.value))
        return next(latest, None)

    def every(self, name: str) -> list[Item]:
        """Return all statements of a name."""
        self._asked.add(name)
        return [item for item in self._items if item.name == name]

    def value(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - each statement has its own
        """Return what the last statement of a name says."""
        item = self.latest(name)
        return default if item is None else item.value

    def ignore(self, *names: str) -> None:
        """Take note of statements that do nothing in BIRD either, or what we do anyway."""
        self._asked.update(names)

    def remark_all(self, rules: Rules) -> None:
        """Tell the user which statements are not followed: those of the rules, and those nobody asked for."""
        for name, (applies, text) in rules.items():
            item = self.latest(name)
            if item is not None and applies(item.value):
                self.remark(item, text)
        for item in self._items:
            if item.name not in self._asked:
                self.remark(item, "is not supported")

    def remark(self, item: Item, text: str) -> None:
        """Tell the user something about a statement."""
        self.draft.remark(item.at, f"{item.name}: {text}")

    # Keys

    def copy(self, name: str, key: str, spell: Callable[[Any], object] = lambda value: value) -> None:
        """Write a key if there is a statement of that name."""
        item = self.latest(name)
        if item is not None:
            self.table.put(key, spell(item.value), item.at)

    def number(self, name: str, key: str, bounds: Bounds) -> None:
        """Write a key that is a number, if there is one; BIRD takes any."""
        item = self.latest(name)
        if item is not None:
            self.table.put(key, self.bounded(item, item.value, bounds), item.at)

    def bounded(self, item: Item, number: int, bounds: Bounds) -> int:
        """Return the number that a statement has, or the nearest one that we take."""
        nearest = bounds.nearest(number)
        if nearest != number:
            self.remark(item, f"{number} is taken as {nearest}")
        return nearest

    def describe(self) -> None:
        """Write the keys that are about people: what the protocol is for, and what is logged about it."""
        self.copy("description", "description", spelling.line)
        self.copy("debug", "debug", spelling.traces)

    def policy(self, direction: str, *, default: str) -> None:
        """Write a filter; one that has no name gets that of the protocol."""
        item = self.latest(direction)
        if item is None:
            self.table.put(direction, default, self.at)
        elif isinstance(item.value, Filter):
            self.table.put(direction, item.value.name or self._own_filter(direction, item.value), item.at)
        else:
            self.table.put(direction, "all" if item.value else "none", item.at)

    def _own_filter(self, direction: str, tree: Filter) -> str:
        """Add a filter that is written where it is used; its variables stand among its statements."""
        name = f"{self.name}.{direction}"
        declared = (Declare(each.type, each.name, at=each.at) for each in tree.variables)
        body = Block((*declared, *tree.body.statements), at=tree.body.at)
        self.draft.definitions.append(Filter(name, (), body, at=tree.at))
        self.draft.table("filters").put(name, self.part.configuration.texts[tree.at], tree.at)
        return name


SECOND_FILE: Final = "the files differ, and what the first one says holds"
MRT: Final = "nothing is dumped in MRT format"
_BFD: Final = "BFD is not supported"
_LIMITED: Final = "only BGP neighbors have limits"
OF_ALL: Final[Rules] = {"mrtdump": (is_on, MRT)}
OF_OTHERS: Final[Rules] = {
    **OF_ALL,
    "vrf": (is_on, "only BGP neighbors are bound to a VRF"),
    "import keep filtered": (is_on, "only routes of BGP neighbors are kept"),
    **{
        f"{which} limit": (lambda limit: limit.routes is not None, _LIMITED)
        for which in ("receive", "import", "export")
    },
}
"""Of protocols that are not BGP."""
