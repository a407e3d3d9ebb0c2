"""Filters in the configuration: ``[filters]`` and ``[filter_files]``."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from bgpd.config.section import Section
from bgpd.config.values import FilterName
from bgpd.config.wording import Allowed, quoted, refusal

ALWAYS_THERE: Final = ("all", "none")
"""The filters that nobody has to write."""


def _new_filter_name(text: str) -> str:
    if text in ALWAYS_THERE:
        raise refusal(f"the filter {quoted(text)} is always there; write another name")
    return text


def _path(text: str) -> str:
    if not text or "\0" in text:
        raise refusal(f"{quoted(text)} is not the path of a file; write one like filters/*.filter")
    return text


NewFilterName = Annotated[
    FilterName, AfterValidator(_new_filter_name), Allowed('the name of a filter like "from_tor"')
]
Definitions = Annotated[str, Allowed("a text of definitions in the filter language")]
Statements = Annotated[str, Allowed("a text of statements in the filter language")]
NamedFilters = Annotated[
    dict[NewFilterName, Statements], Allowed('names and statements, like from_tor = "accept;"')
]
FilterPaths = Annotated[
    tuple[Annotated[str, AfterValidator(_path)], ...],
    Field(strict=False),
    Allowed('a list of paths like ["filters/*.filter"]'),
]


class FilterFiles(Section):
    """Filters, functions, constants (`define`) and ROA tables of the filter language, here and in files.

    What is defined can be used after it: what `text` has in the files, what a file has in the files that
    follow, and all of it in `[filters]`.
    """

    text: Definitions = ""
    """Definitions that are written here: `'''function f(int a) { return a > 7; }'''`."""

    paths: FilterPaths = ()
    """Files, relative to the directory of this one, with `*`, `?` and `[...]` as in a shell."""
