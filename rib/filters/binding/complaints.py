"""What is said of a name that can't be used: our words, and BIRD's, which name nothing."""

from collections.abc import Iterable
from typing import Final

from rib.filters.attributes import ATTRIBUTES
from rib.filters.suggestion import did_you_mean

_WRITABLE: Final = frozenset(name for name, row in ATTRIBUTES.items() if row.write is not None)


class Complaints:
    """Those of our own format: the name, and the one that may be meant."""

    def not_settable(self, name: str, variables: Iterable[str]) -> str:
        """Say that a statement sets what is no variable."""
        return f"{name} is no variable or attribute{did_you_mean(name, _WRITABLE.union(variables))}"

    def read_only(self, attribute: str) -> str:
        """Say that a statement sets what never changes."""
        return f"{attribute} can only be read"

    def not_callable(self, name: str, functions: Iterable[str]) -> str:
        """Say that what is called is no function."""
        return f"{name} is no function{did_you_mean(name, functions)}"

    def not_readable(self, name: str, names: Iterable[str]) -> str:
        """Say that nothing with a value is called so."""
        return f"{name} is no variable, constant or attribute{did_you_mean(name, {*names, *ATTRIBUTES})}"


class BirdComplaints(Complaints):
    """Those of BIRD, word for word: users look for them, and tests compare them."""

    def not_settable(self, name: str, variables: Iterable[str]) -> str:
        return "You may set only variables."

    def read_only(self, attribute: str) -> str:
        return "This static attribute is read-only."

    def not_callable(self, name: str, functions: Iterable[str]) -> str:
        return "You can't call something which is not a function. Really."

    def not_readable(self, name: str, names: Iterable[str]) -> str:
        return f"{name}: variable expected."


OWN: Final = Complaints()
BIRD: Final = BirdComplaints()
