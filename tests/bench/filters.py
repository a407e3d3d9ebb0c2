"""Filters by themselves: how fast one call is, and how many calls a full table takes on its way in."""

import time
from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from messages.attribute_set import AttributeSetTable
from messages.families import IPV4_UNICAST
from messages.families.prefix import PrefixKey
from rib.admission import Admission
from rib.filters.grammar.lexer import OWN, Dialect
from rib.filters.program import Program
from rib.filters.running.judging import FilterJudge, make_policy
from rib.ingress import Ingress
from rib.next_hops import NextHops
from rib.policy import Policy
from rib.route import UNREACHABLE, Route, Source, SourceKind
from rib.table import Table
from tests.bench.codec import Routes, decode, full_table, generated_table
from tests.bench.cpu_clock import collector_off
from tests.bench.scenario import Column, Row, Scenario, Size
from tests.filters_oracle.calico import samples
from tests.filters_oracle.our_filters import define

_CALLS: Final = 50_000
_ENTRIES: Final = 10_000
_OCTETS: Final = 4


class Silent:
    """Nobody reads what filters say here."""

    def printed(self, line: str) -> None:
        """Take a line."""

    def failed(self, complaint: str) -> None:
        """Take a complaint: there should be none."""
        raise AssertionError(complaint)


def _filters() -> Mapping[str, tuple[str, Dialect]]:
    """Return the text of each filter that is measured; the last one of it is run."""
    random = Random(10_000)
    entries = (
        f"{random.randrange(1, 224)}.{random.randrange(256)}.{random.randrange(256)}.0/24{{24,28}}"
        for _ in range(_ENTRIES)
    )
    largest = max(samples("bird.cfg"), key=lambda sample: len(sample.definitions))
    return {
        "accept all": ("filter f { accept; }", OWN),
        f"a prefix set of {_ENTRIES:,} entries": (
            f"filter f {{ if net ~ [ {', '.join(entries)} ] then accept; reject; }}",
            OWN,
        ),
        "the length of the prefix": ("filter f { if net.len > 24 then reject; accept; }", OWN),
        "the prefix itself": ("filter f { if net.ip.mask(7) = 10.0.0.0 then reject; accept; }", OWN),
        "a community": ("filter f { if (65000, 7) ~ bgp_community then reject; accept; }", OWN),
        "a community set, and one is added": (
            "filter f { if bgp_community ~ [(65000, 5..9), (65001, *)] then reject;"
            " bgp_community.add((64512, 1)); accept; }",
            OWN,
        ),
        "a path mask, and LOCAL_PREF is set": (
            "filter f { if bgp_path ~ [= * 65010 * =] then bgp_local_pref = 50; accept; }",
            OWN,
        ),
        f"Calico's largest, {len(largest.definitions):,} characters": (
            largest.definitions,
            Dialect(32),
        ),
    }


def _policy(text: str, dialect: Dialect) -> Policy:
    program = Program()
    define(program, text, dialect)
    *_, tree = program.symbols.filters.values()
    return make_policy(program, tree, _OCTETS, Silent())


def measure(size: Size) -> Iterator[Row]:
    """Call each filter for single prefixes, then let a table in through it."""
    feed = full_table() if size.is_full else generated_table(size.prefixes)
    table = decode(feed, AttributeSetTable(feed.context))
    for title, (text, dialect) in _filters().items():
        policy = _policy(text, dialect)
        assert isinstance(policy.judge, FilterJudge)
        calls = _calls_per_second(policy, table, _CALLS if size.is_full else 100)
        policy.judge.calls = 0
        seconds = _let_in(policy, table)
        avoided = 100 * (1 - policy.judge.calls / table.prefixes)
        yield Row(title, (calls, seconds, policy.judge.calls, avoided))


def _calls_per_second(policy: Policy, table: Routes, count: int) -> float:
    source = _neighbor()
    asked: list[tuple[Route, PrefixKey]] = []
    for attributes, keys in table.keys.items():
        route = Route(source, attributes, UNREACHABLE, 0)
        asked += [(route, key) for key in keys]
        if len(asked) >= count:
            break
    with collector_off():
        before = time.process_time()
        for route, key in asked:
            policy.judge(route, route.attributes, key)
        return len(asked) / (time.process_time() - before)


def _let_in(policy: Policy, table: Routes) -> float:
    """Return the CPU seconds that the table takes on its way in."""
    next_hops = NextHops(Table("master", IPV4_UNICAST))
    admission = Admission(local_as=64512, router_id=1, policy=policy, own_addresses=frozenset())
    ingress = Ingress(_neighbor(), admission, next_hops)
    with collector_off():
        before = time.process_time()
        for attributes, keys in table.keys.items():
            for _route, _keys in ingress.routes(attributes, keys, 0):
                pass
        return time.process_time() - before


def _neighbor() -> Source:
    source = Source("feeder", SourceKind.BGP)
    source.external = True
    return source


FILTERS: Final = Scenario(
    "filters",
    "filters by themselves, and a table let in through them",
    (
        Column("calls/s", ",.0f"),
        Column("table CPU s"),
        Column("calls for it", ",.0f"),
        Column("avoided %", ".1f"),
    ),
    measure,
)
