"""One run of a filter over one route: what it reads, what it changes, what it prints."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from messages.attribute_set import AttributeSet
from messages.attributes.attribute import Attribute
from messages.families.prefix import PrefixKey
from rib.filters.algebra.printing import PrintedLine
from rib.filters.errors import RunError
from rib.filters.running.trace import Trace
from rib.filters.values import Address, Prefix
from rib.policy import Accepted
from rib.route import Route

T = TypeVar("T")

MOST_STEPS: Final = 20_000
"""Of one run, about a microsecond each; what is short is not counted, and most filters take none."""
_CHARACTERS: Final = 16
"""Of what is printed, to a step."""


class Decision(Enum):
    """How a filter can end."""

    ACCEPT = "accept"
    REJECT = "reject"
    ERROR = "error"
    QUIT = "quitbird"


class DecidedError(Exception):
    """A function decided in the middle of an expression."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.value)
        self.decision = decision


class Surroundings(Protocol):
    """What filters may ask about the host."""

    def interface_name(self, index: int) -> str:
        """Return the name of an interface; empty if there is none."""

    def interface_index(self, name: str) -> int:
        """Return the number of an interface; 0 if there is none."""

    def interface_towards(self, gateway: bytes) -> int:
        """Return the interface on whose link an address is; 0 if it is on none."""


class Nowhere:
    """The surroundings of a filter that is run for itself, on no host."""

    def interface_name(self, index: int) -> str:
        """Return nothing: there are no interfaces."""
        return ""

    def interface_index(self, name: str) -> int:
        """Return 0: there are no interfaces."""
        return 0

    def interface_towards(self, gateway: bytes) -> int:
        """Return 0: there are no interfaces."""
        return 0


NOWHERE: Final[Surroundings] = Nowhere()


class Subject(NamedTuple):
    """What a filter is asked about: a route to one prefix, with the attributes it has by now."""

    route: Route
    attributes: AttributeSet
    key: PrefixKey
    octets: int
    """The size of an address of the prefix's family."""


class Run:
    """The state of one run. Without a subject there are no attributes: constants are worked out so."""

    __slots__ = (
        "_line",
        "_subject",
        "changes",
        "destination",
        "has_own_facts",
        "key",
        "local",
        "octets",
        "preference",
        "printed",
        "sender",
        "steps",
        "surroundings",
        "trace",
    )

    def __init__(
        self,
        subject: Subject | None = None,
        surroundings: Surroundings = NOWHERE,
        trace: Trace | None = None,
    ) -> None:
        """``trace`` takes the notes of code that is compiled to make some."""
        self._subject = subject
        self._line = PrintedLine()
        self.surroundings = surroundings
        self.changes: dict[Attribute[Any], Any] = {}
        """What path attributes become; None removes one."""
        self.printed: list[str] = []
        """Whole lines."""
        self.steps = MOST_STEPS
        self.trace = trace
        self.has_own_facts = False
        """Whether it set what is no path attribute, such as the preference, even to what it was."""
        self.sender: Address | None = None
        """The neighbor, if the filter said another one."""
        if subject is not None:
            route, attributes, self.key, self.octets = subject
            self.local: Mapping[str, Any] = attributes.local
            self.preference = route.preference
            self.destination = route.destination

    @property
    def subject(self) -> Subject:
        """What the filter is asked about. Raises RunError if there is nothing."""
        if self._subject is None:
            raise RunError("No route to access")
        return self._subject

    @property
    def route(self) -> Route:
        """The route, as it was before the filter."""
        return self.subject.route

    def prefix(self) -> Prefix:
        """Return the prefix in question."""
        subject = self.subject
        return Prefix.from_key(subject.key, subject.octets)

    def get(self, row: Attribute[T]) -> T | None:
        """Return a path attribute as it is by now."""
        if self.changes and row in self.changes:
            changed: T | None = self.changes[row]
            return changed
        subject = self._subject or self.subject
        return subject.attributes.get(row)

    def change(self, row: Attribute[T], value: T | None) -> None:
        """Give a path attribute another value; None removes it."""
        _ = self.subject
        self.changes[row] = value

    def note(self, name: str, value: object) -> None:
        """Give a local attribute another value; None removes it."""
        _ = self.subject
        noted = dict(self.local)
        noted.pop(name, None)
        self.local = noted if value is None else noted | {name: value}

    def print(self, value: object) -> None:
        """Add a value to the line that is being printed. Raises RunError if that is too much by now."""
        self.spend(1 + self._line.add(value) // _CHARACTERS)

    def end_line(self) -> None:
        """The line is complete."""
        self.printed.append(self._line.text)
        self._line = PrintedLine()

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises RunError where there are too many."""
        self.steps -= steps
        if self.steps < 0:
            raise RunError(f"The filter takes more than {MOST_STEPS} steps")

    def outcome(self) -> Accepted:
        """Return what has become of the route."""
        attributes = self.subject.attributes
        if self.changes:
            attributes = attributes.replace(self.changes)
        if self.local is not attributes.local:
            attributes = attributes.annotated(self.local)
        return Accepted(attributes, self.preference, self.destination, self.has_own_facts)


def settled(value: object) -> object:
    """Return the value of a function in an expression, unless the function has decided about the route."""
    if value.__class__ is Decision:
        assert isinstance(value, Decision)
        raise DecidedError(value)
    return value
