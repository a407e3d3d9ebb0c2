"""Reading a configuration file: TOML, or JSON with the same keys."""

import re
import tomllib
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from bgpd.config.configuration import Configuration
from bgpd.config.faults import ConfigurationError, KeyPath, Problem
from bgpd.config.json_text import parse_json
from bgpd.config.regular_files import read_regular_file
from bgpd.config.this_host import this_host
from bgpd.config.toml_lines import Beginning, index_lines, index_strings
from bgpd.config.validation import validate
from bgpd.config.wording import kind

_LINE: Final = re.compile(r"\bline (\d+)")
_READABLE: Final = "name a file this user may read"


class Contents(NamedTuple):
    """What a file says, and where."""

    data: Mapping[str, object]
    lines: Mapping[KeyPath, int]
    """Of its keys; none of a JSON file."""
    strings: Mapping[KeyPath, Beginning]
    """Where its texts begin."""


def load(path: Path | None, node: str | None = None) -> Configuration:
    """Return the configuration of a file; without a file, the defaults.

    ``node`` is the name of this host in the cluster, if it is not to find itself.
    """
    return Configuration() if path is None else configuration_of(read_configuration(path), path, node)


def read_configuration(path: Path) -> Contents:
    """Return what a configuration file says."""
    return read(path, f"{_READABLE}, or none for the defaults")


def configuration_of(contents: Contents, path: Path, node: str | None = None) -> Configuration:
    """Return the configuration that comes of what a file says; ``node`` as for ``load``."""
    return validate(contents.data, str(path), contents.lines, contents.strings, partial(this_host, node))


def read(path: Path, remedy: str = _READABLE) -> Contents:
    """Return what a file says; ``remedy`` is what to do if there is none."""
    text = _read(path, remedy)
    parse, language, hint = _JSON if path.suffix == ".json" else _TOML
    try:
        data = parse(text)
    except ValueError as error:
        position = _LINE.search(str(error))
        line = int(position[1]) if position else None
        raise _problem(path, f"not {language}: {error}; {hint}", line) from None
    except RecursionError:
        raise _problem(path, "nested too deeply; no setting needs more than four levels") from None
    if language == "JSON":
        return Contents(data, {}, {})
    return Contents(data, index_lines(text), index_strings(text))


def _problem(path: Path, message: str, line: int | None = None) -> ConfigurationError:
    return ConfigurationError(Problem(str(path), line, "", message))


def _read(path: Path, remedy: str) -> str:
    try:
        return read_regular_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _problem(path, "not UTF-8; save the file in that encoding", line) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _problem(path, f"cannot be read: {reason}; {remedy}") from None


def _parse_json(text: str) -> Mapping[str, object]:
    data = parse_json(text) if text.strip() else {}
    if not isinstance(data, dict):
        raise ValueError(f"{kind(data)} where the whole file must be one object")
    return data


_TOML: Final = (tomllib.loads, "TOML", "strings need quotes, tables are headed by [name] or [[name]]")
_JSON: Final = (_parse_json, "JSON", "keys and strings need double quotes, items commas between them")
