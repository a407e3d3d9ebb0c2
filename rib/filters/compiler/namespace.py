"""The names in compiled code: of variables, and of the objects that it uses."""

from typing import Any


class Namespace:
    """The globals of one compiled function."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}
        self._known: dict[int, str] = {}
        self._variables: dict[str, str] = {}

    def of(self, value: object) -> str:
        """Return the name by which code reaches an object."""
        name = self._known.get(id(value))
        if name is None:
            name = self._known[id(value)] = f"object_{len(self.objects)}"
            self.objects[name] = value
        return name

    def variable(self, name: str) -> str:
        """Return what a variable is called; names of filters may have dots and dashes."""
        known = self._variables.get(name)
        if known is None:
            known = self._variables[name] = f"variable_{len(self._variables)}"
        return known

    def temporary(self) -> str:
        """Return a name that nothing else has."""
        return self.variable(f" {len(self._variables)}")
