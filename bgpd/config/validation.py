"""From what a file says to a configuration, or to everything that is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pydantic import ValidationError

from bgpd.config.checks import check
from bgpd.config.configuration import Configuration
from bgpd.config.explain import faults_of
from bgpd.config.faults import ConfigurationError, Fault, KeyPath, Problem
from bgpd.config.inheritance import Inherited, inherit
from bgpd.config.toml_lines import line_of
from bgpd.config.wording import key_text

_LABEL: Final = re.compile(r"[A-Za-z0-9_.:/%-]{1,64}")


def validate(
    data: Mapping[str, object], file: str = "", lines: Mapping[KeyPath, int] | None = None
) -> Configuration:
    """Return the configuration, or raise every problem at once, in the order of the file."""
    inherited = inherit(data)
    faults = [*inherited.faults]
    configuration = None
    try:
        configuration = Configuration.model_validate(inherited.data)
    except ValidationError as error:
        faults += _at_their_origin(faults_of(error), inherited)
    faults += _at_their_origin(check(inherited.data), inherited)
    if configuration is None or faults:
        raise ConfigurationError(*_problems(faults, data, file, lines or {}))
    return configuration


def _at_their_origin(faults: Iterable[Fault], inherited: Inherited) -> Iterator[Fault]:
    """Blame a group, once, for a value that neighbors took over from it.

    What an unknown group would have given is not missed: the group is the problem.
    """
    incomplete = {("neighbors", position) for position in inherited.incomplete}
    for fault in faults:
        if not (fault.message.startswith("missing;") and fault.path[:2] in incomplete):
            key, rest = fault.path[:3], fault.path[3:]
            yield fault._replace(path=(*inherited.origins.get(key, key), *rest))


def _problems(
    faults: Iterable[Fault], data: Mapping[str, object], file: str, lines: Mapping[KeyPath, int]
) -> list[Problem]:
    problems = [
        Problem(file, line_of(fault.path, lines), render_path(fault.path, data), fault.message)
        for fault in dict.fromkeys(faults)
    ]
    return sorted(problems, key=lambda problem: problem.line or 0)


def render_path(path: KeyPath, data: object) -> str:
    """Return a key path as text; a list item by its name, or else by its number: ``neighbors[tor1].asn``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
            text += f"[{_label(data) or f'#{part + 1}'}]"
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
            text += f".{key_text(part)}" if text else key_text(part)
    return text


def _label(item: object) -> str | None:
    """Return what a person would call the item of a list."""
    if not isinstance(item, Mapping):
        return None
    names = [item.get(key) for key in ("name", "prefix", "address")]
    return next((name for name in names if isinstance(name, str) and _LABEL.fullmatch(name)), None)
