"""Compiled filters do what the tree says: random programs, compiled in every style and interpreted."""

from random import Random
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messages.attribute_set import AttributeSet
from messages.attributes import (
    AS_PATH,
    CLUSTER_LIST,
    COMMUNITIES,
    EXTENDED_COMMUNITIES,
    LARGE_COMMUNITIES,
    LOCAL_PREF,
    MULTI_EXIT_DISC,
    NEXT_HOP,
    ORIGIN,
    ORIGINATOR_ID,
)
from messages.attributes.as_path import AsPath, Segment
from messages.attributes.large_communities import LargeCommunity
from messages.iana import Origin, SegmentType
from rib.filters.compiler.unit import Style
from rib.filters.errors import FilterError, RunError
from rib.filters.grammar.lexer import OWN
from rib.filters.program import Program
from rib.filters.running.run import DecidedError, Decision, Run, Subject
from rib.filters.running.trace import Trace
from rib.route import Destination, DestinationKind, NextHop, Route, Source, SourceKind
from tests.filters_oracle.generator import Choices
from tests.filters_oracle.interpreter import Interpreter
from tests.filters_oracle.our_filters import program_of
from tests.filters_oracle.our_routes import Host
from tests.filters_oracle.programs import filter_of, program
from tests.rib.building import key

_ATTRIBUTES: Final = (
    *(("int", name) for name in ("bgp_local_pref", "bgp_med", "krt_metric", "preference", "igp_metric")),
    *(("ip", name) for name in ("bgp_next_hop", "from", "krt_prefsrc")),
    *(("string", "krt_tunnel"), ("string", "ifname"), ("origin", "bgp_origin"), ("bgppath", "bgp_path")),
    *(("clist", "bgp_community"), ("eclist", "bgp_ext_community"), ("lclist", "bgp_large_community")),
    *(("quad", "bgp_originator_id"), ("scope", "scope"), ("rtd", "dest"), ("clist", "bgp_cluster_list")),
)
_CHOICES: Final = Choices(bits=32, bird2=True, wrong=0.01, attributes=_ATTRIBUTES)

_PATH: Final = AsPath.from_segments(
    Segment(SegmentType.AS_SEQUENCE, (1, 2, 7)), Segment(SegmentType.AS_SET, (10, 65536))
)
_FULL: Final[dict[Any, Any]] = {
    ORIGIN: Origin.EGP,
    AS_PATH: _PATH,
    NEXT_HOP: bytes((10, 0, 0, 1)),
    MULTI_EXIT_DISC: 7,
    LOCAL_PREF: 100,
    COMMUNITIES: (0x10002, 0x10003, 0xA0014),
    ORIGINATOR_ID: 0x01020304,
    CLUSTER_LIST: (0x01020304, 0x0A000001),
    EXTENDED_COMMUNITIES: (bytes.fromhex("0002000100000002"),),
    LARGE_COMMUNITIES: (LargeCommunity(1, 2, 3),),
}
_PLAIN: Final[dict[Any, Any]] = {
    ORIGIN: Origin.IGP,
    AS_PATH: AsPath.EMPTY,
    NEXT_HOP: bytes((192, 168, 1, 255)),
}
_ONWARD: Final = Destination(DestinationKind.UNICAST, (NextHop(bytes((10, 0, 0, 1)), 1),))
_ROUTES: Final = {
    "full": (SourceKind.BGP, AttributeSet.of(_FULL), _ONWARD, "10.1.2.0/24"),
    "plain": (SourceKind.BGP, AttributeSet.of(_PLAIN), _ONWARD, "10.0.0.0/8"),
    "own": (SourceKind.STATIC, AttributeSet.of({}), Destination(DestinationKind.BLACKHOLE), "0.0.0.0/0"),
    "learned": (
        SourceKind.KERNEL,
        AttributeSet.of({}).annotated({"krt_metric": 512}),
        _ONWARD,
        "10.1.2.3/32",
    ),
}


class Ending(NamedTuple):
    """Everything that can be seen of a run."""

    verdict: str
    printed: tuple[str, ...]
    steps: int
    attributes: dict[str, object]


def _subject(name: str) -> Subject:
    kind, attributes, destination, prefix = _ROUTES[name]
    route = Route(Source(name, kind), attributes, destination, 0)
    return Subject(route, attributes, key(prefix), 4)


def _ending(run: Run, verdict: str) -> Ending:
    """The changes count only if nothing failed, but they must be the same in any case."""
    changes = {str(row.code): value for row, value in run.changes.items()}
    left = {"local": dict(run.local), "preference": run.preference, "destination": run.destination}
    return Ending(verdict, tuple(run.printed), run.steps, changes | left | {"from": run.sender})


def _interpreted(program_: Program, name: str, subject: Subject) -> Ending:
    run = Run(subject, Host())
    try:
        verdict = str(Interpreter(program_.symbols, run).verdict(program_.symbols.filters[name]))
    except RunError as error:
        verdict = str(error)
    return _ending(run, verdict)


def _compiled(program_: Program, name: str, subject: Subject, style: Style) -> Ending:
    run = Run(subject, Host(), Trace() if style is Style.TRACED else None)
    compiled = program_.compile(program_.symbols.filters[name], style)
    try:
        decision = compiled(run)
        verdict = decision.value if isinstance(decision, Decision) else "None"
    except DecidedError as decided:
        verdict = decided.decision.value
    except RunError as error:
        verdict = str(error)
    return _ending(run, verdict)


def _random_program(random: Random) -> tuple[str, Program | None]:
    text = "\n".join(filter_of(program(random, _CHOICES, "p"), "p", random))
    try:
        return text, program_of(text, OWN)
    except (FilterError, RunError, DecidedError):
        return text, None


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**64), route=st.sampled_from(sorted(_ROUTES)))
def test_compiled_is_interpreted(seed: int, route: str) -> None:
    text, defined = _random_program(Random(seed))
    if defined is not None:
        _check(text, defined, route)


@pytest.mark.parametrize("seed", range(150))
def test_seeds(seed: int) -> None:
    """Larger programs than Hypothesis likes to draw."""
    text, defined = _random_program(Random(f"compiled/{seed}"))
    if defined is not None:
        for route in _ROUTES:
            _check(text, defined, route)


def _check(text: str, defined: Program, route: str) -> None:
    expected = _interpreted(defined, "p_filter", _subject(route))
    for style in Style:
        assert _compiled(defined, "p_filter", _subject(route), style) == expected, (
            f"{style}, {route}:\n{text}"
        )
