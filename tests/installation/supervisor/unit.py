"""A unit of systemd as systemd.syntax(7) has it: sections, settings that add up, drop-ins."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

PLACES: Final = ("/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system")
"""Where units are looked for; the first one that is found holds (systemd.unit(5))."""
_UNITS: Final = {"": 1.0, "s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0}
_YES: Final = frozenset({"yes", "true", "1", "on"})
_SPAN: Final = re.compile(r"([0-9.]+)\s*([a-z]*)")
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}|\$(\w+)")


class Unit:
    """The settings of one service."""

    def __init__(self, *files: Path) -> None:
        self._values: dict[str, list[str]] = {}
        for file in files:
            for key, value in _settings(file.read_text()):
                if value:
                    self._values.setdefault(key, []).append(value)
                else:
                    self._values.pop(key, None)  # an empty one takes back what was said

    def all(self, key: str) -> list[str]:
        """Return all values of a setting that may be there several times."""
        return list(self._values.get(key, []))

    def text(self, key: str, default: str = "") -> str:
        """Return the value of a setting: the last one."""
        return self._values.get(key, [default])[-1]

    def words(self, key: str) -> list[str]:
        """Return the words of all values."""
        return [word for value in self.all(key) for word in shlex.split(value)]

    def flag(self, key: str) -> bool:
        """Return whether something is wanted."""
        return self.text(key) in _YES

    def seconds(self, key: str, default: float) -> float:
        """Return a span of time (systemd.time(7))."""
        spans = _SPAN.findall(self.text(key))
        return sum(float(number) * _UNITS[unit] for number, unit in spans) if spans else default

    def octal(self, key: str, default: int) -> int:
        """Return a mode."""
        return int(self.text(key, f"{default:o}"), 8)

    def commands(self, key: str, variables: Mapping[str, str]) -> list[list[str]]:
        """Return the command lines of ExecStart= and the like, variables put in."""
        return [[_filled(word, variables) for word in shlex.split(line)] for line in self.all(key)]


def find(name: str, places: tuple[str, ...] = PLACES) -> list[Path]:
    """Return the file of a unit, then its drop-ins. Raises FileNotFoundError."""
    files = [Path(place) / name for place in places]
    drop_ins = [each for place in places for each in Path(place, f"{name}.d").glob("*.conf")]
    for file in files:
        if file.exists():
            return [file, *sorted(drop_ins, key=lambda each: each.name)]
    raise FileNotFoundError(f"Unit {name} not found.")


def _settings(text: str) -> Iterator[tuple[str, str]]:
    """Yield keys and values; which section they are in matters not, as no key is in two."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("#", ";"))]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        key, equals, value = line.partition("=")
        if equals:
            yield key.strip(), value.strip()


def _filled(word: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], ""), word)
