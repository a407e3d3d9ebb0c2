"""BIRD's files as a TOML file that says the same, for ``bgpd --convert``."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bgpd.bird.loading import load_bird
from bgpd.bird.translation.spelling import line
from bgpd.config import ConfigurationError, print_config, validate
from bgpd.config.toml_lines import index_lines, index_strings

_HEADING = """\
# What {files} said. As long as dialect is "bird", commands and the log use BIRD's words;
# write "bgpd" there for our own.
"""


class Conversion(NamedTuple):
    """What came of some files."""

    text: str
    printed: tuple[str, ...]
    """By their filters, while they were read."""
    complaints: str
    """What is wrong with the text: BIRD's filters may have mistakes that are found in our files only."""


def convert(files: Sequence[tuple[str, int]]) -> Conversion:
    """Return files as TOML, with their passwords. Raises BirdError."""
    loaded = load_bird(files)
    text = "".join(_heading(files, loaded.settings.remarks)) + print_config(
        loaded.configuration, secrets=True
    )
    return Conversion(text, loaded.printed, _complaints(text))


def _heading(files: Sequence[tuple[str, int]], remarks: Sequence[str]) -> Iterator[str]:
    yield _HEADING.format(files=" and ".join(Path(file).name for file, _ in files))
    if remarks:
        yield "#\n# What is not done, or is done in another way:\n"
    yield from (f"#   {line(remark)}\n" for remark in remarks)
    yield "\n"


def _complaints(text: str) -> str:
    try:
        validate(tomllib.loads(text), "the converted file", index_lines(text), index_strings(text))
    except ConfigurationError as error:
        return str(error)
    return ""
