"""Files with tests of filters, for ``bgpd --test-filters``: routes in, verdicts and attributes out."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import Field, ValidationError, create_model

from bgpd.config.addresses import InterfaceName, Prefix
from bgpd.config.attribute_values import value_type
from bgpd.config.explain import faults_of
from bgpd.config.faults import ConfigurationError, Fault
from bgpd.config.filter_reading import read_filters
from bgpd.config.filter_sources import Sources
from bgpd.config.filters import ALWAYS_THERE, FilterFiles, NamedFilters
from bgpd.config.loading import load, read
from bgpd.config.problems import in_order, located
from bgpd.config.section import Section
from bgpd.config.values import FilterName, Line
from bgpd.config.wording import Allowed, Unset, quoted
from rib.filters.attributes import ATTRIBUTES
from rib.filters.syntax import Definition, Filter
from rib.filters.values import Type

_GIVEN_OTHERWISE: Final = frozenset({"net", "proto", "source", "cast", "ifindex"})
_KEYS: Final[Mapping[str, Any]] = {
    name: (value_type(next(iter(row.types - {Type.VOID}))) | None, Field(None, description=row.about))
    for name, row in ATTRIBUTES.items()
    if name not in _GIVEN_OTHERWISE
}
_Attributes: Final = create_model("_Attributes", __base__=Section, **_KEYS)

Names = Annotated[tuple[str, ...], Field(strict=False), Allowed('a list of attributes like ["bgp_med"]')]
Lines = Annotated[tuple[str, ...], Field(strict=False), Allowed('a list of lines like ["refused"]')]
SourceName = Annotated[
    Literal["BGP", "Static", "Direct", "Kernel"], Allowed('"BGP", "Static", "Direct" or "Kernel"')
]


class GivenRoute(_Attributes):  # type: ignore[misc, valid-type]  # its keys are the rows of a table
    """The route that a filter is given. What is not written it does not have."""

    prefix: Prefix
    """What the route is for."""

    source: SourceName = "BGP"
    """The kind of protocol that it came from."""

    proto: Line = "bgp1"
    """The name of that protocol."""


class Expectation(_Attributes):  # type: ignore[misc, valid-type]  # its keys are the rows of a table
    """What must come of it. Attributes that are not written here may be anything."""

    verdict: Annotated[Literal["accept", "reject", "error"], Allowed('"accept", "reject" or "error"')] = (
        "accept"
    )
    """What the filter decides; `"error"` is also what a filter ends with that fails or decides nothing."""

    absent: Names = ()
    """Attributes that the route must not have."""

    printed: Annotated[Lines | None, Unset("anything may be printed")] = None
    """The lines that are printed."""


class FilterTest(Section):
    """One test."""

    name: Line
    """What is tested, in words."""

    filter_name: FilterName = Field(alias="filter")
    """The filter to run."""

    route: GivenRoute

    expect: Expectation = Expectation()


class FilterTests(Section):
    """A file with tests. The filters are those of a configuration file, or are written in the file itself."""

    configuration: Annotated[str | None, Unset("the filters are in this file")] = None
    """A configuration file whose filters are tested; its path begins where this file is."""

    filter_files: FilterFiles = FilterFiles()

    filters: NamedFilters = Field(default_factory=dict)
    """Filters, as in a configuration file."""

    interfaces: dict[InterfaceName, Annotated[tuple[Prefix, ...], Field(strict=False)]] = Field(
        default_factory=dict
    )
    """The interfaces of the host and their networks, for filters that ask for them."""

    test: Annotated[tuple[FilterTest, ...], Field(strict=False)] = ()


class LoadedTests(NamedTuple):
    """Tests, and what they are about."""

    tests: tuple[FilterTest, ...]
    interfaces: Mapping[str, tuple[str, ...]]
    definitions: tuple[Definition, ...]


def attributes_of(section: GivenRoute | Expectation) -> Mapping[str, object]:
    """Return the attributes that are written, as values of the filter language."""
    values = {name: getattr(section, name) for name in _KEYS}
    return {name: value for name, value in values.items() if value is not None}


def load_tests(path: Path, node: str | None = None) -> LoadedTests:
    """Read a file with tests. Raises ConfigurationError with everything that is wrong.

    ``node`` is the name of this host in the cluster of the configuration, if that has one.
    """
    contents = read(path)
    faults: list[Fault] = []
    tests = None
    try:
        tests = FilterTests.model_validate(contents.data)
    except ValidationError as error:
        faults += faults_of(error, FilterTests)
    filters = read_filters(Sources(contents.data, str(path), contents.strings))
    faults += filters.faults
    definitions, names = tuple(filters.definitions), filters.names
    if tests is not None and tests.configuration is not None:
        definitions = load(path.parent / tests.configuration, node).definitions
        names = {each.name for each in definitions if isinstance(each, Filter) and each.name is not None}
    if tests is not None:
        faults += _faults(tests, names.difference(ALWAYS_THERE))
    if tests is None or faults or filters.problems:
        problems = located(faults, contents.data, str(path), contents.lines)
        raise ConfigurationError(*in_order([*problems, *filters.problems]))
    return LoadedTests(tests.test, tests.interfaces, definitions)


def _faults(tests: FilterTests, known: Collection[str]) -> Iterator[Fault]:
    """Find what is wrong between several values."""
    if tests.configuration is not None and (tests.filters or tests.filter_files.paths):
        message = "filters are either there or in this file; leave one of them out"
        yield Fault(("configuration",), message)
    for position, test in enumerate(tests.test):
        if test.filter_name not in known:
            yield Fault(("test", position, "filter"), _unknown("filter", test.filter_name, known))
        for number, name in enumerate(test.expect.absent):
            if name not in ATTRIBUTES:
                path = ("test", position, "expect", "absent", number)
                yield Fault(path, _unknown("attribute", name, ATTRIBUTES))
        if test.expect.verdict != "accept" and (test.expect.absent or attributes_of(test.expect)):
            message = "only a route that is accepted has attributes; leave them out"
            yield Fault(("test", position, "expect", "verdict"), message)


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    similar = get_close_matches(name, sorted(known), n=1)
    hint = (
        f"did you mean {quoted(similar[0])}?"
        if similar
        else f"there are {', '.join(sorted(known)) or 'none'}"
    )
    return f"unknown {kind} {quoted(name)}; {hint}"
