"""Where filters are written: in files of their own, and in texts of the configuration file."""

import glob
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bgpd.config.faults import Fault, KeyPath
from bgpd.config.regular_files import read_regular_file
from bgpd.config.toml_lines import Beginning
from bgpd.config.wording import quoted
from rib.filters.errors import FilterError
from rib.filters.grammar.parser import definitions, filter_body
from rib.filters.syntax import Definition

IN_A_FILE: KeyPath = ()
"""The key of what is written in a file of its own."""


class Text(NamedTuple):
    """Some text in the filter language, and where it comes from."""

    text: str
    file: str
    key: KeyPath
    """The key that has it."""
    beginning: Beginning | None
    """Where in ``file`` it begins; None if nobody can tell."""


class Written(NamedTuple):
    """What a text says, or what is wrong in it."""

    result: Definition | FilterError
    text: Text


class Sources:
    """All texts of one configuration; ``data`` is what the file says and may be anything."""

    def __init__(
        self, data: Mapping[str, object], file: str, strings: Mapping[KeyPath, Beginning] | None = None
    ) -> None:
        self.data = data
        self._file = file
        self._strings = strings or {}

    def definitions(self) -> Iterator[Text]:
        """Yield the definitions that ``[filter_files]`` has itself."""
        table = self.data.get("filter_files")
        text = table.get("text") if isinstance(table, Mapping) else None
        if isinstance(text, str):
            yield self._text(("filter_files", "text"), text)

    def files(self) -> Iterator[Text | Fault]:
        """Yield the files that ``[filter_files]`` names, each once; a fault for what there is not."""
        table = self.data.get("filter_files")
        patterns = table.get("paths") if isinstance(table, Mapping) else None
        read: set[str] = set()
        for position, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
            if not isinstance(pattern, str) or not pattern or "\0" in pattern:
                continue  # the models say what is wrong with it
            key: KeyPath = ("filter_files", "paths", position)
            names = self._names(pattern)
            if not names:
                yield Fault(key, f"no file is called {quoted(pattern)}; write the path of at least one")
            for name in names:
                if name not in read:
                    read.add(name)
                    yield _read(name, key)

    def _names(self, pattern: str) -> list[str]:
        """Return the files of a pattern by name; those of the directory we are in are not made longer."""
        return sorted(glob.glob(str(Path(self._file).parent / pattern)))

    def filters(self) -> Iterator[Text]:
        """Yield the filters of ``[filters]``."""
        table = self.data.get("filters")
        for name, text in (table if isinstance(table, Mapping) else {}).items():
            if isinstance(text, str):
                yield self._text(("filters", name), text)

    def changes(self) -> Iterator[Text]:
        """Yield the statements that static routes have."""
        for path, rows in self._lists_of_routes():
            for position, row in enumerate(rows if isinstance(rows, list) else ()):
                text = row.get("set") if isinstance(row, Mapping) else None
                if isinstance(text, str) and text.strip():
                    yield self._text((*path, position, "set"), text)

    def _lists_of_routes(self) -> Iterator[tuple[KeyPath, object]]:
        yield ("static",), self.data.get("static")
        tables = self.data.get("statics")
        for name, table in (tables if isinstance(tables, Mapping) else {}).items():
            yield ("statics", name, "routes"), table.get("routes") if isinstance(table, Mapping) else None

    def _text(self, key: KeyPath, text: str) -> Text:
        return Text(text, self._file, key, self._strings.get(key))


def _read(name: str, key: KeyPath) -> Text | Fault:
    try:
        text = read_regular_file(name).decode("utf-8-sig")
    except UnicodeDecodeError:
        return Fault(key, f"{quoted(name)} is not UTF-8; save it in that encoding")
    except OSError as error:
        return Fault(key, f"{quoted(name)} cannot be read: {error.strerror}; name files this user may read")
    return Text(text, name, IN_A_FILE, Beginning(1, 1))


def written_definitions(text: Text) -> Iterator[Written]:
    """Yield the definitions of a text, and a mistake for each that can't be read."""
    for result in definitions(text.text, text.file, line=_first_line(text)):
        yield Written(result, text)


def written_body(text: Text, name: str | None = None) -> Written:
    """Return the filter with this name that a text without braces is."""
    try:
        tree = filter_body(text.text, text.file, _first_line(text))
    except FilterError as error:
        return Written(error, text)
    return Written(replace(tree, name=name), text)


def _first_line(text: Text) -> int:
    return text.beginning.line if text.beginning is not None else 1
