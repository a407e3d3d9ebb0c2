"""The filters in Calico's rendered configurations, cut out of the files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

SAMPLES: Final = Path(__file__).parent / "calico_samples"
_INCLUDE: Final = re.compile(r'^include "(.*)";$', re.MULTILINE)
_FILTER_OF_PROTOCOL: Final = re.compile(
    r"^(?:template|protocol) (?:bgp|kernel) (\w+)|(import|export) filter \{", re.MULTILINE
)
_DEFINITION: Final = re.compile(r"^(?:function|filter) ", re.MULTILINE)
_PREFIX: Final = re.compile(r"[0-9a-f]*[.:][0-9a-f.:]*/\d+")


class Sample(NamedTuple):
    """What one file and those it includes say about filters."""

    name: str
    definitions: str
    """All functions and filters; those of protocols have been given names, one for all that say the same."""
    filters: tuple[str, ...]
    prefixes: frozenset[str]


def samples(main_file: str) -> list[Sample]:
    """Return the samples of one family, ``bird.cfg`` or ``bird6.cfg``, no two of which say the same."""
    distinct = {sample.definitions: sample for sample in map(_sample, sorted(SAMPLES.rglob(main_file)))}
    return list(distinct.values())


def _sample(path: Path) -> Sample:
    text = _INCLUDE.sub(lambda found: (path.parent / found[1]).read_text(), path.read_text())
    definitions = [text[found.start() : _end(text, found.end())] for found in _DEFINITION.finditer(text)]
    bodies = {body: name for name, body in _filters_of_protocols(text)}
    definitions += [f"filter {name} {body}" for body, name in bodies.items()]
    prefixes = frozenset(_PREFIX.findall("\n".join(definitions)))
    name = str(path.parent.relative_to(SAMPLES))
    return Sample(name, "\n".join(definitions), ("calico_kernel_programming", *bodies.values()), prefixes)


def _filters_of_protocols(text: str) -> Iterator[tuple[str, str]]:
    protocol = ""
    for found in _FILTER_OF_PROTOCOL.finditer(text):
        if found[1]:
            protocol = found[1]
        else:
            yield f"{protocol}_{found[2]}", text[found.end() - 1 : _end(text, found.end() - 1)]


def _end(text: str, start: int) -> int:
    """Return where the braces that begin behind ``start`` are closed."""
    depth = 0
    for found in re.compile("#.*|[{}]").finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if found[0] == "}" and depth == 0:
            return found.end()
    raise ValueError(f"braces are not closed: {text[start:]}")
